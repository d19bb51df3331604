import type { Frame } from './signing.ts';

export interface SendingSocket {
  send(frames: Frame[]): Promise<void>;
  readonly closed: boolean;
}

/** Makes the frames of a message when it is its turn: what others wait for goes first. */
export type Encode = () => Frame[];

/**
 * Hands messages to ZeroMQ, all of a turn of the event loop together: so its thread and the client wake up once, and
 * don't take the processor from what the messages are about. One send at a time, as zeromq wants it.
 */
export class SendQueue {
  readonly #socket: SendingSocket;
  readonly #onError: (error: unknown, frames: Frame[]) => Promise<void>;
  readonly #waiting: Encode[] = [];
  #drain: Promise<void> | undefined;

  /** `onError` decides what becomes of a message that could not be sent; the queue goes on afterwards. */
  constructor(socket: SendingSocket, onError: (error: unknown, frames: Frame[]) => Promise<void>) {
    this.#socket = socket;
    this.#onError = onError;
  }

  get length(): number {
    return this.#waiting.length;
  }

  push(encode: Encode): void {
    this.#waiting.push(encode);
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
      let frames: Frame[] = [];
      try {
        frames = next();
        await this.#socket.send(frames);
      } catch (error) {
        if (!this.#socket.closed) await this.#onError(error, frames);
      }
      next = this.#waiting.shift();
    }
    this.#drain = undefined;
  }
}

/** Behind all promise jobs of this turn of the event loop. */
async function turnsEnd(): Promise<void> {
  await undefined;
  await new Promise<void>((resolve) => process.nextTick(resolve));
}
