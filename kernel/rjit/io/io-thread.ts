/**
 * The I/O thread: owns the sockets, so that the main thread can wait for an answer without an event loop.
 * It is a worker_threads entry and exports nothing.
 */
import { BroadcastChannel, type MessagePort, workerData } from 'node:worker_threads';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { CANCEL_CHANNEL } from '../cancel.ts';
import { ManagedBackend } from '../managed-backend.ts';
import { type Channel, openChannel, Word } from './channel.ts';
import { HotCalls, wake } from './hot-calls.ts';
import { PendingCall } from './pending-call.ts';
import type { Endpoint, IoKind, IoOperations, IoReply, IoRequest, ServerAddress } from './requests.ts';
import { RjitTransport } from './rjit-transport.ts';
import type { Transport } from './transport.ts';

export interface IoThreadData {
  readonly port: MessagePort;
  readonly buffer: SharedArrayBuffer;
  readonly endpoint: Endpoint;
}

type Result = IoOperations[IoKind]['result'];

class IoThread {
  readonly #port: MessagePort;
  readonly #channel: Channel;
  readonly #transport: Transport;
  readonly #cancelChannel = new BroadcastChannel(CANCEL_CHANNEL);
  #backend: ManagedBackend | undefined;

  constructor({ port, buffer, endpoint }: IoThreadData) {
    this.#port = port;
    this.#channel = openChannel(buffer);
    this.#transport = new RjitTransport(endpoint, () => calls.afterReplies());
    port.on('message', (request: IoRequest) => this.#handle(request));
    this.#cancelChannel.onmessage = () => void this.#transport.cancel();
    process.on('exit', () => this.#end());
    const calls = new HotCalls({
      channel: this.#channel,
      port,
      start: ({ handle, epoch, packed, timeoutMs }, ends) => {
        const call = new PendingCall(ends, timeoutMs, (expired) => this.#transport.expire(expired));
        this.#transport.call(handle, epoch, packed, call);
      },
      flush: () => this.#transport.flush(),
    });
  }

  /** Nobody will answer the main thread any more: it must not wait. */
  #end(): void {
    Atomics.store(this.#channel.words, Word.ended, 1);
    Atomics.notify(this.#channel.words, Word.completed);
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

  async #run({ kind, command, timeoutMs }: IoRequest): Promise<Result> {
    switch (kind) {
      case 'configure':
        this.#transport.setEndpoint(command.endpoint);
        return undefined;
      case 'target':
        return this.#transport.target();
      case 'compile':
        return this.#transport.compile(command);
      case 'map':
        return this.#transport.map(command, timeoutMs);
      case 'emit':
        return this.#transport.emit(command.handle, command.epoch, command.what);
      case 'drop':
        await this.#transport.drop(command.epoch, command.handles);
        return undefined;
      case 'cancel':
        return this.#transport.cancel();
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

  async #startServer(address: ServerAddress): Promise<ServerAddress> {
    this.#backend ??= new ManagedBackend();
    const started = await this.#backend.start(address);
    this.#transport.setEndpoint({ kind: 'file', path: this.#backend.endpointFile });
    return started;
  }

  async #stopServer(): Promise<undefined> {
    if (!this.#backend)
      throw new RemoteError('bad-request', 'this client has started no server; there is none to stop');
    this.#transport.setEndpoint({ kind: 'stopped' });
    const backend = this.#backend;
    this.#backend = undefined;
    await backend.dispose();
  }

  async #close(): Promise<undefined> {
    this.#transport.close();
    await this.#backend?.dispose();
    this.#cancelChannel.close();
    // The answer still goes out; then nothing keeps the thread.
    setImmediate(() => this.#port.close());
  }
}

new IoThread(workerData as IoThreadData);
