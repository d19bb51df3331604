import { formatUnlabelled } from './format-type.ts';
import { SignatureError } from './signature-error.ts';
import { namedType } from './type-names.ts';
import type { Type } from './types.ts';

/** RBC's one-letter codes. Letters that also serve as operators (P K a A r R V W) are free of them. */
const ATOMS: readonly (readonly [code: string, name: string])[] = [
  ...[['v', 'void'] as const, ['b', 'bool'] as const, ['t', 'string'] as const],
  ...[['c', 'char8'] as const, ['z', 'char16'] as const, ['w', 'char32'] as const],
  ...[['B', 'int8'] as const, ['s', 'int16'] as const, ['i', 'int32'] as const, ['l', 'int64'] as const],
  ...[['U', 'uint8'] as const, ['S', 'uint16'] as const, ['I', 'uint32'] as const, ['L', 'uint64'] as const],
  ...[['q', 'int128'] as const, ['Q', 'uint128'] as const],
  ...[
    ['h', 'float16'] as const,
    ['f', 'float32'] as const,
    ['d', 'float64'] as const,
    ['x', 'float128'] as const,
  ],
  ...[['H', 'complex32'] as const, ['F', 'complex64'] as const],
  ...[['D', 'complex128'] as const, ['X', 'complex256'] as const],
];
const CODE_OF: ReadonlyMap<string, string> = new Map(ATOMS.map(([code, name]) => [name, code]));
const NAME_OF: ReadonlyMap<string, string> = new Map(ATOMS);

const MAX_DEPTH = 32;

/**
 * RBC's mangled form: `_lallA` for `int64(int64, int64)`. The symbol of a function is its name followed by this.
 * Arrays and tuples, which RBC's scalars lack, take its form for custom types (`Array<T>`, `Array2<T>`, `Tuple<…>`).
 */
export function mangle(type: Type): string {
  const suffix = type.label === undefined ? '' : `W${type.label.length}W${type.label}`;
  return mangleUnlabelled(type) + suffix;
}

/** The symbol of `name` compiled for `type`: `foo_lallA`. A name inside the type itself takes no part. */
export function mangledSymbol(name: string, type: Type): string {
  return name + mangleUnlabelled(type);
}

function mangleUnlabelled(type: Type): string {
  switch (type.kind) {
    case 'pointer':
      return `_${mangle(type.element)}P`;
    case 'struct':
      return `_${mangleAll(type.members)}K`;
    case 'function':
      return `_${mangle(type.result)}a${type.parameters.length === 0 ? 'v' : mangleAll(type.parameters)}A`;
    case 'array':
      return mangleCustom(type.rank === 1 ? 'Array' : `Array${type.rank}`, [type.element]);
    case 'tuple':
      return mangleCustom('Tuple', type.members);
    case 'custom':
      return type.parameters.length === 0 ? mangleName(type.name) : mangleCustom(type.name, type.parameters);
    default: {
      const name = formatUnlabelled(type);
      return CODE_OF.get(name) ?? mangleName(name);
    }
  }
}

function mangleAll(types: readonly Type[]): string {
  return types.map(mangle).join('');
}

function mangleName(name: string): string {
  return `V${name.length}V${name}`;
}

function mangleCustom(name: string, parameters: readonly Type[]): string {
  return `_${mangleName(name)}r${mangleAll(parameters)}R`;
}

/**
 * The inverse of `mangle`.
 *
 * @throws SignatureError with the offending span
 */
export function demangle(text: string): Type {
  const reader = new MangledReader(text);
  const type = reader.type();
  reader.expectEnd();
  return type;
}

class MangledReader {
  readonly #text: string;
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  expectEnd(): void {
    if (this.#position !== this.#text.length) this.#fail('the end');
  }

  type(): Type {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#fail(`types nested at most ${MAX_DEPTH} deep`);
    const type = this.#unlabelled();
    this.#depth -= 1;
    return this.#text[this.#position] === 'W' ? { ...type, label: this.#counted('W') } : type;
  }

  #unlabelled(): Type {
    const code = this.#text[this.#position];
    if (code === 'V') return this.#atom(this.#counted('V'));
    if (code === '_') return this.#compound();
    const name = code === undefined ? undefined : NAME_OF.get(code);
    const type = name === undefined ? undefined : namedType(name);
    if (!type) return this.#fail('the code of a type');
    this.#position += 1;
    return type;
  }

  #atom(name: string): Type {
    return namedType(name) ?? { kind: 'custom', name, parameters: [] };
  }

  #compound(): Type {
    this.#position += 1;
    if (this.#text[this.#position] === 'V') {
      const start = this.#position;
      const name = this.#counted('V');
      if (this.#accept('r')) return customType(name, this.#until('R'));
      this.#position = start;
    }
    const first = this.type();
    if (this.#accept('P')) return { kind: 'pointer', element: first };
    if (this.#accept('a')) return { kind: 'function', result: first, parameters: this.#parameters() };
    return { kind: 'struct', members: [first, ...this.#until('K')] };
  }

  #parameters(): readonly Type[] {
    const parameters = this.#until('A');
    return parameters.length === 1 && parameters[0]?.kind === 'void' ? [] : parameters;
  }

  #until(close: string): Type[] {
    const types: Type[] = [];
    while (!this.#accept(close)) types.push(this.type());
    return types;
  }

  /** `V3Vfoo`: a length between two marks, then that many characters. */
  #counted(mark: 'V' | 'W'): string {
    const match = new RegExp(`^${mark}(\\d{1,4})${mark}`).exec(
      this.#text.slice(this.#position, this.#position + 6),
    );
    if (!match) return this.#fail(`a length between two '${mark}'`);
    const start = this.#position + match[0].length;
    const end = start + Number(match[1]);
    if (end > this.#text.length) return this.#fail(`a name of ${match[1]} characters`);
    this.#position = end;
    return this.#text.slice(start, end);
  }

  #accept(code: string): boolean {
    if (this.#text[this.#position] !== code) return false;
    this.#position += 1;
    return true;
  }

  #fail(expected: string): never {
    const found = this.#text[this.#position];
    throw new SignatureError(
      `failed to demangle \`${this.#text}\`: ${found === undefined ? 'it ends' : `found '${found}'`} where ${expected} is expected`,
      this.#text,
      this.#position,
      this.#position + 1,
    );
  }
}

function customType(name: string, parameters: readonly Type[]): Type {
  const element = parameters[0];
  const rank = /^Array(\d?)$/.exec(name)?.[1];
  if (rank !== undefined && element && parameters.length === 1) {
    return { kind: 'array', element, rank: rank === '' ? 1 : Number(rank) };
  }
  if (name === 'Tuple') return { kind: 'tuple', members: parameters };
  return { kind: 'custom', name, parameters };
}
