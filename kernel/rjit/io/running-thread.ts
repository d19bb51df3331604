import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';
import { GatheredMemory } from '../gathered-memory.ts';
import { forEachResult } from './call-results.ts';
import { type CallHeader, CallWriter } from './call-ring.ts';
import { CallStatus, type Channel, createChannel, Word } from './channel.ts';
import { DirectCalls } from './direct-calls.ts';
import { DirectLine } from './direct-line.ts';
import type { BadArgument, CallOutcome, CallTarget, RequestOptions } from './io-client.ts';
import type { IoThreadData } from './io-thread.ts';
import { Maps } from './maps.ts';
import {
  type CallArguments,
  fitsTheRing,
  gathered,
  packedByteLength,
  readReturned,
  StagedCall,
  Staging,
  writePacked,
} from './packed-call.ts';
import type {
  Endpoint,
  IoKind,
  IoMessage,
  IoOperations,
  IoReply,
  IoRequest,
  Predecessor,
  ServerAddress,
  ServerTarget,
  SessionName,
} from './requests.ts';

/** Wakes up now and then, to see whether the I/O thread is still there. */
const WATCH_MS = 1_000;
/** A thread that runs out of memory ends without a word; so long without a sign of life, it has. */
const SILENCE_MS = 10_000;

interface Pending {
  readonly onProgress: ((done: number) => void) | undefined;
  resolve(result: IoOperations[IoKind]['result']): void;
  reject(error: RemoteError): void;
}

interface PendingValue {
  /** Also puts what the function wrote into the caller's arrays. */
  read(view: DataView, offset: number): Value;
  resolve(value: Value): void;
  reject(error: RemoteError): void;
}

/** One I/O thread, from its start to its end, as the main thread sees it. */
export class RunningThread {
  readonly maps: Maps;
  readonly #channel: Channel = createChannel();
  readonly #calls: CallWriter;
  readonly #direct: DirectCalls;
  readonly #staging = new Staging();
  readonly #resultView: DataView;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #pendingValues = new Map<number, PendingValue>();
  #id = 0;
  #failure: RemoteError | undefined;
  #session: SessionName | undefined;
  #server: ServerAddress | undefined;
  /** The answer to the synchronous request under way, when it was found while looking for progress. */
  #early: IoReply | undefined;
  #isTellingProgress = false;
  #known: { readonly target: ServerTarget; readonly servers: number } | undefined;

