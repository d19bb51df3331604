import type { SessionMessage } from './session-messages.ts';
import { writeFully } from './write-fully.ts';

/** The session's end of the pipe that takes messages to the kernel process, a line for each. */
export class MessagePipe {
  readonly #fileDescriptor: number;
  /** While they are held back. */
  #held: string[] | undefined;

  constructor(fileDescriptor: number) {
    this.#fileDescriptor = fileDescriptor;
  }

  readonly send = (message: SessionMessage): void => {
    const line = `${JSON.stringify(message)}\n`;
    if (this.#held === undefined) writeFully(this.#fileDescriptor, line);
    else this.#held.push(line);
  };

  /** Writes nothing, for what runs now may be stopped at any place. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const lines = this.#held ?? [];
    this.#held = undefined;
    if (lines.length > 0) writeFully(this.#fileDescriptor, lines.join(''));
  }
}
