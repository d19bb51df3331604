/** Error and gamma functions, which ECMAScript lacks; good to about 1e-14, relatively. */

const MAX_TERMS = 200;
/** Below it the series of erf converges quickly, above it the continued fraction of erfc does. */
const SERIES_LIMIT = 2;

export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) < SERIES_LIMIT) return erfSeries(x);
  return x > 0 ? 1 - erfcFraction(x) : erfcFraction(-x) - 1;
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x < SERIES_LIMIT) return x < -SERIES_LIMIT ? 2 - erfcFraction(-x) : 1 - erfSeries(x);
  return erfcFraction(x);
}

/** 2/√π · Σ (-1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)), in the form without alternating signs. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < MAX_TERMS; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    if (sum + term === sum) break;
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Legendre's continued fraction, from the far end. */
function erfcFraction(x: number): number {
  if (x > 27.5) return 0;
  let fraction = 0;
  for (let n = 120; n > 0; n -= 1) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Lanczos' approximation with g = 7 and nine terms. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;
const LANCZOS_G = 7;

function lanczosSum(x: number): number {
  return LANCZOS.reduce<number>((sum, term, index) => (index === 0 ? term : sum + term / (x + index)), 0);
}

/** C's tgamma: NaN for negative integers and -inf, an infinity of its sign for a zero. */
export function gamma(x: number): number {
  if (x === 0) return 1 / x;
  if (x < 0 && (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY)) return Number.NaN;
  if (x > 172) return Number.POSITIVE_INFINITY;
  if (Number.isInteger(x) && x <= 171) return factorial(x - 1);
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const shifted = x - 1;
  const t = shifted + LANCZOS_G + 0.5;
  const half = t ** ((shifted + 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-t) * half * lanczosSum(shifted);
}

function factorial(n: number): number {
  let product = 1;
  for (let factor = 2; factor <= n; factor += 1) product *= factor;
  return product;
}

/** ln |Γ(x)|. */
export function lgamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Number.POSITIVE_INFINITY;
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY;
  if (x === 1 || x === 2) return 0;
  if (Math.abs(x) < Number.EPSILON) return -Math.log(Math.abs(x));
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  const shifted = x - 1;
  const t = shifted + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(lanczosSum(shifted));
}
