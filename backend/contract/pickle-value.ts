import type { Complex } from './complex.ts';
import type { Type } from './types.ts';
import type { ScalarValue } from './value-codec.ts';

/**
 * A pickle as plain data. Python's int is always a bigint and its float always a number, so that 1 and 1.0 stay apart;
 * None is null; a tuple is an array.
 */
export type PickleValue =
  | bigint
  | number
  | boolean
  | null
  | string
  | Uint8Array
  | Complex
  | readonly PickleValue[]
  | PickleList
  | NumpyScalar
  | PickledPointer;

export interface PickleList {
  readonly kind: 'list';
  readonly items: readonly PickleValue[];
}

export interface NumpyScalar {
  readonly kind: 'numpy-scalar';
  readonly type: Type;
  readonly value: ScalarValue;
}

/** RBC's PointerData: an address in the server's own process. */
export interface PickledPointer {
  readonly kind: 'pointer';
  readonly address: bigint;
  /** The pointed-to ctypes class, such as `c_long`, or the name of a structure. */
  readonly elementName: string;
  /** How many `*`. */
  readonly level: number;
  readonly elementByteLength: number;
}
