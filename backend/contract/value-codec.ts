import { Complex } from './complex.ts';
import { formatType } from './format-type.ts';
import { RemoteError } from './remote-error.ts';
import type { Type } from './types.ts';

/** A value as a program sees it: integers beyond 2^53 are exact bigints. */
export type ScalarValue = number | bigint | boolean | Complex | undefined;

/** A tuple is an array. */
export type Value = ScalarValue | readonly Value[];

/**
 * How values of one type lie in memory: little-endian, at their natural width.
 *
 * `write` never loses anything: what doesn't fit is not written, and the returned text says why. Rounding a float64 to
 * float32 is the one conversion allowed.
 */
export interface ValueCodec {
  readonly byteLength: number;
  write(view: DataView, offset: number, value: unknown): string | undefined;
  read(view: DataView, offset: number): ScalarValue;
}

const UINT64_MAX = (1n << 64n) - 1n;
const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * The codec of a type whose values can cross the wire on their own.
 *
 * @throws RemoteError `unsupported` for types without such a form
 */
export function valueCodec(type: Type): ValueCodec {
  switch (type.kind) {
    case 'void':
      return VOID;
    case 'bool':
      if (type.bits === 1 || type.bits === 8) return BOOL;
      break;
    case 'int':
    case 'uint': {
      const codec = integerCodec(type.kind, type.bits);
      if (codec) return codec;
      break;
    }
    case 'float':
      if (type.bits === 32) return FLOAT32;
      if (type.bits === 64) return FLOAT64;
      break;
    case 'complex':
      if (type.bits === 64) return complexCodec('complex64', FLOAT32);
      if (type.bits === 128) return complexCodec('complex128', FLOAT64);
      break;
    case 'char':
      if (type.bits === 8 || type.bits === 16 || type.bits === 32) return charCodec(type.bits);
      break;
    case 'pointer':
      return POINTER;
    default:
      break;
  }
  throw new RemoteError(
    'unsupported',
    `values of type ${formatType(type)} can't be passed to or from a compiled function; ` +
      'use bool, int8 to int64, uint8 to uint64, float32, float64, complex64 or complex128',
  );
}

/** How a value reads in an error text: `300`, `1.5`, `12n`, `"text"`. */
export function valueText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e30)
    return String(BigInt(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Complex) return value.toString();
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `a function`;
  return `a value of type ${value.constructor?.name ?? typeof value}`;
}

const VOID: ValueCodec = {
  byteLength: 0,
  write: (_view, _offset, value) =>
    value === undefined ? undefined : `${valueText(value)} given where nothing is expected`,
  read: () => undefined,
};

const BOOL: ValueCodec = {
  byteLength: 1,
  write: (view, offset, value) => {
    if (value !== true && value !== false && value !== 0 && value !== 1 && value !== 0n && value !== 1n) {
      return `${valueText(value)} is not a bool; write true or false`;
    }
    view.setUint8(offset, value ? 1 : 0);
    return undefined;
  },
  read: (view, offset) => view.getUint8(offset) !== 0,
};

/** The exact integer that `value` stands for, or why it stands for none. */
function exactInteger(value: unknown, typeName: string): bigint | string {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'number') return `${valueText(value)} is not an integer; ${typeName} is needed`;
  if (Number.isInteger(value)) return BigInt(value);
  return `${valueText(value)} is not an integer; write Math.trunc(x) to cut it to ${typeName}`;
}

function integerCodec(kind: 'int' | 'uint', bits: number): ValueCodec | undefined {
  if (bits === 64) return kind === 'int' ? INT64 : UINT64;
  if (bits !== 8 && bits !== 16 && bits !== 32) return undefined;
  const name = `${kind}${bits}`;
  const low = kind === 'int' ? -(2 ** (bits - 1)) : 0;
  const high = kind === 'int' ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const { set, get } = narrowAccess(kind, bits);
  return {
    byteLength: bits / 8,
    write: (view, offset, value) => {
      const exact = exactInteger(value, name);
      if (typeof exact === 'string') return exact;
      if (exact < low || exact > high) return rangeProblem(value, name, BigInt(low), BigInt(high));
      set(view, offset, Number(exact));
      return undefined;
    },
    read: get,
  };
}

interface NarrowAccess {
  readonly set: (view: DataView, offset: number, value: number) => void;
  readonly get: (view: DataView, offset: number) => number;
}

function narrowAccess(kind: 'int' | 'uint', bits: 8 | 16 | 32): NarrowAccess {
  const signed = kind === 'int';
  switch (bits) {
    case 8:
      return {
        set: (view, offset, value) => view.setUint8(offset, value),
        get: (view, offset) => (signed ? view.getInt8(offset) : view.getUint8(offset)),
      };
    case 16:
      return {
        set: (view, offset, value) => view.setUint16(offset, value, true),
        get: (view, offset) => (signed ? view.getInt16(offset, true) : view.getUint16(offset, true)),
      };
    case 32:
      return {
        set: (view, offset, value) => view.setUint32(offset, value, true),
        get: (view, offset) => (signed ? view.getInt32(offset, true) : view.getUint32(offset, true)),
      };
  }
}

