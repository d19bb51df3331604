import type { LinkedName } from '../compiler/link.ts';
import { type Capture, captureValue } from './capture-value.ts';
import { RemoteFunction } from './remote-function.ts';

/** What a variable holds now; `isConstant` where it can't be assigned again. */
export interface NamedValue {
  readonly value: unknown;
  readonly isConstant: boolean;
}

/** Looks a variable up in the session, or the program, around remote functions. */
export type Scope = (name: string) => NamedValue | undefined;

export interface SessionNamesOptions {
  /** Constants that were given with the definition: they come first. */
  readonly constants: Readonly<Record<string, unknown>>;
  readonly scope: Scope;
  /** The functions that were defined by name: they come last. */
  readonly functions: ReadonlyMap<string, RemoteFunction>;
}

/**
 * What names mean that a module uses and doesn't define. A function is looked up anew each time, so callers follow when
 * its cell is run again; a constant keeps the value it had when it was first looked up, at the module's definition.
 */
export class SessionNames {
  readonly #options: SessionNamesOptions;
  readonly #constants = new Map<string, Capture | undefined>();

  constructor(options: SessionNamesOptions) {
    this.#options = options;
  }

  /** For hints. */
  get names(): readonly string[] {
    const { constants, functions } = this.#options;
    return [...Object.keys(constants), ...functions.keys()];
  }

  find(name: string): LinkedName | undefined {
    const found = this.#lookUp(name);
    if (found?.value instanceof RemoteFunction) return linkedFunction(found.value);
    if (!this.#constants.has(name)) {
      const captured = found && capture(name, found);
      if (captured?.kind === 'unusable') return captured;
      this.#constants.set(name, captured);
    }
    return this.#constants.get(name);
  }

  /** A function of another cell; constants are not looked at. */
  findFunction(name: string): ReturnType<typeof linkedFunction> | undefined {
    const found = this.#lookUp(name)?.value;
    return found instanceof RemoteFunction ? linkedFunction(found) : undefined;
  }

  #lookUp(name: string): NamedValue | undefined {
    const { constants, scope, functions } = this.#options;
    if (Object.hasOwn(constants, name)) return { value: constants[name], isConstant: true };
    const found = scope(name);
    if (found) return found;
    const value = functions.get(name);
    return value && { value, isConstant: true };
  }
}

function linkedFunction(
  called: RemoteFunction,
): Extract<LinkedName, { readonly kind: 'function' | 'foreign' }> {
  const { module, name } = RemoteFunction.definitionOf(called);
  return module.unit
    ? { kind: 'function', unit: module.unit, functionName: name }
    : { kind: 'foreign', library: module, functionName: name };
}

function capture(name: string, { value, isConstant }: NamedValue): Capture {
  const captured = captureValue(name, value);
  if (isConstant || captured.kind === 'unusable') return captured;
  return {
    kind: 'unusable',
    found: 'a variable of the session, which may change after this is compiled',
    hint: `declare it as a constant: const ${name} = …`,
  };
}
