import { uniqueCoreName } from '../core-names.ts';
import type { Span } from '../diagnostic.ts';

export type VariableKind = 'parameter' | 'var' | 'let' | 'const';

export interface Variable {
  /** Unique in its function: the user's name, with `.1`, `.2` … where another variable has it already. */
  readonly coreName: string;
  readonly kind: VariableKind;
  /** Reading a `let` or `const` before this offset is an error. */
  readonly usableFrom: number;
}

/** Globals that a block's variable must not take the core name of, as the rest of the function may mean them. */
const GLOBALS: readonly string[] = ['Math', 'Number', 'undefined', 'NaN', 'Infinity', 'complex', 'bool'];
const NUMBER_TYPES: readonly string[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
];
const FLOAT_TYPES: readonly string[] = ['float32', 'float64', 'complex64', 'complex128'];

/** The scopes around the place where the adapter is in one function. */
export class FunctionScope {
  readonly #blocks: Map<string, Variable>[] = [new Map()];
  readonly #taken: Set<string>;
  readonly #freeNames = new Map<string, Span>();

  constructor(moduleNames: Iterable<string>) {
    this.#taken = new Set([...moduleNames, ...GLOBALS, ...NUMBER_TYPES, ...FLOAT_TYPES]);
  }

  enterBlock(): void {
    this.#blocks.push(new Map());
  }

  leaveBlock(): void {
    this.#blocks.pop();
  }

  /** Declares a name in the innermost block; in the function's own scope it hides what the module has. */
  declare(name: string, kind: VariableKind, usableFrom: number): void {
    const block = this.#blocks.at(-1);
    const isFunctionScope = this.#blocks.length === 1;
    const coreName = isFunctionScope ? name : uniqueCoreName(name, this.#taken);
    this.#taken.add(coreName);
    block?.set(name, { coreName, kind, usableFrom });
  }

  /** A variable that nobody can name, for what a pattern leaves out. */
  unnamed(): string {
    this.#taken.add('unnamed');
    const coreName = uniqueCoreName('unnamed', this.#taken);
    this.#taken.add(coreName);
    return coreName;
  }

  /** The variable that a name means here. */
  find(name: string): Variable | undefined {
    return this.#blocks.findLast((block) => block.has(name))?.get(name);
  }

  /** As `find`; a name that isn't one of the function's is remembered. */
  read(name: string, span: Span): Variable | undefined {
    const variable = this.find(name);
    if (variable === undefined && !this.#freeNames.has(name)) this.#freeNames.set(name, span);
    return variable;
  }

  /** Names used where they are not visible, though a block of the function declares them. */
  strayNames(isGlobal: (name: string) => boolean): readonly { readonly name: string; readonly span: Span }[] {
    const strays = [...this.#freeNames].filter(([name]) => this.#taken.has(name) && !isGlobal(name));
    return strays.map(([name, span]) => ({ name, span }));
  }
}

/** Whether a name means something without a declaration. */
export function isGlobalName(name: string): boolean {
  return GLOBALS.includes(name) || NUMBER_TYPES.includes(name) || FLOAT_TYPES.includes(name);
}
