import type { JsonValue } from './json.ts';
import type { Answer, Question, SessionMessage } from './session-messages.ts';

interface Waiting {
  readonly resolve: (value: JsonValue) => void;
  readonly reject: (reason: Error) => void;
}

/** What the kernel process answered that it can't do; `code` is that of the error over there, if it had one. */
export class KernelRefusal extends Error {
  override readonly name = 'KernelRefusal';
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** Questions to the kernel process: input of the user, and the life of the managed backend. */
export class KernelLink {
  readonly #send: (message: SessionMessage) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(send: (message: SessionMessage) => void) {
    this.#send = send;
  }

  /** Rejects with {@link KernelRefusal}. */
  ask(question: Question): Promise<JsonValue> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ op: 'ask', id, question });
    });
  }

  settle(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(new KernelRefusal(answer.message, answer.code));
  }
}
