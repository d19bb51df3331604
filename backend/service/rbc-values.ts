import { Complex } from '../contract/complex.ts';
import { formatType } from '../contract/format-type.ts';
import type { PickleValue } from '../contract/pickle-value.ts';
import type { WritablePickle } from '../contract/pickle-writer.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { Type } from '../contract/types.ts';
import type { Value } from '../contract/value-codec.ts';
import { pickledPointer } from './rbc-pointer.ts';

/** The argument tuple with the tuples of structs opened. @throws RemoteError unless it is a tuple */
export function flattenArguments(value: PickleValue): PickleValue[] {
  if (!isTuple(value)) throw new RemoteError('bad-request', 'the arguments are no tuple');
  return value.flatMap((item) => (isTuple(item) ? flattenArguments(item) : [item]));
}

function isTuple<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function memberType(type: Type, index: number): Type {
  return (type.kind === 'tuple' ? type.members[index] : undefined) ?? { kind: 'void' };
}

/**
 * What Python's value is for a parameter of that type.
 *
 * @throws RemoteError `bad-argument` where Python's own ctypes refuses it
 */
export function fromPickle(value: PickleValue, type: Type): Value {
  const plain = plainValue(value);
  switch (type.kind) {
    case 'pointer':
      if (plain === null) return 0n;
      if (typeof plain === 'bigint') return plain;
      break;
    case 'bool':
      if (typeof plain === 'boolean') return plain;
      if (typeof plain === 'bigint' || typeof plain === 'number') return Number(plain) !== 0;
      break;
    case 'int':
    case 'uint':
      if (typeof plain === 'bigint') return plain;
      if (typeof plain === 'boolean') return plain ? 1n : 0n;
      break;
    case 'char':
      if (typeof plain === 'bigint') return plain;
      if (value instanceof Uint8Array && value.byteLength === 1) return value[0];
      break;
    case 'float':
      if (typeof plain === 'number') return plain;
      if (typeof plain === 'bigint' || typeof plain === 'boolean') return Number(plain);
      break;
    case 'complex':
      if (plain instanceof Complex) return plain;
      if (typeof plain === 'number' || typeof plain === 'bigint') return new Complex(Number(plain), 0);
      break;
    default:
      break;
  }
  throw new RemoteError(
    'bad-argument',
    `a Python ${pythonTypeName(value)} can't be passed as ${formatType(type)}`,
  );
}

type PlainValue = bigint | number | boolean | Complex | null | undefined;

/** numpy scalars and pointers by their value; undefined for what has none. */
function plainValue(value: PickleValue): PlainValue {
  if (
    value === null ||
    typeof value === 'bigint' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  if (value instanceof Complex) return value;
  if (typeof value !== 'object' || !('kind' in value)) return undefined;
  if (value.kind === 'pointer') return value.address;
  if (value.kind === 'numpy-scalar') {
    const { type } = value;
    const isInteger = type.kind === 'int' || type.kind === 'uint';
    return isInteger && typeof value.value === 'number' ? BigInt(value.value) : value.value;
  }
  return undefined;
}

/** A result as Python would have it: an int stays an int, whatever its size. */
export function toPickle(value: Value, type: Type): WritablePickle {
  if (value === undefined) return null;
  if (isTuple(value)) return value.map((member, index) => toPickle(member, memberType(type, index)));
  if (type.kind === 'pointer')
    return pickledPointer(typeof value === 'bigint' ? value : BigInt(Number(value)), type);
  if (type.kind === 'char' && type.bits === 8) return Uint8Array.of(Number(value) & 0xff);
  const isInteger = type.kind === 'int' || type.kind === 'uint' || type.kind === 'char';
  return isInteger && typeof value === 'number' ? BigInt(value) : value;
}

function pythonTypeName(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Complex) return 'complex';
  return isTuple(value) ? 'tuple' : value.kind;
}
