import type { Socket } from 'node:net';
import { MessageStream } from '../../../backend/contract/message-stream.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { openSocket } from './open-socket.ts';
import type { ServerLocation } from './requests.ts';
import type { Receiver } from './thrift-connection.ts';

const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** One connection to RBC's server, which answers in the order it is asked. */
export class RbcConnection {
  readonly #socket: Socket;
  readonly #stream = new MessageStream(MAX_REPLY_BYTES);
  readonly #waiting: Receiver[] = [];
  readonly #afterReplies: () => void;
  #problem: RemoteError | undefined;
  #isRetired = false;

  private constructor(socket: Socket, afterReplies: () => void) {
    this.#socket = socket;
    this.#afterReplies = afterReplies;
  }

  /** @throws RemoteError as `openSocket`, by the promise */
  static async open(location: ServerLocation, afterReplies: () => void): Promise<RbcConnection> {
    let connection: RbcConnection | undefined;
    const socket = await openSocket(location, (bytes) => connection?.receive(bytes));
    connection = new RbcConnection(socket, afterReplies);
    connection.#listen(location);
    return connection;
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#socket.destroyed && this.#socket.writable;
  }

  get inFlight(): readonly Receiver[] {
    return this.#waiting;
  }

  /** @param receiver gets the whole reply message */
  send(message: Uint8Array, receiver: Receiver): void {
    this.#waiting.push(receiver);
    this.#socket.write(message);
  }

  /** Sends nothing any more, and closes with the last answer: the server works on what can't be stopped. */
  retire(): void {
    this.#isRetired = true;
    if (this.#waiting.every(({ isSettled }) => isSettled)) this.#socket.destroy();
  }

  close(reason: RemoteError): void {
    this.#problem ??= reason;
    this.#socket.destroy();
  }

  #listen({ host, port }: ServerLocation): void {
    this.#socket.on('error', (error) => {
      this.#problem ??= RemoteError.from(error, 'connection-lost');
    });
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.once('close', () => {
      const error =
        this.#problem ??
        new RemoteError(
          'connection-lost',
          `RBC's server at ${host}:${port} closed the connection; a fault in a function ends that server`,
        );
      for (const receiver of this.#waiting.splice(0)) receiver.fail(error);
    });
  }

  receive(bytes: Uint8Array): void {
    try {
      this.#stream.push(bytes);
      for (let message = this.#stream.next(); message; message = this.#stream.next()) {
        const receiver = this.#waiting.shift();
        if (!receiver) throw new RemoteError('protocol', 'an answer to nothing arrived');
        receiver.receive(message);
      }
      this.#stream.keep();
      if (this.#isRetired) this.retire();
      this.#afterReplies();
    } catch (error) {
      this.close(RemoteError.from(error));
    }
  }
}
