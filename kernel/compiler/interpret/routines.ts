/** The routines of routines.ts in JavaScript. Transcendental ones may differ from libm's in the last digits. */
import {
  binaryExponent,
  copySign,
  ldexp,
  roundDigits,
  roundHalfEven,
  roundTens,
} from '../arithmetic/float.ts';
import type { ComplexValue } from '../hir.ts';
import type { RoutineName } from '../routines.ts';
import {
  cacos,
  cacosh,
  casin,
  casinh,
  catan,
  catanh,
  ccos,
  ccosh,
  cexp,
  clog,
  csin,
  csinh,
  csqrt,
  ctan,
  ctanh,
} from './complex-functions.ts';
import { erf, erfc, gamma, lgamma } from './special-functions.ts';

type FloatRoutine = (a: number, b: number) => number;
type ComplexRoutine = (z: ComplexValue) => ComplexValue;

/** IEEE's remainder: of the quotient rounded half to even. */
function remainder(a: number, b: number): number {
  if (!Number.isFinite(a) || Number.isNaN(b) || b === 0) return Number.NaN;
  if (!Number.isFinite(b)) return a;
  const size = Math.abs(b);
  // The quotient of `whole` is even, so a rest of just half the divisor stays.
  const whole = Math.abs(Number.isFinite(2 * size) ? a % (2 * size) : a);
  const isOdd = whole > size;
  const rest = isOdd ? whole - size : whole;
  // Halves may underflow; differences of near numbers are exact.
  const goesUp = isOdd ? rest >= size - rest : rest > size - rest;
  const nearest = goesUp ? rest - size : rest;
  const signed = a < 0 ? -nearest : nearest;
  return signed === 0 ? copySign(0, a) : signed;
}

const words = new DataView(new ArrayBuffer(8));

/** The next double after `a` in the direction of `b`. */
function nextAfter(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return copySign(Number.MIN_VALUE, b);
  words.setFloat64(0, a);
  const away = a < b === a > 0;
  words.setBigInt64(0, words.getBigInt64(0) + (away ? 1n : -1n));
  return words.getFloat64(0);
}

function nextAfterSingle(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return copySign(2 ** -149, b);
  words.setFloat32(0, a);
  const away = a < b === a > 0;
  words.setInt32(0, words.getInt32(0) + (away ? 1 : -1));
  return words.getFloat32(0);
}

function minNumber(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.min(a, b);
}

function maxNumber(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}

const FLOAT: Partial<Record<RoutineName, FloatRoutine>> = {
  fabs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  roundHalfEven,
  roundHalfUp: Math.round,
  roundDigits,
  roundTens,
  sin: Math.sin,
  cos: Math.cos,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  expm1: Math.expm1,
  log1p: Math.log1p,
  cbrt: Math.cbrt,
  erf,
  erfc,
  gamma,
  lgamma,
  ldexp,
  exponent: binaryExponent,
  copysign: copySign,
  atan2: Math.atan2,
  hypot: Math.hypot,
  remainder,
  nextafter: nextAfter,
  minimum: Math.min,
  maximum: Math.max,
  minNumber,
  maxNumber,
};

const COMPLEX: Partial<Record<RoutineName, ComplexRoutine>> = {
  csqrt,
  cexp,
  clog,
  csin,
  ccos,
  ctan,
  casin,
  cacos,
  catan,
  csinh,
  ccosh,
  ctanh,
  casinh,
  cacosh,
  catanh,
};

export function floatRoutine(name: RoutineName, isSingle: boolean): FloatRoutine {
  if (name === 'nextafter' && isSingle) return nextAfterSingle;
  const found = FLOAT[name];
  if (!found) throw new Error(`no float routine ${name}`);
  return found;
}

export function complexRoutine(name: RoutineName): ComplexRoutine {
  const found = COMPLEX[name];
  if (!found) throw new Error(`no complex routine ${name}`);
  return found;
}
