import type { Channels } from './channels.ts';
import { ContentReader } from './content.ts';
import type { Execution } from './executions.ts';
import { type Message, parentMessageId, type Requester } from './messages.ts';

/** Input was asked for where none can be given, or the wait for it was interrupted. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

interface Waiting {
  readonly client: string;
  readonly messageId: string;
  readonly resolve: (value: string) => void;
  readonly reject: (error: InputError) => void;
}

/** Asks the client that sent a cell for input, one question at a time, and no other client. */
export class Stdin {
  readonly #channels: Channels;
  #waiting: Waiting | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #interrupts = 0;

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  /** @throws {InputError} when the client doesn't allow input, or on interrupt. */
  async ask(execution: Execution | undefined, prompt: string, password: boolean): Promise<string> {
    if (execution === undefined || !execution.allowStdin) {
      throw new InputError(
        'input was asked for, but the client that sent the cell does not allow it (allow_stdin is false)',
      );
    }
    const interrupts = this.#interrupts;
    const answer = this.#turn.then(() => {
      if (this.#interrupts !== interrupts) throw interrupted();
      return this.#askNow(execution.requester, prompt, password);
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Every question that is waiting for its answer or its turn fails. */
  interrupt(): void {
    this.#interrupts += 1;
    this.#waiting?.reject(interrupted());
    this.#waiting = undefined;
  }

  /** Replies that nobody waits for, or from another client, are ignored. */
  receive(reply: Message): void {
    const waiting = this.#waiting;
    if (waiting === undefined || reply.header.messageType !== 'input_reply') return;
    if (clientOf(reply) !== waiting.client) return;
    // jupyter_client leaves the parent out; where a client names it, it must be our question.
    const parent = parentMessageId(reply);
    if (parent !== undefined && parent !== waiting.messageId) return;
    this.#waiting = undefined;
    waiting.resolve(new ContentReader(reply).string('value'));
  }

  #askNow(requester: Requester, prompt: string, password: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const messageId = this.#channels.askForInput(requester, prompt, password);
      this.#waiting = { client: clientOf(requester), messageId, resolve, reject };
    });
  }
}

function clientOf({ identities }: Requester): string {
  return identities.map((identity) => Buffer.from(identity).toString('hex')).join('/');
}

function interrupted(): InputError {
  return new InputError('the wait for input was interrupted');
}
