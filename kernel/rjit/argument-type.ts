import { Complex } from '../../backend/contract/complex.ts';
import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { Type } from '../../backend/contract/types.ts';
import { valueText } from '../../backend/contract/value-codec.ts';
import { arrayTypeOf } from './array-argument.ts';
import { TypedValue } from './typed-value.ts';

const INT64: Type = { kind: 'int', bits: 64 };
const UINT64: Type = { kind: 'uint', bits: 64 };
const FLOAT64: Type = { kind: 'float', bits: 64 };
const COMPLEX128: Type = { kind: 'complex', bits: 128 };
const BOOL: Type = { kind: 'bool', bits: 1 };
/** What `null` is: an address without a type. */
const ADDRESS: Type = { kind: 'pointer', element: { kind: 'void' } };
const INT64_MAX = (1n << 63n) - 1n;

/**
 * The type a value has as an argument: an integral number is int64, any other number float64, a bigint int64 where it
 * fits and else uint64, a Float64Array float64[], null an address.
 *
 * @returns undefined for a value that no parameter takes
 */
export function typeOfArgument(value: unknown): Type | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? INT64 : FLOAT64;
    case 'bigint':
      return value > INT64_MAX ? UINT64 : INT64;
    case 'boolean':
      return BOOL;
    case 'object':
      if (value === null) return ADDRESS;
      if (value instanceof Complex) return COMPLEX128;
      return value instanceof TypedValue ? value.type : (arrayTypeOf(value) ?? typeOfTuple(value));
    default:
      return undefined;
  }
}

/** An array of plain values is a tuple. */
function typeOfTuple(value: object): Type | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined;
  const members = value.map(typeOfArgument).filter((type) => type !== undefined);
  return members.length === value.length ? { kind: 'tuple', members } : undefined;
}

/** Names the types of a call's arguments: calls with the same key take the same overload. */
export function argumentsKey(args: readonly unknown[]): string {
  let key = '';
  for (const arg of args) key += argumentKey(arg);
  return key;
}

function argumentKey(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'l' : 'd';
    case 'bigint':
      return value > INT64_MAX ? 'L' : 'l';
    case 'boolean':
      return 'b';
    default:
      if (value instanceof Complex) return 'X';
      return compoundKey(value);
  }
}

function compoundKey(value: unknown): string {
  const type = typeOfArgument(value);
  return type ? `,${formatType(type)},` : '?';
}

/** @throws RemoteError `bad-argument` naming the argument that has no type */
export function typesOfArguments(functionName: string, args: readonly unknown[]): readonly Type[] {
  return args.map((value, index) => {
    const type = typeOfArgument(value);
    if (type) return type;
    throw new RemoteError(
      'bad-argument',
      `argument ${index + 1} of ${functionName} is ${valueText(value)}; expected a number, a bigint, a boolean, ` +
        `complex(re, im), a typed value such as int32(1), or a typed array such as Float64Array.of(1, 2)`,
      { functionName },
    );
  });
}

/** What `value` is without the type it says of itself. */
export function plainValue(value: unknown): unknown {
  return value instanceof TypedValue ? value.value : value;
}
