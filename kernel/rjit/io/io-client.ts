import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { PackedSignature } from '../../../backend/contract/packed.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';
import { ARGUMENTS_CAPACITY, CallStatus, type Channel, createChannel, Word } from './channel.ts';
import type { IoThreadData } from './io-thread.ts';
import type { Endpoint, IoKind, IoOperations, IoReply, IoRequest } from './requests.ts';

/** A function on the server: what a call needs of it. */
export interface CallTarget {
  readonly handle: number;
  readonly epoch: number;
  readonly packed: PackedSignature;
}

export type CallOutcome =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'error'; readonly error: RemoteError }
  /** An argument doesn't fit its parameter; nothing was sent. */
  | { readonly kind: 'bad-argument'; readonly index: number; readonly problem: string };

/** Wakes up now and then, in case the I/O thread ended without a word. */
const WATCH_MS = 1_000;

interface Pending {
  resolve(result: IoOperations[IoKind]['result']): void;
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

  /** Sends a command and blocks until it is done. */
  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
  ): IoOperations[Kind]['result'] {
    return this.#running().requestSync(kind, command);
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
  readonly #view: DataView;
  readonly #resultView: DataView;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #id = 0;
  #failure: RemoteError | undefined;

  constructor(endpoint: Endpoint) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#view = viewOf(this.#channel.arguments);
    this.#resultView = viewOf(this.#channel.result);
    const workerData: IoThreadData = { port: port2, buffer: this.#channel.buffer, endpoint };
    this.#worker = new Worker(new URL('./io-thread.js', import.meta.url), {
      workerData,
      transferList: [port2],
      name: 'rjit-io',
      // What the program's own options preload has no business here.
      execArgv: [],
    });
    port1.on('message', (reply: IoReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#ended(error));
    this.#worker.on('exit', () => this.#ended(undefined));
    // Neither keeps a program alive that waits for nothing.
    port1.unref();
    this.#worker.unref();
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined || Atomics.load(this.#channel.words, Word.ended) === 1;
  }

  call({ handle, epoch, packed }: CallTarget, args: readonly unknown[], timeoutMs: number): CallOutcome {
    const { words, arguments: area } = this.#channel;
    const byteLength = packed.layout.argumentsByteLength;
    if (byteLength > ARGUMENTS_CAPACITY) return { kind: 'error', error: tooManyArguments(byteLength) };
    area.fill(0, 0, byteLength);
    const bad = packed.write(this.#view, 0, args);
    if (bad) return { kind: 'bad-argument', ...bad };
    const id = this.#nextId();
    words[Word.handle] = handle;
    words[Word.handleEpoch] = epoch;
    words[Word.argumentsByteLength] = byteLength;
    words[Word.timeoutMs] = timeoutMs;
    Atomics.store(words, Word.current, id);
    Atomics.store(words, Word.request, id);
    Atomics.notify(words, Word.request);
    this.#wait(id);
    if (words[Word.status] === CallStatus.done)
      return { kind: 'value', value: packed.read(this.#resultView, 0) };
    return { kind: 'error', error: this.#takeError(id) };
  }

  requestSync<Kind extends IoKind>(
    kind: Kind,
    command: IoOperations[Kind]['command'],
  ): IoOperations[Kind]['result'] {
    const id = this.#nextId();
    Atomics.store(this.#channel.words, Word.current, id);
    this.#post({ id, kind, isSync: true, timeoutMs: 0, command } as IoRequest);
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
      if (this.#pending.size === 0) this.#port.ref();
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
      const received = receiveMessageOnPort(this.#port) as { message: IoReply } | undefined;
      if (!received)
        throw new RemoteError('protocol', 'the I/O thread completed a request without an answer');
      if (received.message.id === id) return received.message;
      this.#settle(received.message);
    }
  }

  #takeError(id: number): RemoteError {
    const reply = this.#take(id);
    return reply.ok
      ? new RemoteError('protocol', 'the I/O thread answered a failed call with a result')
      : RemoteError.fromFault(reply.fault);
  }

  /** A reply that nobody waits for belongs to a call that was interrupted. */
  #settle(reply: IoReply): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#port.unref();
    if (reply.ok) pending.resolve(reply.result);
    else pending.reject(RemoteError.fromFault(reply.fault));
  }

  #ended(error: Error | undefined): void {
    this.#failure ??= threadEnded(error);
    for (const pending of this.#pending.values()) pending.reject(this.#failure);
    this.#pending.clear();
    this.#port.unref();
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tooManyArguments(byteLength: number): RemoteError {
  return new RemoteError(
    'too-large',
    `arguments of ${byteLength} bytes; at most ${ARGUMENTS_CAPACITY} are passed`,
  );
}

function threadEnded(cause?: Error): RemoteError {
  return new RemoteError('connection-lost', 'the I/O thread has ended', { cause });
}
