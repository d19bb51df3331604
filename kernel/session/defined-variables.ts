import type { RemoteRuntime } from './remote-runtime.ts';
import type { VariableDeclaration } from './session-messages.ts';

interface DefinedVariable {
  readonly value: unknown;
  /** What has been told of it last. */
  text: string | undefined;
}

/** Variables that magics have made: TypeScript learns of them, and of the overloads they get later. */
export class DefinedVariables {
  readonly #variables = new Map<string, DefinedVariable>();

  add(name: string, value: unknown): void {
    this.#variables.set(name, { value, text: undefined });
  }

  get names(): readonly string[] {
    return [...this.#variables.keys()];
  }

  /** A cell of TypeScript has declared the name itself. */
  forget(name: string): void {
    this.#variables.delete(name);
  }

  /** Those that are new or have changed since the last time. */
  changes(remote: RemoteRuntime): readonly VariableDeclaration[] {
    const changed: VariableDeclaration[] = [];
    for (const [name, variable] of this.#variables) {
      const declaration = remote.declare(name, variable.value);
      if (declaration === undefined || declaration.text === variable.text) continue;
      variable.text = declaration.text;
      changed.push(declaration);
    }
    return changed;
  }
}
