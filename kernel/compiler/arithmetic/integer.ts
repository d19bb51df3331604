/** Integer division and powers over bigint, as the operators of hir.ts mean them before wrapping. */

/** The divisor is not zero. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

/** Has the sign of the divisor, which is not zero. */
export function floorModulo(a: bigint, b: bigint): bigint {
  const remainder = a % b;
  return remainder !== 0n && remainder < 0n !== b < 0n ? remainder + b : remainder;
}

/** `base ** exponent` modulo 2^64; the exponent is not negative. */
export function powerModulo64(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let power = BigInt.asUintN(64, base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(64, result * power);
    power = BigInt.asUintN(64, power * power);
  }
  return result;
}
