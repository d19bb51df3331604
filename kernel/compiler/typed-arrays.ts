/** JavaScript's typed arrays, by what their elements are. */

export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

export type TypedArray = NumberArray | BigInt64Array | BigUint64Array;
