/** A client's five sockets; the only place where it touches ZeroMQ. */
import { randomUUID } from 'node:crypto';
import type { Dealer, Subscriber } from 'zeromq';
import { type ConnectionInfo, endpointOf } from '../jupyter/connection-file.ts';
import { curveClientOptions } from '../jupyter/curve.ts';
import { SendQueue } from '../jupyter/send-queue.ts';
import type { Frame } from '../jupyter/signing.ts';
import { zeromq } from '../jupyter/zeromq.ts';

export type ClientChannel = 'shell' | 'control' | 'stdin';

export interface ClientSocketEvents {
  readonly onMessage: (channel: ClientChannel | 'iopub', frames: Uint8Array[]) => void;
  readonly onHeartbeat: () => void;
  /** The kernel has closed the connection of its outputs, or ZeroMQ has, for a frame that is too long. */
  readonly onIopubLost: () => void;
  readonly onError: (error: unknown) => void;
}

/** A string of JavaScript's can't be much longer; nor does a notebook show so much. */
export const MAX_MESSAGE_BYTE_LENGTH = 256_000_000;

/** A kernel that starts binds within a tenth of a second: connecting again soon is what makes starts quick. */
const RECONNECT = { reconnectInterval: 4, linger: 0 } as const;

export class ClientSockets {
  readonly #dealers: Readonly<Record<ClientChannel | 'hb', Dealer>>;
  readonly #queues: Readonly<Record<ClientChannel | 'hb', SendQueue>>;
  readonly #iopub: Subscriber;

  constructor(connection: ConnectionInfo, events: ClientSocketEvents) {
    // The kernel sends input requests to the shell's routing id, so stdin must have the same.
    const routingId = randomUUID();
    const options = { ...RECONNECT, ...curveClientOptions(connection) };
    const dealer = () => new zeromq.Dealer({ ...options, routingId });
    this.#dealers = { shell: dealer(), control: dealer(), stdin: dealer(), hb: new zeromq.Dealer(options) };
    // ZeroMQ hands messages over whole: it must not begin to read what would be refused.
    const maxMessageSize = MAX_MESSAGE_BYTE_LENGTH;
    this.#iopub = new zeromq.Subscriber({ ...options, receiveHighWaterMark: 0, maxMessageSize });
    this.#iopub.events.on('disconnect', () => events.onIopubLost());
    this.#iopub.subscribe();
    this.#iopub.connect(endpointOf(connection, 'iopub'));
    for (const channel of ['shell', 'control', 'stdin', 'hb'] as const) {
      this.#dealers[channel].connect(endpointOf(connection, channel));
    }
    const queue = (socket: Dealer) => new SendQueue(socket, async (error) => events.onError(error));
    const { shell, control, stdin, hb } = this.#dealers;
    this.#queues = { shell: queue(shell), control: queue(control), stdin: queue(stdin), hb: queue(hb) };
    for (const channel of ['shell', 'control', 'stdin'] as const) {
      void receive(this.#dealers[channel], (frames) => events.onMessage(channel, frames));
    }
    void receive(hb, () => events.onHeartbeat());
    void receive(this.#iopub, (frames) => events.onMessage('iopub', frames));
  }

  send(channel: ClientChannel, frames: Frame[]): void {
    this.#queues[channel].push(() => frames);
  }

  /** The empty frame is for kernels whose heartbeat is a REP socket. */
  sendHeartbeat(): void {
    if (this.#queues.hb.length === 0) this.#queues.hb.push(() => ['', 'ping']);
  }

  close(): void {
    for (const socket of [...Object.values(this.#dealers), this.#iopub]) socket.close();
  }
}

/** Until the socket is closed. */
export async function receive(
  socket: Dealer | Subscriber,
  onFrames: (frames: Buffer[]) => void,
): Promise<void> {
  try {
    for await (const frames of socket) onFrames(frames);
  } catch (error) {
    // A socket that is closed while much still waits in it says so in this way (ENOTSOCK).
    if (!socket.closed) throw error;
  }
}
