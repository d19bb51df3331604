import { formatType } from '../../backend/contract/format-type.ts';
import { parseType } from '../../backend/contract/parse-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { SignatureError } from '../../backend/contract/signature-error.ts';
import type { Type } from '../../backend/contract/types.ts';
import { type Value, valueCodec } from '../../backend/contract/value-codec.ts';
import type { TypedArray } from '../compiler/typed-arrays.ts';
import { elementTypeOf, isTypedArray } from './typed-arrays.ts';

/**
 * A typed array with a shape, and a type where its own does not say all: what `T[,]`, `complex128[]` and `bool[]`
 * take. Rows lie one after the other; complex elements are pairs (re, im), bools are bytes. It is a view: what is
 * written here is written to `data`.
 */
export class NdArray {
  readonly data: TypedArray;
  /** Lengths, the outermost first. */
  readonly shape: readonly number[];
  readonly elementType: Type;
  readonly #view: DataView;

  /** @throws RemoteError `bad-argument` when shape, type and data don't agree */
  constructor(data: TypedArray, shape: readonly number[] | undefined, elementType: Type | undefined) {
    const own = isTypedArray(data) ? elementTypeOf(data) : undefined;
    if (!own) throw refused(`its data is no typed array; write for example new Float64Array(6)`);
    this.data = data;
    this.elementType = elementType ?? own;
    const perElement = valuesPerElement(this.elementType, own);
    this.shape = shape ?? [data.length / perElement];
    if (this.shape.some((length) => !Number.isSafeInteger(length) || length < 0)) {
      throw refused(`its lengths are ${this.shape.join(' × ')}; whole numbers are needed`);
    }
    const needed = perElement * this.shape.reduce((product, length) => product * length, 1);
    if (needed !== data.length) {
      throw refused(
        `${this.shape.join(' × ')} elements of ${formatType(this.elementType)} take ${needed} numbers, ` +
          `and the ${data[Symbol.toStringTag]} has ${data.length}`,
      );
    }
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Element `indices`: one index for each dimension. @throws RangeError outside of the array */
  get(...indices: readonly number[]): Value {
    const codec = valueCodec(this.elementType);
    return codec.read(this.#view, this.#at(indices) * codec.byteLength);
  }

  /** `a.set(value, i, j)`. @throws RangeError outside of the array, RemoteError where the value doesn't fit */
  set(value: unknown, ...indices: readonly number[]): void {
    const codec = valueCodec(this.elementType);
    const problem = codec.write(this.#view, this.#at(indices) * codec.byteLength, value);
    if (problem !== undefined) throw new RemoteError('bad-argument', problem);
  }

  /** Nested arrays of the values. */
  toArray(): readonly unknown[] {
    const [rows = 0, columns] = this.shape;
    const row =
      (...before: number[]) =>
      (_: unknown, index: number) =>
        this.get(...before, index);
    if (columns === undefined) return Array.from({ length: rows }, row());
    return Array.from({ length: rows }, (_, index) => Array.from({ length: columns }, row(index)));
  }

  #at(indices: readonly number[]): number {
    const isInside = indices.every((index, axis) => index >= 0 && index < (this.shape[axis] ?? 0));
    if (indices.length !== this.shape.length || !isInside || !indices.every(Number.isInteger)) {
      throw new RangeError(`no element [${indices.join(', ')}] in an array of ${this.shape.join(' × ')}`);
    }
    return indices.reduce((flat, index, axis) => flat * (this.shape[axis] ?? 1) + index, 0);
  }

  toString(): string {
    const ofRow = (row: unknown): string =>
      Array.isArray(row) ? `[${row.map(String).join(', ')}]` : String(row);
    return `[${this.toArray()
      .map(ofRow)
      .join(this.shape.length === 2 ? ',\n ' : ', ')}]`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: Inspect): string {
    const type: Type = { kind: 'array', element: this.elementType, rank: this.shape.length };
    return `${formatType(type)} ${this.shape.join('×')} ${inspect(this.toArray(), options)}`;
  }
}

type Inspect = (value: unknown, options: object) => string;

/**
 * Gives a typed array a shape, or the type of its elements: `ndarray(data, [2, 3])`,
 * `ndarray(pairs, [n], 'complex128')`, `ndarray(bytes, [n], 'bool')`. Without a shape it has one dimension.
 *
 * @throws RemoteError `bad-argument` when they don't agree
 */
export function ndarray(data: TypedArray, shape?: readonly number[], elementType?: string): NdArray {
  return new NdArray(data, shape, elementType === undefined ? undefined : namedElement(elementType));
}

function namedElement(name: string): Type {
  try {
    return parseType(name);
  } catch (error) {
    if (error instanceof SignatureError) throw refused(error.message);
    throw error;
  }
}

/** How many numbers of the typed array make one element. */
function valuesPerElement(element: Type, own: Type): number {
  const same = element.kind === own.kind && bitsOf(element) === bitsOf(own);
  if (same) return 1;
  if (element.kind === 'complex' && own.kind === 'float' && bitsOf(element) === 2 * bitsOf(own)) return 2;
  if (element.kind === 'bool' && own.kind === 'uint' && bitsOf(own) === 8) return 1;
  throw refused(
    `elements of ${formatType(element)} don't lie in an array of ${formatType(own)}; complex128 are pairs in a ` +
      'Float64Array, complex64 in a Float32Array, and bools are bytes in a Uint8Array',
  );
}

function bitsOf(type: Type): number {
  return 'bits' in type ? type.bits : 0;
}

function refused(problem: string): RemoteError {
  return new RemoteError('bad-argument', `ndarray: ${problem}`);
}
