/** One websocket's way into a kernel: requests, replies and questions. What is published comes by another way. */
import { randomUUID } from 'node:crypto';
import type { Dealer } from 'zeromq';
import { type ConnectionInfo, endpointOf } from '../../jupyter/connection-file.ts';
import { curveClientOptions } from '../../jupyter/curve.ts';
import { SendQueue } from '../../jupyter/send-queue.ts';
import { MessageSigner } from '../../jupyter/signing.ts';
import { DELIMITER, splitEnvelope } from '../../jupyter/wire.ts';
import { zeromq } from '../../jupyter/zeromq.ts';
import { type ClientChannel, receive } from '../client-sockets.ts';

const CHANNELS: readonly ClientChannel[] = ['shell', 'control', 'stdin'];

export interface KernelDealerEvents {
  /** Header, parent header, metadata, content, buffers; signed by the kernel's key. */
  readonly onMessage: (channel: ClientChannel, frames: readonly Uint8Array[]) => void;
  readonly onError: (error: unknown) => void;
}

export class KernelDealers {
  readonly #signer: MessageSigner;
  readonly #events: KernelDealerEvents;
  readonly #sockets = new Map<ClientChannel, Dealer>();
  readonly #queues = new Map<ClientChannel, SendQueue>();

  constructor(connection: ConnectionInfo, events: KernelDealerEvents) {
    this.#signer = new MessageSigner(connection.key, connection.signatureScheme);
    this.#events = events;
    // The kernel asks whoever sent the request, by the routing id of the shell.
    const routingId = randomUUID();
    for (const channel of CHANNELS) {
      const socket = new zeromq.Dealer({ routingId, linger: 0, ...curveClientOptions(connection) });
      socket.connect(endpointOf(connection, channel));
      this.#sockets.set(channel, socket);
      this.#queues.set(channel, new SendQueue(socket, async (error) => events.onError(error)));
      void receive(socket, (frames) => this.#receive(channel, frames));
    }
  }

  /** @param frames header, parent header, metadata, content, buffers */
  send(channel: ClientChannel, frames: readonly Uint8Array[]): void {
    const [header = '', parent = '', metadata = '', content = ''] = frames;
    const signature = this.#signer.sign([header, parent, metadata, content]);
    this.#queues.get(channel)?.push(() => [DELIMITER, signature, ...frames]);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }

  #receive(channel: ClientChannel, frames: readonly Buffer[]): void {
    try {
      this.#events.onMessage(channel, verified(frames, this.#signer));
    } catch (error) {
      this.#events.onError(error);
    }
  }
}

function verified(frames: readonly Buffer[], signer: MessageSigner): readonly Uint8Array[] {
  const { signature = '', rest } = splitEnvelope(frames);
  const [header = '', parent = '', metadata = '', content = ''] = rest;
  signer.verify(signature, [header, parent, metadata, content]);
  return rest;
}
