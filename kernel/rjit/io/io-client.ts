import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { PackedSignature } from '../../../backend/contract/packed.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';
import { forEachResult } from './call-results.ts';
import { CallWriter } from './call-ring.ts';
import { CallStatus, type Channel, createChannel, RESULT_BYTES, Word } from './channel.ts';
import type { IoThreadData } from './io-thread.ts';
import type { Endpoint, IoKind, IoMessage, IoOperations, IoReply, IoRequest } from './requests.ts';

/** A function on the server: what a call needs of it. */
export interface CallTarget {
  readonly handle: number;
  readonly epoch: number;
  readonly packed: PackedSignature;
}

export type CallOutcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly error: RemoteError }
  | BadArgument;

/** An argument doesn't fit its parameter; nothing was sent. */
export interface BadArgument {
  readonly kind: 'bad-argument';
  readonly index: number;
  readonly problem: string;
}

/** Wakes up now and then, in case the I/O thread ended without a word. */
const WATCH_MS = 1_000;

interface Pending {
  resolve(result: IoOperations[IoKind]['result']): void;
  reject(error: RemoteError): void;
}

interface PendingValue {
  readonly packed: PackedSignature;
  resolve(value: Value): void;
  reject(error: RemoteError): void;
}

/** The main thread's end of the I/O thread, which it starts at the first use. */
export class IoClient {
  #endpoint: Endpoint;
  #thread: RunningThread | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  setEndpoint(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    if (this.#thread) void this.request('configure', { endpoint });
  }

  /** Calls and waits, without an event loop and, when all goes well, without an allocation for the arguments. */
  call(target: CallTarget, args: readonly unknown[], timeoutMs: number): CallOutcome {
    return this.#running().call(target, args, timeoutMs);
  }

  /** Calls without waiting. What is started in order runs in order. */
  callAsync(target: CallTarget, args: readonly unknown[], timeoutMs: number): Promise<Value> | BadArgument {
    return this.#running().callAsync(target, args, timeoutMs);
  }

  /** Sends a command and blocks until it is done. */
  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    timeoutMs = 0,
  ): IoOperations[Kind]['result'] {
    return this.#running().requestSync(kind, command, timeoutMs);
  }

  request<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    timeoutMs = 0,
  ): Promise<IoOperations[Kind]['result']> {
    return this.#running().request(kind, command, timeoutMs);
  }

  /** Ends the thread and whatever it started. A later use starts another. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.close();
  }

  #running(): RunningThread {
    if (!this.#thread || this.#thread.hasEnded) this.#thread = new RunningThread(this.#endpoint);
    return this.#thread;
  }
}

class RunningThread {
  readonly #channel: Channel = createChannel();
  readonly #calls: CallWriter;
  readonly #resultView: DataView;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #pendingValues = new Map<number, PendingValue>();
  #id = 0;
  #failure: RemoteError | undefined;

  constructor(endpoint: Endpoint) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#calls = new CallWriter(this.#channel);
    this.#resultView = new DataView(this.#channel.buffer, this.#channel.result.byteOffset, RESULT_BYTES);
    const workerData: IoThreadData = { port: port2, buffer: this.#channel.buffer, endpoint };
    this.#worker = new Worker(new URL('./io-thread.js', import.meta.url), {
      workerData,
      transferList: [port2],
      name: 'rjit-io',
      // What the program's own options preload has no business here.
      execArgv: [],
    });
    port1.on('message', (message: IoMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#ended(error));
    this.#worker.on('exit', () => this.#ended(undefined));
    // Neither keeps a program alive that waits for nothing.
    port1.unref();
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined || Atomics.load(this.#channel.words, Word.ended) === 1;
  }

  call(target: CallTarget, args: readonly unknown[], timeoutMs: number): CallOutcome {
    const id = this.#nextId();
    const { words } = this.#channel;
    const bad = this.#pack(target, args);
    if (bad) return bad;
    Atomics.store(words, Word.current, id);
    this.#calls.publish({ id, handle: target.handle, epoch: target.epoch, timeoutMs, isSync: true });
    this.#wait(id);
    if (words[Word.status] === CallStatus.done) {
      return { kind: 'value', value: target.packed.read(this.#resultView, 0) };
    }
    return { kind: 'error', error: this.#takeError(id) };
  }

  callAsync(target: CallTarget, args: readonly unknown[], timeoutMs: number): Promise<Value> | BadArgument {
    const { handle, epoch, packed } = target;
    const bad = this.#pack(target, args);
    if (bad) return bad;
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      this.#pendingValues.set(id, { packed, resolve, reject });
      this.#port.ref();
      this.#calls.publish({ id, handle, epoch, timeoutMs, isSync: false });
    });
  }

  #pack({ packed }: CallTarget, args: readonly unknown[]): BadArgument | undefined {
    const offset = this.#calls.reserve(packed.layout.argumentsByteLength);
    const bad = packed.write(this.#calls.view, offset, args);
    return bad && { kind: 'bad-argument', ...bad };
  }

  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    timeoutMs: number,
  ): IoOperations[Kind]['result'] {
    const id = this.#nextId();
    Atomics.store(this.#channel.words, Word.current, id);
    this.#post({ id, kind, isSync: true, timeoutMs, command } as IoRequest);
    this.#wait(id);
    const reply = this.#take(id);
    if (!reply.ok) throw RemoteError.fromFault(reply.fault);
    return reply.result as IoOperations[Kind]['result'];
  }

  request<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
    timeoutMs: number,
  ): Promise<IoOperations[Kind]['result']> {
    const id = this.#nextId();
    return new Promise((resolve, reject) => {
      this.#port.ref();
      this.#pending.set(id, {
        resolve: (result) => resolve(result as IoOperations[Kind]['result']),
        reject,
      });
      this.#post({ id, kind, isSync: false, timeoutMs, command } as IoRequest);
    });
  }

  async close(): Promise<void> {
    if (this.hasEnded) return;
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.ref();
    // The thread may be gone before its answer is read: that it ended is the answer.
    this.request('close', {}, 0).catch(() => undefined);
    await exited;
    this.#port.close();
  }

  #nextId(): number {
    this.#id = (this.#id + 1) & 0x7fff_ffff || 1;
    return this.#id;
  }

  #post(request: IoRequest): void {
    this.#port.postMessage(request);
  }

  /** Blocks until request `id` is done. An interrupt may end this at any point, for good. */
  #wait(id: number): void {
    const { words } = this.#channel;
    for (;;) {
      const completed = Atomics.load(words, Word.completed);
      if (completed === id) return;
      if (Atomics.load(words, Word.ended) === 1) throw this.#failure ?? threadEnded();
      Atomics.wait(words, Word.completed, completed, WATCH_MS);
    }
  }

  /** The reply to `id`, which is on the port already; others that lie before it go to those who wait for them. */
  #take(id: number): IoReply {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: IoMessage } | undefined;
      if (!received)
        throw new RemoteError('protocol', 'the I/O thread completed a request without an answer');
      if ('id' in received.message && received.message.id === id) return received.message;
      this.#receive(received.message);
    }
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
        pending?.resolve(pending.packed.read(view, offset));
      });
    } else {
      this.#settle(message);
    }
    if (this.#pending.size === 0 && this.#pendingValues.size === 0) this.#port.unref();
  }

  /** A reply that nobody waits for belongs to a call that was interrupted. */
  #settle(reply: IoReply): void {
    const { id } = reply;
    if (reply.ok) this.#pending.get(id)?.resolve(reply.result);
    else (this.#pending.get(id) ?? this.#pendingValues.get(id))?.reject(RemoteError.fromFault(reply.fault));
    this.#pending.delete(id);
    this.#pendingValues.delete(id);
  }

  #ended(error: Error | undefined): void {
    this.#failure ??= threadEnded(error);
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    for (const pending of this.#pendingValues.values()) pending.reject(this.#failure);
    this.#pending.clear();
    this.#pendingValues.clear();
    this.#port.unref();
  }
}

function threadEnded(cause?: Error): RemoteError {
  return new RemoteError('connection-lost', 'the I/O thread has ended', { cause });
}
