import type { Frame } from './signing.ts';

export interface SendingSocket {
  send(frames: Frame[]): Promise<void>;
  readonly closed: boolean;
}

/** zeromq allows one send in flight per socket (a second one throws EBUSY), so sends wait for their turn here. */
export class SendQueue {
  readonly #socket: SendingSocket;
  readonly #onError: (error: unknown, frames: Frame[]) => Promise<void>;
  readonly #waiting: Frame[][] = [];
  #drain: Promise<void> | undefined;

  /** `onError` decides what becomes of a message that could not be sent; the queue goes on afterwards. */
  constructor(socket: SendingSocket, onError: (error: unknown, frames: Frame[]) => Promise<void>) {
    this.#socket = socket;
    this.#onError = onError;
  }

  get length(): number {
    return this.#waiting.length;
  }

  push(frames: Frame[]): void {
    this.#waiting.push(frames);
    this.#drain ??= this.#sendAll();
  }

  /** Resolves when everything pushed so far has been handed to ZeroMQ. */
  async drained(): Promise<void> {
    await this.#drain;
  }

  async #sendAll(): Promise<void> {
    await turnsEnd();
    let next = this.#waiting.shift();
    while (next !== undefined && !this.#socket.closed) {
      try {
        await this.#socket.send(next);
      } catch (error) {
        if (!this.#socket.closed) await this.#onError(error, next);
      }
      next = this.#waiting.shift();
    }
    this.#drain = undefined;
  }
}

/**
 * Behind all that the current turn of the event loop has to say: handed to ZeroMQ together, messages wake its thread
 * and the client once, and these don't take the processor from us in the middle of it.
 */
async function turnsEnd(): Promise<void> {
  await undefined;
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
