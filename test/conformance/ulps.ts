/** Distances between floats, in units in the last place. */

const words = new DataView(new ArrayBuffer(8));

/** How many floats of that width lie from `a` to `b`; both zeros are one. Infinity where one is NaN. */
export function ulpsBetween(a: number, b: number, bits: 32 | 64 = 64): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.POSITIVE_INFINITY;
  const distance = place(a, bits) - place(b, bits);
  return Math.abs(Number(distance));
}

/** The position of `x` among the floats: neighbours differ by one. */
function place(x: number, bits: 32 | 64): bigint {
  if (bits === 64) words.setFloat64(0, Math.abs(x));
  else words.setFloat32(0, Math.abs(x));
  const size = bits === 64 ? words.getBigUint64(0) : BigInt(words.getUint32(0));
  return x < 0 ? -size : size;
}

/** The distance from the size of a finite `x` to the next larger float of that width. */
export function ulpOf(x: number, bits: 32 | 64 = 64): number {
  const [bias, fractionBits] = bits === 64 ? [1023, 52] : [127, 23];
  const exponent = Number(place(Math.abs(x), bits) >> BigInt(fractionBits));
  return 2 ** (Math.max(exponent, 1) - bias - fractionBits);
}
