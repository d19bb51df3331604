/**
 * Arithmetic on literals. `-1`, `2 * 3` and `1 / 2` stay literals, exact and weak; whatever would raise, or could
 * differ in its last bit from the server's mathematics library, is left to run time.
 */
import { addComplex, divideComplex, multiplyComplex, subtractComplex } from '../arithmetic/complex.ts';
import { floorDivideFloat, floorModuloFloat } from '../arithmetic/float.ts';
import { floorDivide, floorModulo } from '../arithmetic/integer.ts';
import type { BinaryOperator, UnaryOperator } from '../core.ts';
import type { Dialect } from '../dialect.ts';
import type { ComplexValue } from '../hir.ts';
import type { Literal } from './operand.ts';

/** Beyond these no literal of the user's fits any type. */
const MAX_EXPONENT = 1024n;
const MAX_BITS = 4096;

export function foldUnary(operator: Exclude<UnaryOperator, 'not'>, value: Literal): Literal | undefined {
  if (operator === '+') return value;
  if (operator === '~') return typeof value === 'bigint' ? ~value : undefined;
  // -0 is a float, and an int has none.
  if (typeof value === 'object') return { re: -value.re, im: -value.im };
  return -value;
}

export function foldBinary(
  operator: BinaryOperator,
  left: Literal,
  right: Literal,
  dialect: Dialect,
): Literal | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    const folded = foldIntegers(operator, left, right, dialect);
    const tooLarge = typeof folded === 'bigint' && folded.toString(2).length > MAX_BITS;
    return tooLarge ? undefined : folded;
  }
  if (typeof left === 'object' || typeof right === 'object') {
    return foldComplex(operator, toComplex(left), toComplex(right));
  }
  return foldFloats(operator, Number(left), Number(right), dialect);
}

function toComplex(value: Literal): ComplexValue {
  return typeof value === 'object' ? value : { re: Number(value), im: 0 };
}

function foldIntegers(
  operator: BinaryOperator,
  a: bigint,
  b: bigint,
  { modulo }: Dialect,
): Literal | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0n || !isExact(a) || !isExact(b) ? undefined : Number(a) / Number(b);
    case '//':
      return b === 0n ? undefined : floorDivide(a, b);
    case '%':
      if (b === 0n) return undefined;
      return modulo === 'floored' ? floorModulo(a, b) : a % b;
    case '**':
      return b >= 0n && b <= MAX_EXPONENT ? a ** b : undefined;
    case '<<':
      return b >= 0n && b < 64n ? a << b : undefined;
    case '>>':
      return b >= 0n && b < 64n ? a >> b : undefined;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    default:
      return undefined;
  }
}

function isExact(value: bigint): boolean {
  return BigInt(Number(value)) === value;
}

function foldFloats(operator: BinaryOperator, a: number, b: number, dialect: Dialect): number | undefined {
  const divides = operator === '/' || operator === '//' || operator === '%';
  if (divides && b === 0) return undefined;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return floorDivideFloat(a, b);
    case '%':
      return dialect.modulo === 'floored' ? floorModuloFloat(a, b) : a % b;
    default:
      return undefined;
  }
}

function foldComplex(operator: BinaryOperator, a: ComplexValue, b: ComplexValue): ComplexValue | undefined {
  switch (operator) {
    case '+':
      return addComplex(a, b);
    case '-':
      return subtractComplex(a, b);
    case '*':
      return multiplyComplex(a, b);
    case '/':
      return b.re === 0 && b.im === 0 ? undefined : divideComplex(a, b);
    default:
      return undefined;
  }
}
