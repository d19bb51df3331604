/** The kernel's five sockets (messaging spec, "Messaging channels"); the only place where it touches ZeroMQ. */
import { Router, XPublisher } from 'zeromq';
import { type Channel, type ConnectionInfo, endpointOf } from './connection-file.ts';
import { SendQueue } from './send-queue.ts';
import type { Frame } from './signing.ts';

/** How long what has been sent may take to leave after a socket is closed. */
const LINGER_MS = 1000;
/** Messages that may wait for one slow subscriber; each holds at most one flush of output. */
const IOPUB_HIGH_WATER_MARK = 1000;
/** A subscriber that reads nothing for this long stops holding up the others: it loses messages instead. */
const STALLED_SUBSCRIBER_MS = 5000;
/** How long messages to a stalled subscriber are dropped before it is waited for again. */
const DROPPING_MS = 30_000;

export type RequestChannel = 'shell' | 'control' | 'stdin';

export interface SocketEvents {
  readonly onMessage: (channel: RequestChannel, frames: Uint8Array[]) => void;
  /** A client has subscribed to iopub; `topic` is its prefix, usually empty. */
  readonly onSubscribe: (topic: Uint8Array) => void;
  readonly onError: (error: unknown) => void;
}

/** A channel's address can't be used; the text says which, why and what to do. */
export class BindError extends Error {
  override readonly name = 'BindError';
}

export class KernelSockets {
  readonly #routers: Readonly<Record<RequestChannel, Router>>;
  readonly #iopub: XPublisher;
  readonly #heartbeat: Router;
  readonly #queues: Readonly<Record<RequestChannel | 'iopub', SendQueue>>;
  #onError: (error: unknown) => void = () => {};
  #dropping: NodeJS.Timeout | undefined;

  private constructor() {
    const router = () => new Router({ linger: LINGER_MS, handover: true });
    this.#routers = { shell: router(), control: router(), stdin: router() };
    this.#heartbeat = router();
    this.#iopub = new XPublisher({
      linger: LINGER_MS,
      verbosity: 'allSubs',
      noDrop: true,
      sendHighWaterMark: IOPUB_HIGH_WATER_MARK,
      sendTimeout: STALLED_SUBSCRIBER_MS,
    });
    const report = async (error: unknown) => this.#onError(error);
    this.#queues = {
      shell: new SendQueue(this.#routers.shell, report),
      control: new SendQueue(this.#routers.control, report),
      stdin: new SendQueue(this.#routers.stdin, report),
      iopub: new SendQueue(this.#iopub, (error, frames) => this.#publishDespiteStall(error, frames)),
    };
  }

  /** @throws {BindError} when an address is in use or not ours; no socket stays open then. */
  static bind(connection: ConnectionInfo): KernelSockets {
    const sockets = new KernelSockets();
    const bound: readonly (readonly [Channel, Router | XPublisher])[] = [
      ['shell', sockets.#routers.shell],
      ['control', sockets.#routers.control],
      ['stdin', sockets.#routers.stdin],
      ['iopub', sockets.#iopub],
      ['hb', sockets.#heartbeat],
    ];
    for (const [channel, socket] of bound) {
      const endpoint = endpointOf(connection, channel);
      try {
        socket.bindSync(endpoint);
      } catch (error) {
        sockets.close();
        const reason = error instanceof Error ? error.message : String(error);
        throw new BindError(
          `cannot bind the ${channel} channel to ${endpoint}: ${reason}; start the kernel again with other ports`,
        );
      }
    }
    return sockets;
  }

  /** Starts to receive; messages that arrived since `bind` come first. */
  listen(events: SocketEvents): void {
    this.#onError = events.onError;
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      void this.#receive(this.#routers[channel], (frames) => events.onMessage(channel, frames));
    }
    const heartbeatQueue = new SendQueue(this.#heartbeat, async (error) => events.onError(error));
    void this.#receive(this.#heartbeat, (frames) => heartbeatQueue.push(frames));
    void this.#receive(this.#iopub, ([event]) => {
      // XPUB receives a byte 1 and the topic for each subscription, 0 for its end (zmq_socket(3)).
      if (event?.[0] === 1) events.onSubscribe(event.subarray(1));
    });
  }

  send(channel: RequestChannel, frames: Frame[]): void {
    this.#queues[channel].push(frames);
  }

  publish(frames: Frame[]): void {
    this.#queues.iopub.push(frames);
  }

  /** Messages to iopub that ZeroMQ has not taken yet: more than a few mean that subscribers are slower than we. */
  get unpublished(): number {
    return this.#queues.iopub.length;
  }

  /** Resolves when everything sent so far has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.drained()));
  }

  close(): void {
    clearTimeout(this.#dropping);
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }

  async #receive(socket: Router | XPublisher, onFrames: (frames: Buffer[]) => void): Promise<void> {
    for await (const frames of socket) onFrames(frames);
  }

  /** The send timed out on a stalled subscriber: from now on, and for a while, only that subscriber loses messages. */
  async #publishDespiteStall(error: unknown, frames: Frame[]): Promise<void> {
    if (!isTimeout(error)) return this.#onError(error);
    this.#onError(new Error('an iopub subscriber reads nothing; messages to it are dropped for 30 s'));
    this.#iopub.noDrop = false;
    clearTimeout(this.#dropping);
    this.#dropping = setTimeout(() => {
      this.#iopub.noDrop = true;
    }, DROPPING_MS).unref();
    await this.#iopub.send(frames);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
