/**
 * The I/O thread: owns the sockets, so that the main thread can wait for an answer without an event loop.
 * It is a worker_threads entry and exports nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { BroadcastChannel, type MessagePort, workerData } from 'node:worker_threads';
import type { CompileRequest } from '../../../backend/contract/compile-messages.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { CANCEL_CHANNEL } from '../cancel.ts';
import { ManagedBackend } from '../managed-backend.ts';
import { type Channel, openChannel, Word } from './channel.ts';
import { HotCalls, signalEvent, wake } from './hot-calls.ts';
import { type CallEnds, PendingCall } from './pending-call.ts';
import { RbcTransport } from './rbc-transport.ts';
import type {
  CompileOutcome,
  Endpoint,
  IoKind,
  IoMessage,
  IoOperations,
  IoReply,
  IoRequest,
  Predecessor,
  ServerAddress,
} from './requests.ts';
import { RjitTransport } from './rjit-transport.ts';
import type { Transport, TransportListener } from './transport.ts';

export interface IoThreadData {
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
  readonly endpoint: Endpoint;
  /** Of the thread whose place this one takes. */
  readonly predecessor: Predecessor | undefined;
}

const BEAT_MS = 1_000;
/** How long the server of a predecessor may take to free its port. */
const PORT_TIMEOUT_MS = 5_000;
const POLL_MS = 20;

type Result = IoOperations[IoKind]['result'];

class IoThread {
  readonly #port: MessagePort;
  readonly #channel: Channel;
  readonly #rjit: RjitTransport;
  readonly #listener: TransportListener;
  /** The one in use: `#rjit`, or one for RBC's server. */
  #transport: Transport;
  /** Epochs of RBC's servers count down, those of our own sessions up: none is met twice. */
  #rbcEpoch = 0;
  readonly #cancelChannel = new BroadcastChannel(CANCEL_CHANNEL);
  readonly #calls: HotCalls;
  /** What the main thread may ask to stop, by id. */
  readonly #abortable = new Map<number, AbortController>();
  #backend: ManagedBackend | undefined;
  /** How often everything was stopped. */
  #cancellations = 0;

