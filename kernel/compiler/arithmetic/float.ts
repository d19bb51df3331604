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