function rangeProblem(value: unknown, typeName: string, low: bigint, high: bigint): string {
  return `${valueText(value)} is out of range for ${typeName} (${low} to ${high})`;
}

/** An integral number counts as an integer, however large: whoever means a float has to say so. */
function floatHint(value: unknown): string {
  return typeof value === 'number' && Math.abs(value) >= 2 ** 63
    ? '; write float64(x) to pass it as a float'
    : '';
}

function wideCodec(typeName: 'int64' | 'uint64', low: bigint, high: bigint): ValueCodec {
  return {
    byteLength: 8,
    write: (view, offset, value) => {
      // The common case, without an allocation: two halves of a safe integer.
      if (Number.isSafeInteger(value)) {
        const integer = value as number;
        if (integer >= 0 || typeName === 'int64') {
          view.setInt32(offset + 4, Math.floor(integer / 0x1_0000_0000), true);
          view.setInt32(offset, integer | 0, true);
          return undefined;
        }
      }
      const exact = exactInteger(value, typeName);
      if (typeof exact === 'string') return exact;
      if (exact < low || exact > high) return rangeProblem(value, typeName, low, high) + floatHint(value);
      view.setBigUint64(offset, BigInt.asUintN(64, exact), true);
      return undefined;
    },
    read: (view, offset) => {
      const upper = typeName === 'int64' ? view.getInt32(offset + 4, true) : view.getUint32(offset + 4, true);
      const number = upper * 0x1_0000_0000 + view.getUint32(offset, true);
      if (Number.isSafeInteger(number)) return number;
      return typeName === 'int64' ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true);
    },
  };
}

const INT64 = wideCodec('int64', -(1n << 63n), (1n << 63n) - 1n);
const UINT64 = wideCodec('uint64', 0n, UINT64_MAX);

/** The number that `value` stands for, or why it stands for none. */
function exactFloat(value: unknown, typeName: string): number | string {
  if (typeof value === 'number') return value;
  if (typeof value !== 'bigint') return `${valueText(value)} is not a number; ${typeName} is needed`;
  const number = Number(value);
  if (Number.isFinite(number) && BigInt(number) === value) return number;
  return `${value}n has no exact ${typeName}; write Number(x) to round it`;
}

const FLOAT64: ValueCodec = {
  byteLength: 8,
  write: (view, offset, value) => {
    const number = exactFloat(value, 'float64');
    if (typeof number === 'string') return number;
    view.setFloat64(offset, number, true);
    return undefined;
  },
  read: (view, offset) => view.getFloat64(offset, true),
};

const FLOAT32: ValueCodec = {
  byteLength: 4,
  write: (view, offset, value) => {
    const number = exactFloat(value, 'float32');
    if (typeof number === 'string') return number;
    if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) {
      return `${valueText(value)} is out of range for float32 (at most ${FLOAT32_MAX})`;
    }
    view.setFloat32(offset, number, true);
    return undefined;
  },
  read: (view, offset) => view.getFloat32(offset, true),
};

function complexCodec(typeName: string, part: ValueCodec): ValueCodec {
  const readPart = (view: DataView, offset: number) => Number(part.read(view, offset));
  return {
    byteLength: 2 * part.byteLength,
    write: (view, offset, value) => {
      if (value instanceof Complex) {
        return part.write(view, offset, value.re) ?? part.write(view, offset + part.byteLength, value.im);
      }
      if (typeof value !== 'number' && typeof value !== 'bigint') {
        return `${valueText(value)} is not a number; ${typeName} is needed`;
      }
      return part.write(view, offset, value) ?? part.write(view, offset + part.byteLength, 0);
    },
    read: (view, offset) => new Complex(readPart(view, offset), readPart(view, offset + part.byteLength)),
  };
}

/** A char is its code: a number, or a string of one character. */
function charCodec(bits: 8 | 16 | 32): ValueCodec {
  const name = `char${bits}`;
  const high = 2 ** bits - 1;
  const { set, get } = narrowAccess('uint', bits);
  return {
    byteLength: bits / 8,
    write: (view, offset, value) => {
      const code = typeof value === 'string' && [...value].length === 1 ? value.codePointAt(0) : value;
      const exact = exactInteger(code, name);
      if (typeof exact === 'string') return `${valueText(value)} is not one character; ${name} is needed`;
      if (exact < 0 || exact > high) return rangeProblem(value, name, 0n, BigInt(high));
      set(view, offset, Number(exact));
      return undefined;
    },
    read: get,
  };
}

/** An address in the server's worker; `null` is 0. */
const POINTER: ValueCodec = {
  byteLength: 8,
  write: (view, offset, value) => {
    const exact = exactInteger(value === null ? 0 : value, 'an address');
    if (typeof exact === 'string') return exact;
    if (exact < 0n || exact > UINT64_MAX) return rangeProblem(value, 'an address', 0n, UINT64_MAX);
    view.setBigUint64(offset, exact, true);
    return undefined;
  },
  read: (view, offset) => UINT64.read(view, offset),
};
