import type { Socket } from 'node:net';
import { readLines } from './line-reader.ts';
import { type ControlRequest, type InterruptState, parseControlReply } from './session-messages.ts';

/** The kernel process' end of the pipe to a session's control thread, which answers while user code spins. */
export class ControlChannel {
  readonly #socket: Socket;
  readonly #pending = new Map<number, (state: InterruptState | undefined) => void>();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    readLines(socket, (line) => {
      const { id, state } = parseControlReply(line);
      this.#settle(id, state);
    });
  }

  /** Resolves with how it ended, or undefined when there is no answer in time or the session has gone. */
  interrupt(timeoutMs: number): Promise<InterruptState | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, undefined), timeoutMs);
      this.#pending.set(id, (state) => {
        clearTimeout(timer);
        resolve(state);
      });
      this.#socket.write(`${JSON.stringify({ op: 'interrupt', id } satisfies ControlRequest)}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
    for (const id of [...this.#pending.keys()]) this.#settle(id, undefined);
  }

  #settle(id: number, state: InterruptState | undefined): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(state);
  }
}
