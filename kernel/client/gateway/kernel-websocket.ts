/** Carries messages between one websocket and its kernel. */
import type { WebSocket } from 'ws';
import type { ConnectionInfo } from '../../jupyter/connection-file.ts';
import type { GatewayKernel, KernelListener } from './gateway-kernel.ts';
import { KernelDealers } from './kernel-dealers.ts';
import { OutputValve } from './output-valve.ts';
import { decodeV1, encodeV1, WebsocketMessageError } from './websocket-v1.ts';

/** RFC 6455, 7.4.1. */
const UNSUPPORTED_DATA = 1003;
const NORMAL_CLOSURE = 1000;
/** The connection broke: nobody has closed it. */
const ABNORMAL_CLOSURE = 1006;

/** A client that does not come back in this time has ended. */
const KEPT_MS = 120_000;

/** The websockets of all clients, by their kernel and the `session_id` under which a client connects again. */
export class KernelWebsockets {
  readonly #ways = new Map<string, ClientWay>();

  /** Until the websocket closes, or the kernel is shut down. */
  connect(socket: WebSocket, kernel: GatewayKernel, sessionId: string): void {
    const key = `${kernel.id} ${sessionId}`;
    let way = this.#ways.get(key);
    if (way === undefined) {
      const created = new ClientWay(kernel, () => {
        if (this.#ways.get(key) === created) this.#ways.delete(key);
      });
      way = created;
      this.#ways.set(key, created);
    }
    way.attach(socket);
  }
}

/** A client's way to a kernel. When its websocket breaks, replies and output are kept for the client's next one. */
class ClientWay implements KernelListener {
  readonly #kernel: GatewayKernel;
  readonly #onEnd: () => void;
  readonly #valve = new OutputValve(() => this.#socket?.bufferedAmount ?? this.#keptByteLength);
  #dealers: KernelDealers;
  #socket: WebSocket | undefined;
  #kept: Buffer[] = [];
  #keptByteLength = 0;
  #expiry: NodeJS.Timeout | undefined;

  constructor(kernel: GatewayKernel, onEnd: () => void) {
    this.#kernel = kernel;
    this.#onEnd = onEnd;
    this.#dealers = this.#connect(kernel.connection);
    kernel.addListener(this);
  }

  get isConnected(): boolean {
    return this.#socket !== undefined;
  }

  attach(socket: WebSocket): void {
    clearTimeout(this.#expiry);
    // The client knows that it is broken; TCP may take long to notice.
    const former = this.#socket;
    this.#socket = socket;
    former?.terminate();
    for (const bytes of this.#kept) socket.send(bytes);
    this.#kept = [];
    this.#keptByteLength = 0;
    socket.on('message', (data: Buffer) => this.#onMessage(socket, data));
    socket.on('error', (error) => process.emitWarning(error));
    socket.on('close', (code) => {
      if (this.#socket === socket) this.#onClose(code);
    });
  }

  onIopub(frames: readonly Uint8Array[]): void {
    const passed = this.#valve.pass(frames);
    if (passed !== undefined) this.#send('iopub', passed);
  }

  onRestart(connection: ConnectionInfo): void {
    this.#dealers.close();
    this.#dealers = this.#connect(connection);
  }

  onGone(): void {
    this.#socket?.close(NORMAL_CLOSURE, 'the kernel was shut down');
    this.#end();
  }

  #connect(connection: ConnectionInfo): KernelDealers {
    return new KernelDealers(connection, {
      onMessage: (channel, frames) => this.#send(channel, frames),
      onError: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    });
  }

  #send(channel: string, frames: readonly Uint8Array[]): void {
    const socket = this.#socket;
    if (socket !== undefined && socket.readyState !== socket.OPEN) return;
    const bytes = encodeV1(channel, frames);
    if (socket !== undefined) {
      socket.send(bytes);
      return;
    }
    this.#kept.push(bytes);
    this.#keptByteLength += bytes.byteLength;
  }

  #onMessage(socket: WebSocket, data: Buffer): void {
    try {
      forward(data, this.#dealers);
    } catch (error) {
      if (!(error instanceof WebsocketMessageError)) throw error;
      socket.close(UNSUPPORTED_DATA, error.message.slice(0, 120));
    }
  }

  #onClose(code: number): void {
    this.#socket = undefined;
    if (code === ABNORMAL_CLOSURE) this.#expiry = setTimeout(() => this.#end(), KEPT_MS).unref();
    else this.#end();
  }

  #end(): void {
    clearTimeout(this.#expiry);
    this.#kernel.removeListener(this);
    this.#dealers.close();
    this.#onEnd();
  }
}

function forward(data: Buffer, dealers: KernelDealers): void {
  const { channel, frames } = decodeV1(data);
  if (channel !== 'shell' && channel !== 'control' && channel !== 'stdin') {
    throw new WebsocketMessageError(`the channel is "${channel}"; expected shell, control or stdin`);
  }
  dealers.send(channel, frames);
}
