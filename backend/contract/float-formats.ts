/*
 * Floating-point formats that numpy has and JavaScript has not, read as the nearest float64.
 */

/** IEEE 754 binary16, little-endian: 1 sign, 5 exponent and 10 fraction bits. */
export function readFloat16(view: DataView, offset: number): number {
  const bits = view.getUint16(offset, true);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction * 2 ** -10) * 2 ** (exponent - 15);
}

/**
 * x87's extended precision, little-endian in 16 bytes: 64 bits of mantissa with an explicit leading 1, 15 of exponent,
 * 1 of sign. numpy calls it `longdouble` on x86-64. Beyond float64's range it becomes infinite.
 */
export function readFloat80(view: DataView, offset: number): number {
  const mantissa = view.getBigUint64(offset, true);
  const high = view.getUint16(offset + 8, true);
  const sign = high & 0x8000 ? -1 : 1;
  const exponent = high & 0x7fff;
  if (exponent === 0x7fff) {
    return BigInt.asUintN(63, mantissa) === 0n ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  if (mantissa === 0n) return sign * 0;
  // Two steps: one power of two could leave float64's range where the product does not.
  const scale = exponent - 16383 - 63;
  const half = Math.trunc(scale / 2);
  return sign * Number(mantissa) * 2 ** half * 2 ** (scale - half);
}
