/** Complex arithmetic as CPython 3.11 does it. Only what the rules of the language need; functions are elsewhere. */
import type { ComplexValue } from '../hir.ts';
import { powC } from './float.ts';

export function addComplex(a: ComplexValue, b: ComplexValue): ComplexValue {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function subtractComplex(a: ComplexValue, b: ComplexValue): ComplexValue {
  return { re: a.re - b.re, im: a.im - b.im };
}

/** `round` gives each step the precision of the parts. */
export function multiplyComplex(a: ComplexValue, b: ComplexValue, round = identity): ComplexValue {
  return {
    re: round(round(a.re * b.re) - round(a.im * b.im)),
    im: round(round(a.re * b.im) + round(a.im * b.re)),
  };
}

function identity(value: number): number {
  return value;
}

/** Smith's algorithm; by zero, each part is divided by zero. */
export function divideComplex(a: ComplexValue, b: ComplexValue): ComplexValue {
  const sizeRe = Math.abs(b.re);
  const sizeIm = Math.abs(b.im);
  if (sizeRe === 0 && sizeIm === 0) return { re: a.re / sizeRe, im: a.im / sizeRe };
  if (sizeRe >= sizeIm) {
    const ratio = b.im / b.re;
    const denominator = b.re + b.im * ratio;
    return { re: (a.re + a.im * ratio) / denominator, im: (a.im - a.re * ratio) / denominator };
  }
  if (sizeIm >= sizeRe) {
    const ratio = b.re / b.im;
    const denominator = b.re * ratio + b.im;
    return { re: (a.re * ratio + a.im) / denominator, im: (a.im * ratio - a.re) / denominator };
  }
  return { re: Number.NaN, im: Number.NaN };
}

const MAX_WHOLE_EXPONENT = 100;

/** The base is not zero where the exponent is negative or not real. */
export function powerComplex(a: ComplexValue, b: ComplexValue): ComplexValue {
  if (b.im === 0 && Number.isInteger(b.re) && Math.abs(b.re) <= MAX_WHOLE_EXPONENT) {
    const power = wholePower(a, Math.abs(b.re));
    return b.re > 0 ? power : divideComplex({ re: 1, im: 0 }, power);
  }
  if (a.re === 0 && a.im === 0) return { re: 0, im: 0 };
  const size = Math.hypot(a.re, a.im);
  const angle = Math.atan2(a.im, a.re);
  let length = powC(size, b.re);
  let phase = angle * b.re;
  if (b.im !== 0) {
    length /= Math.exp(angle * b.im);
    phase += b.im * Math.log(size);
  }
  return { re: length * Math.cos(phase), im: length * Math.sin(phase) };
}

function wholePower(base: ComplexValue, exponent: number): ComplexValue {
  let result: ComplexValue = { re: 1, im: 0 };
  let power = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiplyComplex(result, power);
    power = multiplyComplex(power, power);
  }
  return result;
}
