/** Values between the harness's text form, calls and comparisons. */
import { Complex } from '../../../backend/contract/complex.ts';
import {
  complex,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  type NdArray,
  ndarray,
  type TypedValue,
  uint8,
  uint16,
  uint32,
  uint64,
} from '../../../kernel/rjit/remote-jit.ts';
import type { WireArray, WireValue } from './lifted-function.ts';

const CONSTRUCTORS: Readonly<Record<string, (value: unknown) => TypedValue>> = {
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
};

type TypedArray = Parameters<typeof ndarray>[0];

/** A number of any kind, or none; tuples and arrays consist of them. */
export type Scalar = bigint | number | boolean | Complex | undefined;

export function scalarOf(text: string): Scalar {
  const rest = text.slice(2);
  switch (text.charAt(0)) {
    case 'n':
      return undefined;
    case 'b':
      return rest === '1';
    case 'i':
      return BigInt(rest);
    case 'f':
      return floatOf(rest);
    case 'c': {
      const [re = '', im = ''] = rest.split(',');
      return complex(floatOf(re), floatOf(im));
    }
    default:
      throw new Error(`no value: ${text}`);
  }
}

/** Python's spelling of a float. */
export function floatOf(text: string): number {
  if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity;
  return text === 'nan' ? Number.NaN : Number(text);
}

/** What to pass to a parameter of `type`. Arrays are new ones for every call. */
export function argumentOf(type: string, value: WireValue): unknown {
  if (isWireArray(value)) return arrayOf(value);
  if (typeof value !== 'string') throw new Error(`no argument of type ${type}`);
  const scalar = scalarOf(value);
  return CONSTRUCTORS[type]?.(scalar) ?? scalar;
}

export function isWireArray(value: WireValue): value is WireArray {
  return typeof value === 'object' && 'shape' in value;
}

function arrayOf({ element, shape, data }: WireArray): NdArray {
  const numbers = data.flatMap((text) => {
    const value = scalarOf(text);
    return value instanceof Complex ? [value.re, value.im] : [value ?? 0];
  });
  return ndarray(typedArray(element, numbers), shape, element);
}

function typedArray(element: string, numbers: readonly (number | bigint | boolean)[]): TypedArray {
  const floats = () => numbers.map(Number);
  switch (element) {
    case 'int64':
      return BigInt64Array.from(numbers.map(BigInt));
    case 'uint64':
      return BigUint64Array.from(numbers.map(BigInt));
    case 'int32':
      return Int32Array.from(floats());
    case 'float32':
    case 'complex64':
      return Float32Array.from(floats());
    case 'float64':
    case 'complex128':
      return Float64Array.from(floats());
    case 'uint8':
    case 'bool':
      return Uint8Array.from(floats());
    default:
      throw new Error(`no array of ${element}`);
  }
}
