/** Whether two values are the same, as far as they can be. */
import { Complex } from '../../../backend/contract/complex.ts';
import { NdArray } from '../../../kernel/rjit/remote-jit.ts';
import { ulpOf, ulpsBetween } from '../ulps.ts';
import type { WireValue } from './lifted-function.ts';
import { isWireArray, type Scalar, scalarOf } from './wire-values.ts';

/** How far apart floats may be: in units in the last place, of float32 where a function computes in it. */
export interface Tolerance {
  readonly ulps: number;
  readonly bits: 32 | 64;
}

/** Tuples agree member by member, arrays element by element. */
export function agrees(expected: WireValue, found: unknown, tolerance: Tolerance): boolean {
  if (typeof expected === 'string') return scalarsAgree(scalarOf(expected), found, tolerance);
  const members = isWireArray(expected) ? expected.data : expected;
  const parts = found instanceof NdArray ? found.toArray().flat() : found;
  if (!Array.isArray(parts) || parts.length !== members.length) return false;
  return members.every((member, index) => agrees(member, parts[index], tolerance));
}

/**
 * An int is the float or the bool of the same value: the harness chooses one type for the results of all calls, while
 * Python's differ from call to call.
 */
export function scalarsAgree(expected: Scalar, value: unknown, tolerance: Tolerance): boolean {
  if (Array.isArray(value)) return false;
  const found = value as Scalar;
  if (expected === undefined || found === undefined) return expected === found;
  if (expected instanceof Complex || found instanceof Complex) {
    return complexAgree(asComplex(expected), asComplex(found), tolerance);
  }
  if (typeof expected === 'number' || typeof found === 'number') {
    const zeroSign = typeof expected === 'number' && typeof found === 'number';
    return floatsAgree(Number(expected), Number(found), tolerance, zeroSign);
  }
  return BigInt(expected) === BigInt(found);
}

function asComplex(value: Exclude<Scalar, undefined>): Complex {
  return value instanceof Complex ? value : new Complex(Number(value), 0);
}

/** Parts agree on their own, or differ by what the tolerance is of the larger of both: as cancellation leaves them. */
function complexAgree(expected: Complex, found: Complex, tolerance: Tolerance): boolean {
  const size = Math.max(Math.abs(expected.re), Math.abs(expected.im));
  const slack =
    Number.isFinite(size) && tolerance.ulps > 0 ? tolerance.ulps * ulpOf(size, tolerance.bits) : 0;
  const parts: readonly (readonly [number, number])[] = [
    [expected.re, found.re],
    [expected.im, found.im],
  ];
  return parts.every(([a, b]) => floatsAgree(a, b, tolerance, true) || Math.abs(a - b) <= slack);
}

function floatsAgree(expected: number, found: number, { ulps, bits }: Tolerance, zeroSign: boolean): boolean {
  if (Object.is(expected, found)) return true;
  if (expected === found) return !zeroSign;
  if (bits === 32 && Object.is(Math.fround(expected), found)) return true;
  if (!Number.isFinite(expected) || !Number.isFinite(found)) return false;
  return ulpsBetween(expected, found, bits) <= ulps;
}
