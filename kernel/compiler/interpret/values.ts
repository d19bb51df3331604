/** Values of the interpreter. */
import type { IntType, Type } from '../../../backend/contract/types.ts';
import type { ComplexValue } from '../hir.ts';
import type { NumberArray, TypedArray } from '../typed-arrays.ts';
import { wrapInteger } from '../types/value-types.ts';

/** Memory that an array or a pointer refers to, element by element. */
export interface Memory {
  readonly length: number;
  get(index: number): Value;
  set(index: number, value: Value): void;
}

/** An array, or a pointer (without a shape), from element `offset` of its memory on. */
export interface MemoryView {
  readonly memory: Memory;
  readonly offset: number;
  readonly shape: readonly number[];
}

/** int and uint are bigints, bool a boolean, a tuple an array. A void call has `undefined`. */
export type Value = bigint | number | boolean | ComplexValue | MemoryView | readonly Value[] | undefined;

/** The elements of a typed array as values of `type`; complex numbers lie there as pairs of floats. */
export function memoryOf(array: TypedArray, type: Type): Memory {
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) return bigintMemory(array);
  if (type.kind === 'complex') return complexMemory(array);
  return {
    length: array.length,
    get: (index) => fromNumber(type, array[index] ?? 0),
    set: (index, value) => {
      array[index] = toNumber(value);
    },
  };
}

function fromNumber(type: Type, value: number): Value {
  if (type.kind === 'bool') return value !== 0;
  return type.kind === 'int' || type.kind === 'uint' ? BigInt(value) : value;
}

function toNumber(value: Value): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : 0;
}

function bigintMemory(array: BigInt64Array | BigUint64Array): Memory {
  return {
    length: array.length,
    get: (index) => array[index] ?? 0n,
    set: (index, value) => {
      array[index] = asInteger(value);
    },
  };
}

function complexMemory(array: NumberArray): Memory {
  return {
    length: array.length / 2,
    get: (index) => ({ re: array[2 * index] ?? 0, im: array[2 * index + 1] ?? 0 }),
    set: (index, value) => {
      const { re, im } = asComplex(value);
      array[2 * index] = re;
      array[2 * index + 1] = im;
    },
  };
}

// The typer has made sure of the types; these only tell TypeScript.

export function asInteger(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  throw new TypeError(`expected an integer, found ${typeof value}`);
}

export function asFloat(value: Value): number {
  if (typeof value === 'number') return value;
  throw new TypeError(`expected a float, found ${typeof value}`);
}

export function asBool(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`expected a bool, found ${typeof value}`);
}

export function asComplex(value: Value): ComplexValue {
  if (typeof value === 'object' && 're' in value) return value;
  throw new TypeError(`expected a complex number, found ${typeof value}`);
}

export function asView(value: Value): MemoryView {
  if (typeof value === 'object' && 'memory' in value) return value;
  throw new TypeError(`expected an array or a pointer, found ${typeof value}`);
}

export function asTuple(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`expected a tuple, found ${typeof value}`);
}

/** Float results have the precision of their type. */
export function roundFloat(type: Type, value: number): number {
  return type.kind === 'float' && type.bits === 32 ? Math.fround(value) : value;
}

export function roundComplex(type: Type, value: ComplexValue): ComplexValue {
  if (type.kind !== 'complex' || type.bits !== 64) return value;
  return { re: Math.fround(value.re), im: Math.fround(value.im) };
}

/** Truncates toward zero and saturates; NaN is 0. */
export function saturate(type: IntType, value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  const size = 2 ** type.bits;
  const [low, high] = type.kind === 'uint' ? [0, size] : [-size / 2, size / 2];
  if (value >= high) return BigInt(high) - 1n;
  return value <= low ? BigInt(low) : wrapInteger(type, BigInt(Math.trunc(value)));
}
