import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FloatType, IntType, Type } from '../../backend/contract/types.ts';
import type { TypedArray } from '../compiler/typed-arrays.ts';

type ElementType = IntType | FloatType;

/** By the tag, which subclasses such as Buffer share. */
const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['Int8Array', { kind: 'int', bits: 8 }],
  ['Uint8Array', { kind: 'uint', bits: 8 }],
  ['Uint8ClampedArray', { kind: 'uint', bits: 8 }],
  ['Int16Array', { kind: 'int', bits: 16 }],
  ['Uint16Array', { kind: 'uint', bits: 16 }],
  ['Int32Array', { kind: 'int', bits: 32 }],
  ['Uint32Array', { kind: 'uint', bits: 32 }],
  ['Float32Array', { kind: 'float', bits: 32 }],
  ['Float64Array', { kind: 'float', bits: 64 }],
  ['BigInt64Array', { kind: 'int', bits: 64 }],
  ['BigUint64Array', { kind: 'uint', bits: 64 }],
]);

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** `float64` of a Float64Array; undefined for arrays that compiled functions don't know. */
export function elementTypeOf(array: TypedArray): ElementType | undefined {
  return ELEMENT_TYPES.get(array[Symbol.toStringTag]);
}

type Constructor = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray;

const CONSTRUCTORS: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ['int8', Int8Array],
  ['uint8', Uint8Array],
  ['int16', Int16Array],
  ['uint16', Uint16Array],
  ['int32', Int32Array],
  ['uint32', Uint32Array],
  ['float32', Float32Array],
  ['float64', Float64Array],
  ['int64', BigInt64Array],
  ['uint64', BigUint64Array],
]);

/**
 * `count` elements of `type` that lie at `byteOffset` of `bytes`: complex ones as pairs, bools as bytes.
 *
 * @throws RemoteError `unsupported` for types that no typed array holds
 */
export function typedArrayOver(type: Type, bytes: Uint8Array, byteOffset: number, count: number): TypedArray {
  const perElement = type.kind === 'complex' ? 2 : 1;
  const TypedArrayOf = CONSTRUCTORS.get(storedName(type));
  if (!TypedArrayOf)
    throw new RemoteError('unsupported', `no typed array holds elements of type ${formatType(type)}`);
  return new TypedArrayOf(bytes.buffer, bytes.byteOffset + byteOffset, perElement * count);
}

function storedName(type: Type): string {
  if (type.kind === 'complex') return `float${type.bits / 2}`;
  if (type.kind === 'bool') return 'uint8';
  return 'bits' in type ? `${type.kind === 'char' ? 'uint' : type.kind}${type.bits}` : '';
}
