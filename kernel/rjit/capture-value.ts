import { Complex } from '../../backend/contract/complex.ts';
import type { ArrayType, Type } from '../../backend/contract/types.ts';
import type { CapturedValue } from '../compiler/outer-names.ts';
import type { TypedArray } from '../compiler/typed-arrays.ts';
import { elementTypeOf, isTypedArray } from './typed-arrays.ts';
import { TypedValue } from './typed-value.ts';

export type Capture =
  | { readonly kind: 'constant'; readonly value: CapturedValue }
  | { readonly kind: 'unusable'; readonly found: string; readonly hint: string };

/** More is data, not a constant: it would be text for the compiler, and travel with every function that uses it. */
const MAX_ARRAY_BYTE_LENGTH = 1024 * 1024;

/**
 * A constant as it is now, to stand in compiled code; a typed array is copied. Numbers are weak as if they were
 * written there: an integral one is an integer, as in calls.
 */
export function captureValue(name: string, value: unknown): Capture {
  switch (typeof value) {
    case 'number':
      return literal(isInteger(value) ? BigInt(value) : value);
    case 'bigint':
      return literal(value);
    case 'boolean':
      return { kind: 'constant', value: { kind: 'typed', type: { kind: 'bool', bits: 1 }, value } };
    case 'object':
      return captureObject(name, value);
    case 'function':
      return unusable(
        'a function of the session that is not compiled',
        `compile it: %%rjit and its signature above it, or rjit('…')(${name})`,
      );
    default:
      return unusable(
        value === undefined ? 'undefined' : `a ${typeof value}`,
        'use numbers and typed arrays',
      );
  }
}

/** -0 is a float, and so is what no safe integer stands for. */
function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

function literal(value: bigint | number): Capture {
  return { kind: 'constant', value: { kind: 'literal', value } };
}

function unusable(found: string, hint: string): Capture {
  return { kind: 'unusable', found, hint };
}

function captureObject(name: string, value: object | null): Capture {
  if (value instanceof Complex) {
    return { kind: 'constant', value: { kind: 'literal', value: { re: value.re, im: value.im } } };
  }
  if (value instanceof TypedValue) return captureTyped(value);
  const element = isTypedArray(value) ? elementTypeOf(value) : undefined;
  if (isTypedArray(value) && element) return captureArray(name, value, element);
  if (Array.isArray(value)) {
    return unusable('a plain array', `make it a typed array: Float64Array.from(${name})`);
  }
  return unusable(value === null ? 'null' : 'an object', `take its numbers out: const x = ${name}.…`);
}

function captureTyped({ type, value }: TypedValue): Capture {
  const plain = value instanceof Complex ? { re: value.re, im: value.im } : value;
  const constant = type.kind !== 'float' && typeof plain === 'number' ? BigInt(plain) : plain;
  if (constant === undefined) return unusable('undefined', 'use numbers and typed arrays');
  return { kind: 'constant', value: { kind: 'typed', type, value: constant } };
}

function captureArray(name: string, array: TypedArray, element: Type): Capture {
  if (array.byteLength > MAX_ARRAY_BYTE_LENGTH) {
    return unusable(
      `an array of ${array.byteLength} bytes; at most ${MAX_ARRAY_BYTE_LENGTH} can be part of the code`,
      `pass it as an argument`,
    );
  }
  const type: ArrayType = { kind: 'array', element, rank: 1 };
  return { kind: 'constant', value: { kind: 'array', type, data: { name, elements: array.slice() } } };
}
