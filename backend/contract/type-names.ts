import type { Type } from './types.ts';

/**
 * Names of types, in RBC's normalisation. Sizes are those of a 64-bit Linux server (LP64), the only server there is.
 * The number in a sized name counts bits: `i4` is a 4-bit integer.
 */
const NAMED: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...entries({ kind: 'void' }, ['void', 'none', 'None']),
  ...entries({ kind: 'bool', bits: 1 }, ['bool', 'boolean', '_Bool', 'b']),
  ...entries({ kind: 'string' }, ['string', 'str']),
  ...entries({ kind: 'char', bits: 8 }, ['char']),
  ...entries({ kind: 'char', bits: 32 }, ['wchar', 'wchar_t']),
  ...entries({ kind: 'int', bits: 8 }, ['signed char', 'schar', 'byte', 'signed byte']),
  ...entries({ kind: 'uint', bits: 8 }, ['unsigned char', 'uchar', 'ubyte', 'unsigned byte']),
  ...entries({ kind: 'int', bits: 16 }, ['short', 'short int', 'signed short', 'signed short int']),
  ...entries({ kind: 'uint', bits: 16 }, ['unsigned short', 'unsigned short int', 'ushort']),
  ...entries({ kind: 'int', bits: 32 }, ['int', 'i', 'signed', 'signed int']),
  ...entries({ kind: 'uint', bits: 32 }, ['uint', 'u', 'unsigned', 'unsigned int']),
  ...entries({ kind: 'int', bits: 64 }, [
    ...['long', 'l', 'long int', 'signed long', 'signed long int'],
    ...['long long', 'long long int', 'signed long long', 'signed long long int', 'longlong'],
    ...['ssize_t', 'std::ssize_t', 'c_ssize_t', 'intp'],
  ]),
  ...entries({ kind: 'uint', bits: 64 }, [
    ...['unsigned long', 'unsigned long int', 'ulong'],
    ...['unsigned long long', 'unsigned long long int', 'ulonglong'],
    ...['size_t', 'std::size_t', 'c_size_t', 'uintp'],
  ]),
  ...entries({ kind: 'float', bits: 32 }, ['float', 'f']),
  ...entries({ kind: 'float', bits: 64 }, ['double', 'd']),
  ...entries({ kind: 'float', bits: 128 }, ['long double', 'longdouble']),
  ...entries({ kind: 'complex', bits: 64 }, ['complex', 'c']),
]);

/** Words that continue a C type name and so are never taken for a parameter's name. */
const TYPE_WORDS: ReadonlySet<string> = new Set(['char', 'byte', 'short', 'int', 'long', 'double']);

/** What people write instead, and what it is called here. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['number', 'float64'],
  ['bigint', 'int64'],
  ['integer', 'int64'],
  ['real', 'float64'],
  ['half', 'float16'],
  ['single', 'float32'],
  ['Complex', 'complex128'],
  ['undefined', 'void'],
  ['String', 'string'],
  ['Int8Array', 'int8[]'],
  ['Uint8Array', 'uint8[]'],
  ['Int16Array', 'int16[]'],
  ['Uint16Array', 'uint16[]'],
  ['Int32Array', 'int32[]'],
  ['Uint32Array', 'uint32[]'],
  ['BigInt64Array', 'int64[]'],
  ['BigUint64Array', 'uint64[]'],
  ['Float32Array', 'float32[]'],
  ['Float64Array', 'float64[]'],
]);

const SIZED =
  /^(?:(bool)(\d+)|(?:signed )?(int|i)(\d+)(?:_t)?|(unsigned int|uint|u)(\d+)(?:_t)?|(float|f)(16|32|64|128|256)(?:_t)?|(complex|c)(16|32|64|128|256|512)(?:_t)?|(char)(8|16|32)(?:_t)?)$/;

/** Widest integer a sized name may ask for; beyond it a name is a typing error, not a type. */
const MAX_INTEGER_BITS = 1024;

function entries(type: Type, names: readonly string[]): [string, Type][] {
  return names.map((name) => [name, type]);
}

/** The type that `name` (words joined by one space) stands for, or undefined. */
export function namedType(name: string): Type | undefined {
  const known = NAMED.get(name);
  if (known) return known;
  const match = SIZED.exec(name);
  if (!match) return undefined;
  const bits = Number(match[2] ?? match[4] ?? match[6] ?? match[8] ?? match[10] ?? match[12]);
  if (bits < 1 || bits > MAX_INTEGER_BITS) return undefined;
  if (match[1]) return { kind: 'bool', bits };
  if (match[3]) return { kind: 'int', bits };
  if (match[5]) return { kind: 'uint', bits };
  if (match[7]) return { kind: 'float', bits };
  if (match[9]) return { kind: 'complex', bits };
  return { kind: 'char', bits };
}

export function isTypeWord(word: string): boolean {
  return TYPE_WORDS.has(word);
}

/** The name to use instead of `word`, where it is a known mistake. */
export function suggestedName(word: string): string | undefined {
  return MISTAKEN.get(word);
}
