import type { Limit } from './check-vectors.ts';

/** What glibc's functions keep to, with some room: 1 or 2 for real functions, 3 for complex ones. */
const REAL: Limit = { ulps: 2 };
const COMPLEX: Limit = { ulps: 4 };

const LIMITS: ReadonlyMap<string, Limit> = new Map<string, Limit>([
  // Beside the largest floats, it loses some digits.
  ['math.gamma', { ulps: 10 }],
  // Beside its zeros, the error is small absolutely only.
  ['math.lgamma', { ulps: 4, absolute: 1e-15 }],
  // Products of a radius with cos and sin.
  ['cmath.rect', { ulps: 2 }],
  ['cmath.polar', { ulps: 2 }],
]);

export function limitOf(name: string): Limit {
  return LIMITS.get(name) ?? (name.startsWith('cmath.') ? COMPLEX : REAL);
}
