/** Float operations that JavaScript lacks or defines differently. */

export function copySign(magnitude: number, sign: number): number {
  const negative = sign < 0 || Object.is(sign, -0);
  return negative ? -Math.abs(magnitude) : Math.abs(magnitude);
}

/** CPython's `a // b`; IEEE's quotient where `b` is zero. */
export function floorDivideFloat(a: number, b: number, round = identity): number {
  if (b === 0) return round(a / b);
  const remainder = a % b;
  let quotient = round(round(a - remainder) / b);
  if (remainder !== 0 && b < 0 !== remainder < 0) quotient = round(quotient - 1);
  if (quotient === 0) return copySign(0, a / b);
  const floor = Math.floor(quotient);
  return round(quotient - floor) > 0.5 ? round(floor + 1) : floor;
}

/** CPython's `a % b`: with the sign of `b`, zeros included. */
export function floorModuloFloat(a: number, b: number, round = identity): number {
  const remainder = a % b;
  if (remainder === 0) return copySign(0, b);
  return b < 0 !== remainder < 0 ? round(remainder + b) : remainder;
}

function identity(value: number): number {
  return value;
}

/** C's pow: 1 to any power is 1, and so is -1 to an infinite one. */
export function powC(a: number, b: number): number {
  if (a === 1) return 1;
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1;
  return a ** b;
}

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  const isOdd = floor % 2 !== 0;
  const rounded = fraction > 0.5 || (fraction === 0.5 && isOdd) ? floor + 1 : floor;
  return copySign(rounded, value);
}

/** Beyond it doubles have no fractions. */
const NO_FRACTION = 2 ** 52;

/**
 * `x` rounded to a multiple of 1 / scale, half to even, correctly: `scale` is a power of ten up to 10^22. The product
 * is exact but for its error, which decides what looks like a tie.
 */
export function roundDigits(x: number, scale: number): number {
  const scaled = x * scale;
  if (!(Math.abs(scaled) < NO_FRACTION)) return x;
  return copySign(roundWithError(scaled, productError(x, scale, scaled)) / scale, x);
}

/** `x` rounded to a multiple of `scale`. */
export function roundTens(x: number, scale: number): number {
  const scaled = x / scale;
  if (!(Math.abs(scaled) < NO_FRACTION)) return x;
  const product = scaled * scale;
  const error = x - product - productError(scaled, scale, product);
  return copySign(roundWithError(scaled, error) * scale, x);
}

function roundWithError(value: number, error: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5 || error === 0) return roundHalfEven(value);
  return error > 0 ? floor + 1 : floor;
}

/** 2^27 + 1 splits a double into two halves whose products are exact. */
const SPLITTER = 134217729;

/** a · b - product, exactly (Veltkamp, Dekker). */
function productError(a: number, b: number, product: number): number {
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const aLow = a - aHigh;
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** x · 2ⁿ, rounded once: the steps on the way to a tiny result stay clear of the smallest numbers. */
export function ldexp(x: number, n: number): number {
  let result = x;
  let places = Math.max(-2200, Math.min(2200, n));
  for (; places > 1023; places -= 1023) result *= 2 ** 1023;
  for (; places < -1022; places += 969) result *= 2 ** -969;
  return result * 2 ** places;
}

/** The n of x = m · 2ⁿ with 0.5 ≤ |m| < 1; 0 for zeros, infinities and NaN. */
export function binaryExponent(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return 0;
  let n = Math.floor(Math.log2(Math.abs(x))) + 1;
  while (Math.abs(ldexp(x, -n)) >= 1) n += 1;
  while (Math.abs(ldexp(x, -n)) < 0.5) n -= 1;
  return n;
}
