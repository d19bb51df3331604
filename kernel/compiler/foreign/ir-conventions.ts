/** The ways in which compilers pass a value of one of our types, and the IR that leads from our way to theirs and back. */
import type { Type } from '../../../backend/contract/types.ts';
import { leafTypes, memoryType, parameterTypes } from '../emit/ir-types.ts';

/** One of the ways to pass a value. */
export interface Passing {
  /** Types of the parameters it takes up. */
  readonly types: readonly string[];
  /** How the pieces come from values that have our types. */
  readonly form: 'same' | 'bit' | 'parts' | 'pair' | 'vector';
}

/** Ours first. */
export function passings(type: Type): readonly Passing[] {
  const own: Passing = { types: parameterTypes(type), form: 'same' };
  if (type.kind === 'bool') return [own, { types: ['i1'], form: 'bit' }];
  if (type.kind !== 'complex') return [own];
  const [part = 'double'] = leafTypes(type);
  const pair: Passing = { types: [`[2 x ${part}]`], form: 'pair' };
  const vector: Passing[] = part === 'float' ? [{ types: ['<2 x float>'], form: 'vector' }] : [];
  return [own, { types: [part, part], form: 'parts' }, pair, ...vector];
}

/** Whether `found`, as LLVM writes it, is the type that we write `wanted`. */
export function sameIrType(wanted: string, found: string): boolean {
  return wanted === found || opaque(wanted) === opaque(found);
}

function opaque(type: string): string {
  return type.replace(/(?:[\w%.$]+|\{[^{}]*\})\*+/g, 'ptr');
}

/** The ways in which `found`, a function's parameter types, take our types; undefined when they don't. */
export function choosePassings(
  types: readonly Type[],
  found: readonly string[],
): readonly Passing[] | undefined {
  const [first, ...rest] = types;
  if (first === undefined) return found.length === 0 ? [] : undefined;
  for (const passing of passings(first)) {
    const count = passing.types.length;
    if (!passing.types.every((type, index) => sameIrType(type, found[index] ?? ''))) continue;
    const others = choosePassings(rest, found.slice(count));
    if (others !== undefined) return [passing, ...others];
  }
  return undefined;
}

/** How a result comes back: never in parts. */
export function resultPassing(type: Type, found: string): Passing | undefined {
  if (type.kind === 'void') return found === 'void' ? { types: [], form: 'same' } : undefined;
  const own: Passing = { types: [memoryType(type)], form: 'same' };
  const ways = type.kind === 'tuple' || type.kind === 'struct' ? [own] : [own, ...passings(type).slice(1)];
  return ways.find(({ types }) => types.length === 1 && sameIrType(types[0] ?? '', found));
}

/** Lines that make their pieces `%name.0` … of our value `%name`, and the pieces. */
export function toTheirs(
  { form, types }: Passing,
  name: string,
  type: Type,
): { readonly lines: readonly string[]; readonly values: readonly string[] } {
  const own = memoryTypeOf(type);
  const [piece = ''] = types;
  const parts = [
    `  ${name}.re = extractvalue ${own} ${name}, 0`,
    `  ${name}.im = extractvalue ${own} ${name}, 1`,
  ];
  switch (form) {
    case 'same':
      return { lines: [], values: [name] };
    case 'bit':
      return { lines: [`  ${name}.bit = icmp ne i8 ${name}, 0`], values: [`${name}.bit`] };
    case 'parts':
      return { lines: parts, values: [`${name}.re`, `${name}.im`] };
    case 'pair':
    case 'vector':
      return { lines: [...parts, ...packed(form, piece, own, name)], values: [`${name}.both`] };
  }
}

function packed(form: 'pair' | 'vector', piece: string, own: string, name: string): readonly string[] {
  const part = own.slice(2, own.indexOf(','));
  const insert = form === 'pair' ? 'insertvalue' : 'insertelement';
  const at = (index: number) => (form === 'pair' ? `${index}` : `i32 ${index}`);
  return [
    `  ${name}.half = ${insert} ${piece} undef, ${part} ${name}.re, ${at(0)}`,
    `  ${name}.both = ${insert} ${piece} ${name}.half, ${part} ${name}.im, ${at(1)}`,
  ];
}

/** Lines that make our `%r` of their result `%theirs`. */
export function fromTheirs({ form, types }: Passing, type: Type): readonly string[] {
  const own = memoryTypeOf(type);
  const [piece = ''] = types;
  const part = own.slice(2, own.indexOf(','));
  const extract = form === 'vector' ? 'extractelement' : 'extractvalue';
  const at = (index: number) => (form === 'vector' ? `i32 ${index}` : `${index}`);
  switch (form) {
    case 'same':
    case 'parts':
      return [];
    case 'bit':
      return ['  %r = zext i1 %theirs to i8'];
    case 'pair':
    case 'vector':
      return [
        `  %re = ${extract} ${piece} %theirs, ${at(0)}`,
        `  %im = ${extract} ${piece} %theirs, ${at(1)}`,
        `  %half = insertvalue ${own} undef, ${part} %re, 0`,
        `  %r = insertvalue ${own} %half, ${part} %im, 1`,
      ];
  }
}

function memoryTypeOf(type: Type): string {
  return type.kind === 'array' ? '' : memoryType(type);
}
