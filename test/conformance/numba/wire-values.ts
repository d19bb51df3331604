/** Values between the harness's text form, calls and comparisons. */
import type { Complex } from '../../../backend/contract/complex.ts';
import {
  complex,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  type TypedValue,
  uint8,
  uint16,
  uint32,
  uint64,
} from '../../../kernel/rjit/remote-jit.ts';
import type { WireValue } from './lifted-function.ts';

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

/** What to pass to a parameter of `type`. */
export function argumentOf(type: string, value: WireValue): unknown {
  if (typeof value !== 'string') throw new Error(`${type} can't be passed yet`);
  const scalar = scalarOf(value);
  return CONSTRUCTORS[type]?.(scalar) ?? scalar;
}

export function isArrayType(type: string): boolean {
  return type.endsWith(']');
}
