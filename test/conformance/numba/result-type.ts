import type { ApplicableSignature, WireValue } from './lifted-function.ts';

/** The widest type of values first met as another: bool is an integer in Python, and numbers widen. */
const WIDTHS = ['b', 'i', 'f', 'c'];
const TYPES: Readonly<Record<string, string>> = { b: 'bool', i: 'int64', f: 'float64', c: 'complex128' };

/**
 * The result types to compile a function for, the best first, by what CPython returned for these parameters. Where
 * that one doesn't fit the function's types, a wider one shows the same values.
 */
export function resultTypes({ parameters, calls }: ApplicableSignature): readonly string[] {
  const values = calls.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const [first] = values;
  if (first === undefined) return ['int64', 'float64', 'complex128', 'bool', 'void'];
  const isUnsigned = parameters.length > 0 && parameters.every((type) => type.startsWith('uint'));
  if (Array.isArray(first)) return tupleTypes(values, isUnsigned);
  const type = joined(values);
  if (type === undefined) return [];
  const integer = isUnsigned && !values.some(isNegative) ? 'uint64' : 'int64';
  switch (type) {
    case 'void':
      return ['void'];
    case 'bool':
      return ['bool', integer];
    case 'int64':
      return [...new Set([integer, 'uint64', 'int64', 'float64', 'complex128'])];
    default:
      return type === 'complex128' ? [type] : [type, 'complex128'];
  }
}

function isNegative(value: WireValue): boolean {
  return typeof value === 'string' && value.startsWith('i:-');
}

/** `undefined` where one value is of no one type with another. */
function joined(values: readonly WireValue[]): string | undefined {
  let widest = -1;
  let hasNone = false;
  for (const value of values) {
    if (typeof value !== 'string') return undefined;
    if (value === 'n:') hasNone = true;
    else widest = Math.max(widest, WIDTHS.indexOf(value.charAt(0)));
  }
  if (hasNone) return widest === -1 ? 'void' : undefined;
  return TYPES[WIDTHS[widest] ?? ''];
}

function tupleTypes(values: readonly WireValue[], isUnsigned: boolean): readonly string[] {
  const tuples = values.filter((value): value is readonly WireValue[] => Array.isArray(value));
  const count = tuples[0]?.length ?? 0;
  if (tuples.length < values.length || tuples.some(({ length }) => length !== count) || count < 2) return [];
  const members = Array.from({ length: count }, (_, index) =>
    joined(tuples.flatMap((tuple) => tuple[index] ?? [])),
  );
  if (members.some((member) => member === undefined || member === 'void')) return [];
  const integers = isUnsigned ? ['uint64', 'int64'] : ['int64', 'uint64'];
  return [...integers, 'float64'].map(
    (integer) => `(${members.map((member) => (member === 'int64' ? integer : member)).join(', ')})`,
  );
}
