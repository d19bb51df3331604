/** Readers for the fields of a message's content; each error says where, what was found and what was expected. */
import { describeJson, isJsonObject, type JsonObject, type Message, MessageError } from './messages.ts';

export class ContentReader {
  readonly #content: JsonObject;
  readonly #messageType: string;

  constructor(message: Message) {
    this.#content = message.content;
    this.#messageType = message.header.messageType;
  }

  /** Without a `fallback` the field is required. */
  string(field: string, fallback?: string): string {
    const value = this.#content[field] ?? fallback;
    return typeof value === 'string' ? value : this.#fail(field, 'a string');
  }

  boolean(field: string, fallback?: boolean): boolean {
    const value = this.#content[field] ?? fallback;
    return typeof value === 'boolean' ? value : this.#fail(field, 'true or false');
  }

  integer(field: string, fallback?: number): number {
    const value = this.#content[field] ?? fallback;
    return typeof value === 'number' && Number.isInteger(value) ? value : this.#fail(field, 'an integer');
  }

  stringRecord(field: string): Readonly<Record<string, string>> {
    const value = this.#content[field] ?? {};
    if (!isJsonObject(value)) return this.#fail(field, 'an object of strings');
    const record: Record<string, string> = {};
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string') return this.#fail(`${field}.${key}`, 'a string');
      record[key] = text;
    }
    return record;
  }

  #fail(field: string, expected: string): never {
    const found = describeJson(this.#content[field]);
    throw new MessageError(`${this.#messageType}: content.${field} is ${found}; expected ${expected}`);
  }
}
