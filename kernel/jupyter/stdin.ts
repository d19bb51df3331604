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
  readonly subshellId: string | undefined;
  readonly messageId: string;
  readonly resolve: (value: string) => void;
  readonly reject: (error: InputError) => void;
}

/** Asks the client that sent a cell for input, and no other client; in each shell, one question at a time. */
export class Stdin {
  readonly #channels: Channels;
  /** The oldest first. */
  readonly #waiting: Waiting[] = [];
  /** By shell: when the question that came last is answered. */
  readonly #turns = new Map<string | undefined, Promise<unknown>>();
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
    const { requester, subshellId } = execution;
    const answer = (this.#turns.get(subshellId) ?? Promise.resolve()).then(() => {
      if (this.#interrupts !== interrupts) throw interrupted();
      return this.#askNow(requester, subshellId, prompt, password);
    });
    const turn = answer
      .catch(() => {})
      .then(() => {
        if (this.#turns.get(subshellId) === turn) this.#turns.delete(subshellId);
      });
    this.#turns.set(subshellId, turn);
    return answer;
  }

  /** Every question that is waiting for its answer or its turn fails. */
  interrupt(): void {
    this.#interrupts += 1;
    for (const { reject } of this.#waiting.splice(0)) reject(interrupted());
  }

  /** Replies that nobody waits for, or from another client, are ignored. */
  receive(reply: Message): void {
    if (reply.header.messageType !== 'input_reply') return;
    // jupyter_client leaves parent and subshell out; where a client names them, they must be those of our question.
    const parent = parentMessageId(reply);
    const { subshellId } = reply.header;
    const answered = this.#waiting.find(
      (question) =>
        question.client === clientOf(reply) &&
        (parent === undefined || parent === question.messageId) &&
        (subshellId === undefined || subshellId === question.subshellId),
    );
    if (answered === undefined) return;
    this.#waiting.splice(this.#waiting.indexOf(answered), 1);
    answered.resolve(new ContentReader(reply).string('value'));
  }

  #askNow(
    requester: Requester,
    subshellId: string | undefined,
    prompt: string,
    password: boolean,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const messageId = this.#channels.askForInput(requester, prompt, password);
      this.#waiting.push({ client: clientOf(requester), subshellId, messageId, resolve, reject });
    });
  }
}

function clientOf({ identities }: Requester): string {
  return identities.map((identity) => Buffer.from(identity).toString('hex')).join('/');
}

function interrupted(): InputError {
  return new InputError('the wait for input was interrupted');
}