  constructor({ port, buffer, endpoint, predecessor }: IoThreadData) {
    this.#port = port;
    this.#channel = openChannel(buffer);
    this.#listener = {
      afterReplies: () => this.#calls.afterReplies(),
      onSession: (session) => port.postMessage({ session } satisfies IoMessage),
      onLost: () => void Atomics.add(this.#channel.words, Word.servers, 1),
    };
    this.#rjit = new RjitTransport(endpoint, predecessor?.session, this.#channel, this.#listener);
    this.#transport = this.#rjit;
    if (endpoint.kind === 'rbc') this.#use(endpoint);
    port.on('message', (request: IoRequest) => this.#handle(request));
    this.#cancelChannel.onmessage = () => void this.#cancel();
    process.on('uncaughtException', (error) => this.#fail(error));
    process.on('exit', () => {
      this.#rjit.withdraw();
      this.#end();
    });
    setInterval(() => Atomics.add(this.#channel.words, Word.beats, 1), BEAT_MS).unref();
    this.#calls = new HotCalls({
      channel: this.#channel,
      port,
      start: ({ id, handle, epoch, packed, timeoutMs, isSync, isAbortable }, ends) => {
        if (isSync && this.#transport === this.#rjit) this.#rjit.countWaitingCall();
        const limits = { timeoutMs, signal: isAbortable ? this.#signalOf(id) : undefined };
        const call = new PendingCall(isAbortable ? this.#forgetting(id, ends) : ends, limits, (stopped) =>
          this.#transport.stop(stopped),
        );
        this.#transport.call(handle, epoch, packed, call);
      },
      flush: () => this.#transport.flush(),
    });
    if (predecessor?.server) void this.#startServerAgain(predecessor.server);
  }

  #use(endpoint: Endpoint): void {
    Atomics.add(this.#channel.words, Word.servers, 1);
    if (this.#transport !== this.#rjit) {
      this.#transport.close();
      this.#transport = this.#rjit;
    }
    this.#rjit.setEndpoint(endpoint);
    if (endpoint.kind !== 'rbc') return;
    this.#rbcEpoch -= 1;
    this.#transport = new RbcTransport(endpoint.location, this.#rbcEpoch, this.#listener);
  }

  #signalOf(id: number): AbortSignal {
    const controller = new AbortController();
    this.#abortable.set(id, controller);
    return controller.signal;
  }

  #forgetting(id: number, ends: CallEnds): CallEnds {
    return {
      receive: (bytes) => {
        this.#abortable.delete(id);
        ends.receive(bytes);
      },
      fail: (error) => {
        this.#abortable.delete(id);
        ends.fail(error);
      },
    };
  }

  /** One that isn't known has been answered already. */
  #stopCall(id: number): void {
    // It was published before this order was given.
    this.#calls.takeNow();
    this.#abortable.get(id)?.abort();
  }

  /** A bug of ours: the main thread learns what it was, and starts another thread at the next call. */
  #fail(error: Error): void {
    const fault = RemoteError.from(error, 'connection-lost').toFault();
    this.#port.postMessage({
      ended: { ...fault, message: error.stack ?? error.message },
    } satisfies IoMessage);
    process.exit(1);
  }

  /** Nobody will answer the main thread any more: it must not wait. */
  #end(): void {
    Atomics.store(this.#channel.words, Word.ended, 1);
    signalEvent(this.#channel);
  }

  #handle(request: IoRequest): void {
    this.#run(request).then(
      (result) => this.#reply(request, { id: request.id, ok: true, result }),
      (error: unknown) =>
        this.#reply(request, { id: request.id, ok: false, fault: RemoteError.from(error).toFault() }),
    );
  }

  #reply({ id, isSync }: IoRequest, reply: IoReply): void {
    const isBytes =
      reply.ok && reply.result instanceof Uint8Array && reply.result.buffer instanceof ArrayBuffer;
    this.#port.postMessage(reply, isBytes ? [(reply.result as Uint8Array<ArrayBuffer>).buffer] : []);
    if (isSync) wake(this.#channel, id);
  }

  async #run(request: IoRequest): Promise<Result> {
    const { id, kind, command, timeoutMs, isSync, isAbortable, wantsProgress } = request;
    switch (kind) {
      case 'configure':
        this.#use(command.endpoint);
        return undefined;
      case 'target':
        return this.#transport.target();
      case 'compile':
        return this.#compile(command);
      case 'callStaged':
        // What was called before runs before.
        this.#calls.takeNow();
        return this.#transport
          .callStaged(command, { timeoutMs, signal: isAbortable ? this.#signalOf(id) : undefined })
          .finally(() => this.#abortable.delete(id));
      case 'late':
        return this.#rjit.waitForLate(command, timeoutMs);
      case 'map':
        return this.#transport
          .map(command, {
            timeoutMs,
            signal: isAbortable ? this.#signalOf(id) : undefined,
            onProgress: wantsProgress ? (done) => this.#postProgress(id, done) : undefined,
            onRoom: () => signalEvent(this.#channel),
            isAwaited: this.#awaits(id, isSync),
          })
          .finally(() => this.#abortable.delete(id));
      case 'offerDirect':
        return this.#transport === this.#rjit && this.#rjit.offerDirect();
      case 'finishMap':
        await this.#rjit.finishMap(command);
        return undefined;
      case 'abort':
        this.#stopCall(command.id);
        return undefined;
      case 'emit':
        return this.#transport.emit(command.handle, command.epoch, command.what);
      case 'drop':
        this.#transport.drop(command.epoch, command.handles);
        return undefined;
      case 'cancel':
        return this.#cancel();
      case 'status':
        return this.#transport.status();
      case 'startServer':
        return this.#startServer(command);
      case 'stopServer':
        return this.#stopServer();
      case 'serverEnd':
        await this.#backend?.ended;
        return undefined;
      case 'close':
        return this.#close();
    }
  }

  /** Whether the main thread still brings the columns of a map: if it was interrupted, it may not know of it any more. */
  #awaits(id: number, isSync: boolean): () => boolean {
    const cancellations = this.#cancellations;
    return isSync
      ? () => Atomics.load(this.#channel.words, Word.current) === id
      : () => this.#cancellations === cancellations;
  }

  /** Asks for all before it waits for any: the server compiles them side by side. */
  async #compile(requests: readonly CompileRequest[]): Promise<readonly CompileOutcome[]> {
    const settled = await Promise.allSettled(requests.map((one) => this.#transport.compile(one)));
    const outcomes = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed === undefined) return outcomes;
    for (const { epoch, handles } of outcomes) {
      this.#transport.drop(
        epoch,
        handles.map(({ handle }) => handle),
      );
    }
    throw failed.reason;
  }

  #cancel(): Promise<boolean> {
    this.#cancellations += 1;
    // What was published before this order is meant, too.
    this.#calls.takeNow();
    return this.#transport.cancel();
  }

  #postProgress(id: number, done: number): void {
    this.#port.postMessage({ progress: { id, done } } satisfies IoMessage);
    // Also for a main thread that is blocked.
    signalEvent(this.#channel);
  }

  async #startServer(address: ServerAddress): Promise<ServerAddress> {
    this.#backend ??= new ManagedBackend();
    const started = await this.#backend.start(address);
    this.#use({ kind: 'file', path: this.#backend.endpointFile });
    return started;
  }

  /** The predecessor's server has ended with it, or is about to. */
  async #startServerAgain(address: ServerAddress): Promise<void> {
    const backend = new ManagedBackend();
    this.#backend = backend;
    // Whoever calls meanwhile waits for the file.
    this.#use({ kind: 'file', path: backend.endpointFile });
    const deadline = performance.now() + PORT_TIMEOUT_MS;
    for (;;) {
      try {
        await backend.start(address);
        return;
      } catch (error) {
        const isHeld = RemoteError.from(error).code === 'port-in-use';
        // Why it failed, the endpoint file says to all who look for the server.
        if (!isHeld || performance.now() > deadline || this.#backend !== backend) return;
      }
      await delay(POLL_MS);
    }
  }

  async #stopServer(): Promise<undefined> {
    if (!this.#backend)
      throw new RemoteError('bad-request', 'this client has started no server; there is none to stop');
    this.#use({ kind: 'stopped' });
    const backend = this.#backend;
    this.#backend = undefined;
    await backend.dispose();
  }

  async #close(): Promise<undefined> {
    this.#transport.close();
    this.#rjit.close();
    await this.#backend?.dispose();
    this.#cancelChannel.close();
    // The answer still goes out; then nothing keeps the thread.
    setImmediate(() => this.#port.close());
  }
}

new IoThread(workerData as IoThreadData);
