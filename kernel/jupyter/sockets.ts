/** The kernel's five sockets (messaging spec, "Messaging channels"); the only place where it touches ZeroMQ. */

import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Router, XPublisher } from 'zeromq';
import {
  CHANNELS,
  type Channel,
  type ConnectionInfo,
  endpointAt,
  type RegistrationInfo,
} from './connection-file.ts';
import { curveServerOptions } from './curve.ts';
import { type Encode, SendQueue } from './send-queue.ts';
import type { Frame } from './signing.ts';
import { zeromq } from './zeromq.ts';

/** How long what has been sent may take to leave after a socket is closed. */
const LINGER_MS = 1000;
/** How soon a message that a slow subscriber has no room for is tried again. */
const RETRY_MS = 5;

/** How slow subscribers of iopub are treated: waited for, but not for ever. */
export interface SubscriberLimits {
  /** Messages that may wait for one subscriber; each holds at most one flush of output. */
  readonly highWaterMark: number;
  /** A subscriber that makes no room for this long stops holding up the others: it loses messages instead. */
  readonly stalledMs: number;
  /** How long messages to a stalled subscriber are dropped before it is waited for again. */
  readonly droppingMs: number;
}

const subscriberLimits: SubscriberLimits = { highWaterMark: 1000, stalledMs: 5000, droppingMs: 30_000 };

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
  /** Where the channels are. */
  readonly ports: ConnectionInfo['ports'];
  readonly #routers: Readonly<Record<RequestChannel, Router>>;
  readonly #iopub: XPublisher;
  readonly #heartbeat: Router;
  readonly #queues: Readonly<Record<RequestChannel | 'iopub', SendQueue>>;
  readonly #limits: SubscriberLimits;
  #onError: (error: unknown) => void = () => {};
  #dropping: NodeJS.Timeout | undefined;

  private constructor(address: ConnectionInfo | RegistrationInfo, limits: SubscriberLimits) {
    this.#limits = limits;
    // Sent or refused at once: these sockets have room, or tell by an error that a subscriber has none.
    const options = { linger: LINGER_MS, sendTimeout: 0, ...curveServerOptions(address) };
    const router = () => new zeromq.Router({ ...options, handover: true });
    this.#routers = { shell: router(), control: router(), stdin: router() };
    this.#heartbeat = router();
    this.#iopub = new zeromq.XPublisher({
      ...options,
      verbosity: 'allSubs',
      noDrop: true,
      sendHighWaterMark: limits.highWaterMark,
    });
    const report = async (error: unknown) => this.#onError(error);
    this.#queues = {
      shell: new SendQueue(this.#routers.shell, report),
      control: new SendQueue(this.#routers.control, report),
      stdin: new SendQueue(this.#routers.stdin, report),
      iopub: new SendQueue(this.#iopub, (error, frames) => this.#publishLater(error, frames)),
    };
    this.ports = this.#bindAll(address);
  }

  /**
   * Binds the channels to the ports of a connection file; where a launcher waits to be told, to any that are free.
   * @throws {BindError} when an address is in use or not ours; no socket stays open then.
   */
  static bind(
    address: ConnectionInfo | RegistrationInfo,
    limits: SubscriberLimits = subscriberLimits,
  ): KernelSockets {
    return new KernelSockets(address, limits);
  }

  /** Starts to receive; messages that arrived since `bind` come first. */
  listen(events: SocketEvents): void {
    this.#onError = events.onError;
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      void this.#receive(this.#routers[channel], (frames) => events.onMessage(channel, frames));
    }
    const heartbeatQueue = new SendQueue(this.#heartbeat, async (error) => events.onError(error));
    void this.#receive(this.#heartbeat, (frames) => heartbeatQueue.push(() => frames));
    void this.#receive(this.#iopub, ([event]) => {
      // XPUB receives a byte 1 and the topic for each subscription, 0 for its end (zmq_socket(3)).
      if (event?.[0] === 1) events.onSubscribe(event.subarray(1));
    });
  }

  send(channel: RequestChannel, encode: Encode): void {
    this.#queues[channel].push(encode);
  }

  publish(encode: Encode): void {
    this.#queues.iopub.push(encode);
  }

  /** Messages to iopub that ZeroMQ has not taken yet: more than a few mean that subscribers are slower than we. */
  get unpublished(): number {
    return this.#queues.iopub.length;
  }

  /** Resolves when none is left. */
  allPublished(): Promise<void> {
    return this.#queues.iopub.drained();
  }

  /** Resolves when everything sent so far has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.drained()));
  }

  close(): void {
    clearTimeout(this.#dropping);
    for (const socket of [...Object.values(this.#routers), this.#iopub, this.#heartbeat]) socket.close();
  }

  #bindAll(address: ConnectionInfo | RegistrationInfo): ConnectionInfo['ports'] {
    const sockets = { ...this.#routers, iopub: this.#iopub, hb: this.#heartbeat };
    const ports = { shell: 0, iopub: 0, stdin: 0, control: 0, hb: 0 };
    for (const channel of CHANNELS) {
      const wanted = 'ports' in address ? address.ports[channel] : anyPort(address.transport);
      const endpoint = endpointAt(address.transport, address.ip, wanted);
      try {
        sockets[channel].bindSync(endpoint);
      } catch (error) {
        this.close();
        throw bindError(channel, endpoint, error);
      }
      // In place of a 0, the system has chosen one.
      ports[channel] = wanted || portOf(sockets[channel]);
    }
    return ports;
  }

  async #receive(socket: Router | XPublisher, onFrames: (frames: Buffer[]) => void): Promise<void> {
    for await (const frames of socket) onFrames(frames);
  }

  /** Some subscriber has no room: waits for it, and at last leaves it behind. */
  async #publishLater(error: unknown, frames: Frame[]): Promise<void> {
    if (!isNoRoom(error)) return this.#onError(error);
    const deadline = performance.now() + this.#limits.stalledMs;
    while (performance.now() < deadline) {
      await delay(RETRY_MS);
      if (this.#iopub.closed || (await this.#publishNow(frames))) return;
    }
    this.#dropFor(this.#limits.droppingMs);
    await this.#publishNow(frames);
  }

  /** False when a subscriber has no room; nothing was sent to any of them then. */
  async #publishNow(frames: Frame[]): Promise<boolean> {
    try {
      await this.#iopub.send(frames);
      return true;
    } catch (error) {
      if (isNoRoom(error)) return false;
      throw error;
    }
  }

  #dropFor(droppingMs: number): void {
    this.#onError(
      new Error(`an iopub subscriber reads nothing; for ${droppingMs} ms it loses what it can't take`),
    );
    this.#setNoDrop(false);
    clearTimeout(this.#dropping);
    this.#dropping = setTimeout(() => this.#setNoDrop(true), droppingMs).unref();
  }

  /** The package's list of options that a bound socket heeds at once lacks this one, so that it warns in vain. */
  #setNoDrop(noDrop: boolean): void {
    const { emitWarning } = process;
    process.emitWarning = () => {};
    this.#iopub.noDrop = noDrop;
    process.emitWarning = emitWarning;
  }
}

/** With tcp, 0 lets the system choose. With ipc it is the end of a file's name, which nobody else hits upon. */
function anyPort(transport: ConnectionInfo['transport']): number {
  return transport === 'tcp' ? 0 : randomInt(1, 2 ** 31);
}

function portOf(socket: Router | XPublisher): number {
  return Number(/\d+$/.exec(socket.lastEndpoint ?? '')?.[0]);
}

function bindError(channel: Channel, endpoint: string, error: unknown): BindError {
  const reason = error instanceof Error ? error.message : String(error);
  return new BindError(
    `cannot bind the ${channel} channel to ${endpoint}: ${reason}; start the kernel again with other ports`,
  );
}

/** With `noDrop`, libzmq says so at once: an XPUB socket counts as writable however full it is. */
function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
