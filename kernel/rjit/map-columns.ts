import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import { valueCodec } from '../../backend/contract/value-codec.ts';
import { plainValue, typeOfArgument } from './argument-type.ts';

/** What `foo.map` takes and gives: a complex column is a Float64Array or Float32Array of (re, im) pairs. */
export type Column =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

const COLUMN_TYPES: readonly (readonly [new (buffer: ArrayBuffer) => Column, Type])[] = [
  [Int8Array, { kind: 'int', bits: 8 }],
  [Uint8Array, { kind: 'uint', bits: 8 }],
  [Int16Array, { kind: 'int', bits: 16 }],
  [Uint16Array, { kind: 'uint', bits: 16 }],
  [Int32Array, { kind: 'int', bits: 32 }],
  [Uint32Array, { kind: 'uint', bits: 32 }],
  [Float32Array, { kind: 'float', bits: 32 }],
  [Float64Array, { kind: 'float', bits: 64 }],
  [BigInt64Array, { kind: 'int', bits: 64 }],
  [BigUint64Array, { kind: 'uint', bits: 64 }],
];

function columnType(value: unknown): Type | undefined {
  return COLUMN_TYPES.find(([Elements]) => value instanceof Elements)?.[1];
}

function isColumn(value: unknown): value is Column {
  return columnType(value) !== undefined;
}

/**
 * The overloads that `map` can apply: from numbers to a number.
 *
 * @throws RemoteError `unsupported` when there is none
 */
export function mappable<T extends { readonly signature: FunctionType }>(
  functionName: string,
  overloads: readonly T[],
): readonly T[] {
  const isCompound = ({ kind }: Type) => kind === 'array' || kind === 'tuple';
  const found = overloads.filter(
    ({ signature: { parameters, result } }) => ![result, ...parameters].some(isCompound),
  );
  if (found.length > 0) return found;
  throw new RemoteError(
    'unsupported',
    `${functionName}.map applies a function of numbers to each element of arrays, and ${functionName} has ` +
      `${overloads.map(({ signature }) => formatType(signature)).join(', ')}; call ${functionName}(…) itself`,
    { functionName },
  );
}

/** The types by which `map` chooses an overload: a column counts as one of its elements. */
export function elementTypes(functionName: string, args: readonly unknown[]): readonly Type[] {
  return args.map((value, index) => {
    const type = columnType(value) ?? (isArray(value) ? typeOfElements(value) : typeOfArgument(value));
    if (type) return type;
    throw new RemoteError(
      'bad-argument',
      `argument ${index + 1} of ${functionName}.map is neither a typed array, an array of numbers, nor a scalar; ` +
        'expected for example new Float64Array([1, 2, 3])',
      { functionName },
    );
  });
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Of a plain array: complex, else float64, else int64, whatever its elements need. */
function typeOfElements(values: readonly unknown[]): Type | undefined {
  let widest: Type | undefined;
  const rank = (type: Type): number => ['bool', 'int', 'uint', 'float', 'complex'].indexOf(type.kind);
  for (const value of values) {
    const type = typeOfArgument(value);
    if (!type || rank(type) === -1) return undefined;
    if (!widest || rank(type) > rank(widest)) widest = type;
  }
  return widest ?? { kind: 'float', bits: 64 };
}

export interface PackedColumns {
  readonly length: number;
  readonly columns: readonly Uint8Array[];
  readonly elementByteLengths: readonly number[];
}

/**
 * Lays the arguments out as the server reads them. A typed array of the parameter's own type is taken as it lies.
 *
 * @throws RemoteError `bad-argument` when lengths differ or an element doesn't fit
 */
export function packColumns(
  functionName: string,
  { parameters }: FunctionType,
  args: readonly unknown[],
): PackedColumns {
  const length = commonLength(functionName, args);
  const columns = args.map((value, index) => {
    const type = parameters[index];
    if (!type) throw new RemoteError('bad-argument', `${functionName} has no parameter ${index + 1}`);
    return packColumn(value, type, `argument ${index + 1} of ${functionName}.map`);
  });
  return { length, columns, elementByteLengths: parameters.map((type) => valueCodec(type).byteLength) };
}

function commonLength(functionName: string, args: readonly unknown[]): number {
  const lengths = args.flatMap((value) => (isColumn(value) || isArray(value) ? [value.length] : []));
  const [length] = lengths;
  if (length === undefined) {
    throw new RemoteError(
      'bad-argument',
      `${functionName}.map needs at least one array; call ${functionName}(…) for scalars`,
    );
  }
  if (lengths.some((other) => other !== length)) {
    throw new RemoteError(
      'bad-argument',
      `the arrays given to ${functionName}.map have ${lengths.join(', ')} elements; expected equal lengths, or scalars`,
    );
  }
  return length;
}

function packColumn(value: unknown, type: Type, what: string): Uint8Array {
  const own = columnType(value);
  if (
    isColumn(value) &&
    own?.kind === type.kind &&
    'bits' in own &&
    'bits' in type &&
    own.bits === type.bits
  ) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  const elements: ArrayLike<unknown> = isColumn(value) || isArray(value) ? value : [plainValue(value)];
  const codec = valueCodec(type);
  const bytes = new Uint8Array(elements.length * codec.byteLength);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < elements.length; index += 1) {
    const problem = codec.write(view, index * codec.byteLength, plainValue(elements[index]));
    if (problem !== undefined) throw new RemoteError('bad-argument', `${what}, element ${index}: ${problem}`);
  }
  return bytes;
}

/** The typed array that holds results of `type`. A bool result is a Uint8Array of 0 and 1. */
export function resultColumn(type: Type, bytes: Uint8Array): Column {
  const isComplex = type.kind === 'complex';
  const bits = 'bits' in type ? type.bits : 0;
  const element: Type = isComplex
    ? { kind: 'float', bits: bits / 2 }
    : type.kind === 'bool'
      ? { kind: 'uint', bits: 8 }
      : type;
  const found = COLUMN_TYPES.find(
    ([, { kind, ...rest }]) =>
      kind === element.kind && 'bits' in rest && 'bits' in element && rest.bits === element.bits,
  );
  if (!found) throw new RemoteError('unsupported', `map can't return elements of type ${formatType(type)}`);
  const [Constructor] = found;
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) {
    return new Constructor(buffer);
  }
  const copied = new Uint8Array(bytes);
  return new Constructor(copied.buffer);
}
