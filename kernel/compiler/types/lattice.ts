/**
 * The promotion lattice: what type two values share.
 *
 * A literal is weak: it has a kind (int, float, complex) but takes its width from what it meets. A variable that is
 * only ever assigned literals stays weak too; it is stored in `type`.
 */
import type { FloatType, IntType, Type } from '../../../backend/contract/types.ts';
import {
  COMPLEX128,
  complexOf,
  FLOAT64,
  INT64,
  integerRange,
  integerType,
  isInteger,
  isNumeric,
  partType,
  sameType,
  UINT64,
} from './value-types.ts';

/** The literals that a weak integer may stand for lie in `low..high`. */
export interface WeakInteger {
  readonly kind: 'int';
  readonly low: bigint;
  readonly high: bigint;
}

export type Weak = WeakInteger | { readonly kind: 'float' } | { readonly kind: 'complex' };

export interface ValueType {
  /** What a variable of this type is stored as. */
  readonly type: Type;
  readonly weak: Weak | undefined;
}

export const WEAK_FLOAT: ValueType = { type: FLOAT64, weak: { kind: 'float' } };
export const WEAK_COMPLEX: ValueType = { type: COMPLEX128, weak: { kind: 'complex' } };

const INT64_RANGE = integerRange(INT64);
const UINT64_RANGE = integerRange(UINT64);

export function weakInteger(low: bigint, high: bigint): ValueType {
  return { type: high > INT64_RANGE.high ? UINT64 : INT64, weak: { kind: 'int', low, high } };
}

export function strong(type: Type): ValueType {
  return { type, weak: undefined };
}

export function sameValueType(a: ValueType, b: ValueType): boolean {
  if (!sameType(a.type, b.type) || a.weak?.kind !== b.weak?.kind) return false;
  if (a.weak?.kind !== 'int' || b.weak?.kind !== 'int') return true;
  return a.weak.low === b.weak.low && a.weak.high === b.weak.high;
}

export function fits(weak: WeakInteger, type: IntType): boolean {
  const range = integerRange(type);
  return weak.low >= range.low && weak.high <= range.high;
}

/**
 * The type of a variable that two branches assign, or of a conditional's two values. `undefined` where there is
 * none: int64 with uint64, a bool with a number, an array with anything else.
 */
export function join(a: ValueType, b: ValueType): ValueType | undefined {
  if (a.weak !== undefined && b.weak !== undefined) return joinWeak(a, a.weak, b, b.weak);
  if (a.weak !== undefined) return joinAdopted(a.weak, b.type);
  if (b.weak !== undefined) return joinAdopted(b.weak, a.type);
  const type = joinTypes(a.type, b.type);
  return type && strong(type);
}

function joinWeak(a: ValueType, aWeak: Weak, b: ValueType, bWeak: Weak): ValueType | undefined {
  if (aWeak.kind !== 'int') return bWeak.kind === 'complex' ? b : a;
  if (bWeak.kind !== 'int') return b;
  const low = least(aWeak.low, bWeak.low);
  const high = greatest(aWeak.high, bWeak.high);
  return low < 0n && high > INT64_RANGE.high ? undefined : weakInteger(low, high);
}

// Math.min and Math.max are for numbers.
function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

function greatest(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

function joinAdopted(weak: Weak, type: Type): ValueType | undefined {
  if (weak.kind === 'int' && isInteger(type)) {
    const adopted = adoptingInteger(weak, type);
    return adopted && strong(adopted);
  }
  const promoted = adopt(weak, type);
  return promoted && strong(promoted);
}

/** Where the literals do not fit, the smallest 64-bit type that holds both. */
function adoptingInteger(weak: WeakInteger, type: IntType): IntType | undefined {
  if (fits(weak, type)) return type;
  const range = integerRange(type);
  const low = least(weak.low, range.low);
  const high = greatest(weak.high, range.high);
  if (low >= INT64_RANGE.low && high <= INT64_RANGE.high) return INT64;
  return low >= 0n && high <= UINT64_RANGE.high ? UINT64 : undefined;
}

/** The type of a weak value that meets a value of `type` in an expression; integers keep the width of `type`. */
export function adopt(weak: Weak, type: Type): Type | undefined {
  if (!isNumeric(type)) return undefined;
  if (weak.kind === 'int') return type;
  if (weak.kind === 'float') return isInteger(type) ? FLOAT64 : type;
  if (type.kind === 'complex') return type;
  return type.kind === 'float' ? complexOf(type) : COMPLEX128;
}

/** The promotion join of two storage types. */
export function joinTypes(a: Type, b: Type): Type | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === 'tuple' && b.kind === 'tuple') {
    return a.members.length === b.members.length ? joinMembers(a.members, b.members) : undefined;
  }
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (isInteger(a)) return isInteger(b) ? joinIntegers(a, b) : promoteInteger(a, b);
  if (isInteger(b)) return promoteInteger(b, a);
  const part = wider(a.kind === 'float' ? a : partType(a), b.kind === 'float' ? b : partType(b));
  return a.kind === 'float' && b.kind === 'float' ? part : complexOf(part);
}

function joinMembers(a: readonly Type[], b: readonly Type[]): Type | undefined {
  const members: Type[] = [];
  for (const [index, member] of a.entries()) {
    const other = b[index];
    const joined = other && joinTypes(member, other);
    if (joined === undefined) return undefined;
    members.push(joined);
  }
  return { kind: 'tuple', members };
}

function joinIntegers(a: IntType, b: IntType): IntType | undefined {
  if (a.kind === b.kind) return a.bits > b.bits ? a : b;
  const signed = a.kind === 'int' ? a : b;
  const unsigned = a.kind === 'int' ? b : a;
  if (signed.bits > unsigned.bits) return signed;
  return unsigned.bits < 64 ? integerType('int', unsigned.bits * 2) : undefined;
}

/** float32 holds 8- and 16-bit integers exactly; wider ones go to float64. */
function promoteInteger(integer: IntType, other: Exclude<Type, IntType>): Type | undefined {
  if (other.kind === 'float') return integer.bits <= 16 ? other : FLOAT64;
  if (other.kind === 'complex') return integer.bits <= 16 ? other : COMPLEX128;
  return undefined;
}

function wider(a: FloatType, b: FloatType): FloatType {
  return a.bits >= b.bits ? a : b;
}

/**
 * The type in which `+`, `-`, `*` and their like compute: integers always with 64 bits, unsigned where both are;
 * a negative literal is signed.
 */
export function arithmeticType(a: ValueType, b: ValueType): Type | undefined {
  if (isInteger(a.type) && isInteger(b.type)) return isUnsigned(a, b) && isUnsigned(b, a) ? UINT64 : INT64;
  if (a.weak !== undefined && b.weak === undefined) return adopt(a.weak, b.type);
  if (b.weak !== undefined && a.weak === undefined) return adopt(b.weak, a.type);
  return joinTypes(a.type, b.type);
}

function isUnsigned(value: ValueType, other: ValueType): boolean {
  if (value.weak?.kind !== 'int') return value.type.kind === 'uint';
  if (value.weak.high > INT64_RANGE.high) return true;
  return value.weak.low >= 0n && other.weak === undefined && other.type.kind === 'uint';
}
