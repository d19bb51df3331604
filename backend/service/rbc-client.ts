import type { Socket } from 'node:net';
import { BinaryReader, type MessageHeader } from '../contract/binary-protocol.ts';
import { MessageStream } from '../contract/message-stream.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { MessageType } from '../contract/thrift-types.ts';
import type { Limits } from './limits.ts';

export interface RbcClientListener {
  onMessage(header: MessageHeader, message: Uint8Array): void;
  /** `problem` is empty when the client just closed. */
  onClosed(problem: string): void;
}

/** A client that has sent this many messages without waiting for replies is not read until some are answered. */
const maxUnanswered = 16;

/** The supervisor's side of one connection of an RBC client. */
export class RbcClient {
  readonly #socket: Socket;
  readonly #limits: Limits;
  readonly #listener: RbcClientListener;
  readonly #stream: MessageStream;
  #unanswered = 0;
  #problem = '';

  constructor(socket: Socket, limits: Limits, listener: RbcClientListener) {
    this.#socket = socket;
    this.#limits = limits;
    this.#listener = listener;
    this.#stream = new MessageStream(limits.maxMessageByteLength);
  }

  /** @param taken what was read of the socket and not put back */
  begin(taken: Uint8Array): void {
    const socket = this.#socket;
    socket.once('close', () => this.#listener.onClosed(this.#problem));
    socket.on('timeout', () =>
      this.#end(this.#stream.bufferedByteLength > 0 ? 'a peer did not complete its message' : ''),
    );
    socket.on('drain', () => this.#read());
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#receive(taken);
  }

  reply(bytes: Uint8Array): void {
    this.#unanswered -= 1;
    if (this.#socket.destroyed) return;
    this.#socket.write(bytes);
    this.#read();
  }

  #receive(chunk: Uint8Array): void {
    this.#stream.push(chunk);
    this.#read();
  }

  #read(): void {
    try {
      while (
        this.#unanswered < maxUnanswered &&
        this.#socket.writableLength < this.#limits.maxMessageByteLength
      ) {
        const message = this.#stream.next();
        if (message === undefined) break;
        this.#unanswered += 1;
        this.#listener.onMessage(readHeader(message), message);
      }
    } catch (error) {
      this.#end(RemoteError.from(error).detail);
      return;
    }
    if (this.#unanswered < maxUnanswered) this.#socket.resume();
    else this.#socket.pause();
    this.#socket.setTimeout(this.#patienceMs());
  }

  /** How long the client may say nothing; for ever while it waits for us. */
  #patienceMs(): number {
    if (this.#unanswered > 0) return 0;
    return this.#stream.bufferedByteLength > 0 ? this.#limits.messageTimeoutMs : this.#limits.idleTimeoutMs;
  }

  #end(problem: string): void {
    this.#problem = problem;
    this.#socket.destroy();
  }
}

/** @throws RemoteError `protocol` for anything but a call */
function readHeader(message: Uint8Array): MessageHeader {
  const header = new BinaryReader(message).messageBegin();
  if (header.type === MessageType.call) return header;
  throw new RemoteError('protocol', `a message of type ${header.type} arrived; only calls are expected`);
}
