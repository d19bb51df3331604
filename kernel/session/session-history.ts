import { defineSessionGlobal } from './session-globals.ts';

/** `In`, `Out`, `_`, `__` and `___`, as in IPython. */
export class SessionHistory {
  readonly #inputs: string[] = [''];
  readonly #outputs: Record<number, unknown> = {};
  #last: readonly unknown[] = [undefined, undefined, undefined];

  get inputs(): readonly (string | undefined)[] {
    return this.#inputs;
  }

  install(): void {
    defineSessionGlobal('In', this.#inputs);
    defineSessionGlobal('Out', this.#outputs);
    for (const name of lastNames) defineSessionGlobal(name, undefined);
  }

  begin(executionCount: number, code: string): void {
    this.#inputs[executionCount] = code;
  }

  end(executionCount: number, result: unknown): void {
    if (result === undefined) return;
    this.#outputs[executionCount] = result;
    const values = [result, ...this.#last.slice(0, -1)];
    for (const [index, name] of lastNames.entries()) {
      // A `_` that the user has put there, such as lodash, stays.
      if (Reflect.get(globalThis, name) === this.#last[index]) defineSessionGlobal(name, values[index]);
    }
    this.#last = values;
  }
}

const lastNames = ['_', '__', '___'] as const;
