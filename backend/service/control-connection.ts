import type { Socket } from 'node:net';
import { BinaryReader } from '../contract/binary-protocol.ts';
import { MessageStream } from '../contract/message-stream.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { controlMessageByteLength, type Limits } from './limits.ts';
import type { Log } from './log.ts';
import { dispatch, type ThriftServices } from './thrift-dispatch.ts';

/** Answers the messages of one control connection in the order they come, until the socket closes. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #services: ThriftServices;
  readonly #limits: Limits;
  readonly #log: Log;
  readonly #stream = new MessageStream(controlMessageByteLength);
  #isAnswering = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param taken what was read of the socket and not put back */
  constructor(socket: Socket, taken: Uint8Array, services: ThriftServices, limits: Limits, log: Log) {
    this.#socket = socket;
    this.#services = services;
    this.#limits = limits;
    this.#log = log;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('close', () => clearTimeout(this.#timer));
    this.#receive(taken);
  }

  #receive(chunk: Uint8Array): void {
    this.#stream.push(chunk);
    if (!this.#isAnswering) void this.#answer();
    // A client that doesn't wait for its answers is held back by TCP. Others are read on: it may close any time.
    else if (this.#stream.bufferedByteLength > controlMessageByteLength) this.#socket.pause();
  }

  async #answer(): Promise<void> {
    this.#isAnswering = true;
    try {
      for (let message = this.#stream.next(); message !== undefined; message = this.#stream.next()) {
        const header = new BinaryReader(message).messageBegin();
        const reply = await dispatch(this.#services, header, message);
        if (this.#socket.destroyed) return;
        this.#socket.write(reply);
      }
      this.#socket.resume();
      this.#watchRest();
    } catch (error) {
      this.#log('warn', 'control-malformed', RemoteError.from(error).detail, {
        peer: this.#socket.remoteAddress,
      });
      this.#socket.destroy();
    } finally {
      this.#isAnswering = false;
    }
  }

  /** A message that was begun must be completed in time. */
  #watchRest(): void {
    clearTimeout(this.#timer);
    if (this.#stream.bufferedByteLength === 0) return;
    this.#timer = setTimeout(() => {
      this.#log('warn', 'control-timeout', 'a peer did not complete its message', {
        peer: this.#socket.remoteAddress,
      });
      this.#socket.destroy();
    }, this.#limits.messageTimeoutMs);
  }
}
