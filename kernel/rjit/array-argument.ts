import type { ArrayType, Type } from '../../backend/contract/types.ts';
import type { TypedArray } from '../compiler/typed-arrays.ts';
import { NdArray } from './nd-array.ts';
import { elementTypeOf, isTypedArray } from './typed-arrays.ts';

/** An argument whose elements travel with the call. */
export interface ArrayArgument {
  readonly data: TypedArray;
  readonly shape: readonly number[];
}

export function arrayArgument(value: unknown): ArrayArgument | undefined {
  if (value instanceof NdArray) return value;
  return isTypedArray(value) ? { data: value, shape: [value.length] } : undefined;
}

/** `float64[]` of a Float64Array. */
export function arrayTypeOf(value: unknown): ArrayType | undefined {
  if (value instanceof NdArray)
    return { kind: 'array', element: value.elementType, rank: value.shape.length };
  const element: Type | undefined = isTypedArray(value) ? elementTypeOf(value) : undefined;
  return element && { kind: 'array', element, rank: 1 };
}