  /** @param module the thread's own; tests give another */
  constructor(module: URL, endpoint: Endpoint, predecessor: Predecessor | undefined) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#calls = new CallWriter(this.#channel);
    const line = new DirectLine(this.#channel);
    this.#direct = new DirectCalls(line);
    this.maps = new Maps(this, line);
    const { buffer, result } = this.#channel;
    this.#resultView = new DataView(buffer, result.byteOffset, result.byteLength);
    this.#server = predecessor?.server;
    const workerData: IoThreadData = { port: port2, buffer, endpoint, predecessor };
    this.#worker = new Worker(module, {
      workerData,
      transferList: [port2],
      name: 'rjit-io',
      // What the program's own options preload has no business here.
      execArgv: [],
    });
    port1.on('message', (message: IoMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#ended(error));
    this.#worker.on('exit', () => this.#lastWords());
    // Neither keeps a program alive that waits for nothing.
    port1.unref();
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined || Atomics.load(this.#channel.words, Word.ended) === 1;
  }

  /** Nothing is under way behind which something else would have to wait. */
  get isIdle(): boolean {
    return this.#pending.size === 0 && this.#pendingValues.size === 0;
  }

  /** What the next thread must know to go on where this one ended. */
  get remains(): Predecessor {
    return { session: this.#session, server: this.#server };
  }

  call(target: CallTarget, args: CallArguments, timeoutMs: number): CallOutcome {
    this.refuseInProgress();
    const memory = gathered(target, args);
    if (memory && !fitsTheRing(target, memory)) return this.#callStaged(target, memory, timeoutMs);
    const outcome = memory ? undefined : this.#callDirectly(target, args, timeoutMs);
    if (outcome) return outcome;
    const id = this.#nextId();
    const { words } = this.#channel;
    const bad = this.#pack(target, args, memory);
    if (bad) return bad;
    Atomics.store(words, Word.current, id);
    this.#publish(target, memory, { id, timeoutMs, isSync: true, isAbortable: false });
    this.#wait(id);
    if (words[Word.status] === CallStatus.done) {
      return { kind: 'value', value: readReturned(target, memory, this.#resultView, 0) };
    }
    return { kind: 'error', error: this.#takeError(id) };
  }

  /** @returns undefined when the call has to take the long way: always behind what is under way there */
  #callDirectly(target: CallTarget, args: CallArguments, timeoutMs: number): CallOutcome | undefined {
    if (args instanceof GatheredMemory || !this.isIdle) return;
    const outcome = this.#direct.call(target, args);
    if (outcome?.kind !== 'late') return outcome;
    const { sequenceId, begun } = outcome;
    const { resultByteLength } = target.packed.layout;
    try {
      const bytes = this.requestSync('late', { sequenceId, begun, resultByteLength }, { timeoutMs });
      return { kind: 'value', value: target.packed.read(new DataView(bytes.buffer, bytes.byteOffset), 0) };
    } catch (error) {
      return { kind: 'error', error: RemoteError.from(error) };
    }
  }

  callAsync(target: CallTarget, args: CallArguments, options: RequestOptions): Promise<Value> | BadArgument {
    const memory = gathered(target, args);
    if (memory && !fitsTheRing(target, memory)) return this.#callStagedAsync(target, memory, options);
    const bad = this.#pack(target, args, memory);
    if (bad) return bad;
    const id = this.#nextId();
    const { timeoutMs, signal } = options;
    const isAbortable = signal !== undefined;
    const answer = new Promise<Value>((resolve, reject) => {
      const read = (view: DataView, offset: number) => readReturned(target, memory, view, offset);
      this.#pendingValues.set(id, { read, resolve, reject });
      this.#port.ref();
      this.#publish(target, memory, { id, timeoutMs, isSync: false, isAbortable });
    });
    return signal ? this.#abortable(id, signal, answer) : answer;
  }

  #pack(
    { packed }: CallTarget,
    args: CallArguments,
    memory: GatheredMemory | undefined,
  ): BadArgument | undefined {
    const offset = this.#calls.reserve(packedByteLength(packed, memory));
    const bad = writePacked(this.#calls.view, offset, packed, args, memory);
    return bad && { kind: 'bad-argument', ...bad };
  }

  #publish(
    { handle, epoch, packed }: CallTarget,
    memory: GatheredMemory | undefined,
    call: Pick<CallHeader, 'id' | 'timeoutMs' | 'isSync' | 'isAbortable'>,
  ): void {
    const resultByteLength = packed.layout.resultByteLength + (memory?.returnedByteLength ?? 0);
    this.#calls.publish({ ...call, handle, epoch, resultByteLength });
  }

  #callStaged(target: CallTarget, memory: GatheredMemory, timeoutMs: number): CallOutcome {
    const staged = new StagedCall(target, memory, this.#staging);
    if (staged.bad) return { kind: 'bad-argument', ...staged.bad };
    let offset: number;
    try {
      offset = this.requestSync('callStaged', staged.command, { timeoutMs });
    } catch (error) {
      return { kind: 'error', error: RemoteError.from(error) };
    }
    return { kind: 'value', value: staged.read(target, memory, offset, this.#staging) };
  }

  #callStagedAsync(
    target: CallTarget,
    memory: GatheredMemory,
    options: RequestOptions,
  ): Promise<Value> | BadArgument {
    const staged = new StagedCall(target, memory, this.#staging);
    if (staged.bad) return { kind: 'bad-argument', ...staged.bad };
    return this.request('callStaged', staged.command, options).then((offset) =>
      staged.read(target, memory, offset, this.#staging),
    );
  }

  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    { timeoutMs, onProgress, feed }: RequestOptions,
  ): IoOperations[Kind]['result'] {
    this.refuseInProgress();
    const id = this.#nextId();
    const wantsProgress = onProgress !== undefined;
    Atomics.store(this.#channel.words, Word.current, id);
    this.#post({
      id,
      kind,
      isSync: true,
      timeoutMs,
      isAbortable: false,
      wantsProgress,
      command,
    } as IoRequest);
    this.#wait(id, onProgress, feed);
    const reply = this.#take(id);
    if (!reply.ok) throw RemoteError.fromFault(reply.fault);
    return reply.result as IoOperations[Kind]['result'];
  }

  /** What the server compiles for; asked only where there may be another server than the last time. */
  target(): ServerTarget {
    const servers = Atomics.load(this.#channel.words, Word.servers);
    if (this.#known?.servers === servers) return this.#known.target;
    const target = this.requestSync('target', {}, { timeoutMs: 0 });
    this.#known = { target, servers: Atomics.load(this.#channel.words, Word.servers) };
    return target;
  }

  request<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    { timeoutMs, signal, onProgress }: RequestOptions,
  ): Promise<IoOperations[Kind]['result']> {
    // The thread counts a new server when it reads this.
    if (kind === 'configure') this.#known = undefined;
    const id = this.#nextId();
    const isAbortable = signal !== undefined;
    const wantsProgress = onProgress !== undefined;
    const answer = new Promise<IoOperations[Kind]['result']>((resolve, reject) => {
      this.#port.ref();
      this.#pending.set(id, {
        onProgress,
        resolve: (result) => resolve(result as IoOperations[Kind]['result']),
        reject,
      });
      this.#post({ id, kind, isSync: false, timeoutMs, isAbortable, wantsProgress, command } as IoRequest);
    });
    return signal ? this.#abortable(id, signal, answer) : answer;
  }

  /** Remembers the server that the thread has started: it ends with the thread. */
  setServer(server: ServerAddress | undefined): void {
    this.#server = server;
  }

  async close(): Promise<void> {
    if (this.hasEnded) return;
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.ref();
    // The thread may be gone before its answer is read: that it ended is the answer.
    this.request('close', {}, { timeoutMs: 0 }).catch(() => undefined);
    await exited;
    this.#port.close();
  }

  async #abortable<T>(id: number, signal: AbortSignal, answer: Promise<T>): Promise<T> {
    const abort = () => void this.request('abort', { id }, { timeoutMs: 0 }).catch(() => undefined);
    signal.addEventListener('abort', abort);
    try {
      return await answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #nextId(): number {
    this.#id = (this.#id + 1) & 0x7fff_ffff || 1;
    return this.#id;
  }

  #post(request: IoRequest): void {
    this.#port.postMessage(request);
  }

  /** Blocks until request `id` is done. An interrupt may end this at any point, for good. */
  #wait(id: number, onProgress?: (done: number) => void, feed?: () => boolean): void {
    const { words } = this.#channel;
    let beats = Atomics.load(words, Word.beats);
    let heardAt = performance.now();
    for (;;) {
      const events = Atomics.load(words, Word.events);
      if (Atomics.load(words, Word.completed) === id) return;
      if (Atomics.load(words, Word.ended) === 1) throw this.#lastWords();
      if (feed?.()) continue;
      if (Atomics.wait(words, Word.events, events, WATCH_MS) === 'timed-out') {
        const now = performance.now();
        if (Atomics.load(words, Word.beats) !== beats) {
          beats = Atomics.load(words, Word.beats);
          heardAt = now;
        } else if (now - heardAt > SILENCE_MS) {
          throw this.#silent();
        }
      } else if (onProgress) {
        this.#tellProgress(id, onProgress);
      }
    }
  }

  /** What has been posted while the main thread is blocked in request `id`. */
  #tellProgress(id: number, onProgress: (done: number) => void): void {
    for (let message = this.#nextMessage(); message; message = this.#nextMessage()) {
      if ('progress' in message && message.progress.id === id) {
        this.tell(onProgress, message.progress.done);
      } else if ('id' in message && message.id === id) {
        this.#early = message;
        return;
      } else {
        this.#receive(message);
      }
    }
  }

  /** Tells how far a request has come that the main thread waits for. */
  tell(onProgress: (done: number) => void, done: number): void {
    this.#isTellingProgress = true;
    try {
      onProgress(done);
    } finally {
      this.#isTellingProgress = false;
    }
  }

  /** Two requests can't be waited for at once. @throws RemoteError `bad-request` */
  refuseInProgress(): void {
    if (!this.#isTellingProgress) return;
    throw new RemoteError(
      'bad-request',
      'a function that is told the progress of a waiting map can’t wait for another call; use foo.async there',
    );
  }

  #nextMessage(): IoMessage | undefined {
    const received = receiveMessageOnPort(this.#port) as { message: IoMessage } | undefined;
    return received?.message;
  }

  /** The reply to `id`, which is on the port already; others that lie before it go to those who wait for them. */
  #take(id: number): IoReply {
    const early = this.#early;
    this.#early = undefined;
    if (early?.id === id) return early;
    for (let message = this.#nextMessage(); message; message = this.#nextMessage()) {
      if ('id' in message && message.id === id) return message;
      this.#receive(message);
    }
    throw new RemoteError('protocol', 'the I/O thread completed a request without an answer');
  }

  #takeError(id: number): RemoteError {
    const reply = this.#take(id);
    return reply.ok
      ? new RemoteError('protocol', 'the I/O thread answered a failed call with a result')
      : RemoteError.fromFault(reply.fault);
  }

  #receive(message: IoMessage): void {
    if ('records' in message) {
      forEachResult(message.records, (id, view, offset) => {
        const pending = this.#pendingValues.get(id);
        this.#pendingValues.delete(id);
        try {
          pending?.resolve(pending.read(view, offset));
        } catch (error) {
          pending?.reject(RemoteError.from(error));
        }
      });
    } else if ('progress' in message) {
      this.#pending.get(message.progress.id)?.onProgress?.(message.progress.done);
    } else if ('session' in message) {
      this.#session = message.session;
    } else if ('ended' in message) {
      this.#ended(RemoteError.fromFault(message.ended));
    } else {
      this.#settle(message);
    }
    if (this.isIdle) this.#port.unref();
  }

  /** A reply that nobody waits for belongs to a call that was interrupted. */
  #settle(reply: IoReply): void {
    const { id } = reply;
    if (reply.ok) this.#pending.get(id)?.resolve(reply.result);
    else (this.#pending.get(id) ?? this.#pendingValues.get(id))?.reject(RemoteError.fromFault(reply.fault));
    this.#pending.delete(id);
    this.#pendingValues.delete(id);
  }

  /** Why the thread has ended: it says so before, on the port, where it may not have been read yet. */
  #lastWords(): RemoteError {
    for (let message = this.#nextMessage(); message; message = this.#nextMessage()) this.#receive(message);
    this.#ended(undefined);
    return this.#failure ?? threadEnded('it gave no reason');
  }

  #silent(): RemoteError {
    this.#ended(
      new Error(`it has shown no sign of life for ${SILENCE_MS} ms; it may have run out of memory`),
    );
    void this.#worker.terminate();
    return this.#failure ?? threadEnded('it gave no reason');
  }

  #ended(cause: Error | undefined): void {
    const reason = cause instanceof RemoteError ? cause.detail : cause?.message;
    this.#failure ??= threadEnded(reason ?? 'it was closed', cause);
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    for (const pending of this.#pendingValues.values()) pending.reject(this.#failure);
    this.#pending.clear();
    this.#pendingValues.clear();
    this.#port.unref();
  }
}

function threadEnded(reason: string, cause?: Error): RemoteError {
  return new RemoteError(
    'connection-lost',
    `the I/O thread has ended (${reason}); the call may have run; the next one starts another thread`,
    { cause },
  );
}
