/** Functions of complex numbers, after Kahan: branch cuts and signs of zeros as C99's Annex G has them. */
import type { ComplexValue } from '../hir.ts';

function complex(re: number, im: number): ComplexValue {
  return { re, im };
}

function copySign(magnitude: number, sign: number): number {
  return sign < 0 || Object.is(sign, -0) ? -Math.abs(magnitude) : Math.abs(magnitude);
}

export function csqrt({ re, im }: ComplexValue): ComplexValue {
  if (Math.abs(im) === Number.POSITIVE_INFINITY) return complex(Number.POSITIVE_INFINITY, im);
  if (re === 0 && im === 0) return complex(0, im);
  if (re === Number.NEGATIVE_INFINITY) {
    return complex(Number.isNaN(im) ? Number.NaN : 0, copySign(Number.POSITIVE_INFINITY, im));
  }
  if (re === Number.POSITIVE_INFINITY) return complex(re, Number.isNaN(im) ? im : copySign(0, im));
  // Scaled, so that neither tiny nor huge parts lose digits in the sum.
  const scale = Math.max(Math.abs(re), Math.abs(im)) > 1e300 ? 0.25 : 2 ** 108;
  const x = re * scale;
  const y = im * scale;
  const root = Math.sqrt((Math.abs(x) + Math.hypot(x, y)) / 2) / Math.sqrt(scale);
  if (re >= 0) return complex(root, im / (2 * root));
  return complex(Math.abs(im) / (2 * root), copySign(root, im));
}

export function cexp({ re, im }: ComplexValue): ComplexValue {
  const size = Math.exp(re);
  if (im === 0) return complex(size, im);
  if (size === 0) return complex(copySign(0, Math.cos(im)), copySign(0, Math.sin(im)));
  return complex(size * Math.cos(im), size * Math.sin(im));
}

export function clog({ re, im }: ComplexValue): ComplexValue {
  const x = Math.max(Math.abs(re), Math.abs(im));
  const y = Math.min(Math.abs(re), Math.abs(im));
  const size = Math.hypot(re, im);
  const isNearOne = size > 0.5 && size < 2;
  const length = isNearOne ? 0.5 * Math.log1p((x - 1) * (x + 1) + y * y) : Math.log(size);
  return complex(length, Math.atan2(im, re));
}

export function csinh({ re, im }: ComplexValue): ComplexValue {
  if (im === 0) return complex(Math.sinh(re), im);
  return complex(Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im));
}

export function ccosh({ re, im }: ComplexValue): ComplexValue {
  if (im === 0) return complex(Math.cosh(re), re * im);
  return complex(Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im));
}

/** Beyond it tanh is 1 to the last digit. */
const TANH_LIMIT = 22;

export function ctanh({ re, im }: ComplexValue): ComplexValue {
  if (Math.abs(re) > TANH_LIMIT) {
    const tail = 4 * Math.sin(im) * Math.cos(im) * Math.exp(-2 * Math.abs(re));
    return complex(copySign(1, re), Number.isFinite(im) ? tail : copySign(0, im));
  }
  const tangent = Math.tan(im);
  const secant = 1 + tangent * tangent;
  const sine = Math.sinh(re);
  const root = Math.sqrt(1 + sine * sine);
  const denominator = 1 + secant * sine * sine;
  return complex((secant * root * sine) / denominator, tangent / denominator);
}

export function casinh({ re, im }: ComplexValue): ComplexValue {
  const s1 = csqrt(complex(1 + im, -re));
  const s2 = csqrt(complex(1 - im, re));
  return complex(Math.asinh(s1.re * s2.im - s2.re * s1.im), Math.atan2(im, s1.re * s2.re - s1.im * s2.im));
}

export function cacosh({ re, im }: ComplexValue): ComplexValue {
  const s1 = csqrt(complex(re - 1, im));
  const s2 = csqrt(complex(re + 1, im));
  return complex(Math.asinh(s1.re * s2.re + s1.im * s2.im), 2 * Math.atan2(s1.im, s2.re));
}

export function cacos({ re, im }: ComplexValue): ComplexValue {
  const s1 = csqrt(complex(1 - re, -im));
  const s2 = csqrt(complex(1 + re, im));
  return complex(2 * Math.atan2(s1.re, s2.re), Math.asinh(s2.re * s1.im - s2.im * s1.re));
}

export function catanh({ re, im }: ComplexValue): ComplexValue {
  const away = 1 - re;
  const towards = 1 + re;
  // Near 0 the quotient of the distances is near 1; elsewhere its excess over 1 could be all that is left.
  const length =
    Math.abs(re) < 0.5
      ? 0.25 * Math.log1p((4 * re) / (away * away + im * im))
      : 0.5 * Math.log(Math.hypot(towards, im) / Math.hypot(away, im));
  return complex(length, 0.5 * Math.atan2(2 * im, away * towards - im * im));
}

// f(z) = -i · g(i z)

function turned(g: (z: ComplexValue) => ComplexValue): (z: ComplexValue) => ComplexValue {
  return ({ re, im }) => {
    const value = g(complex(-im, re));
    return complex(value.im, -value.re);
  };
}

export const csin = turned(csinh);
export const ctan = turned(ctanh);
export const casin = turned(casinh);
export const catan = turned(catanh);

export function ccos({ re, im }: ComplexValue): ComplexValue {
  return ccosh(complex(-im, re));
}
