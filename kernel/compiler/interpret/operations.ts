/** HIR's operations over the interpreter's values: a second reading of hir.ts, independent of the emitter. */
import {
  addComplex,
  divideComplex,
  multiplyComplex,
  powerComplex,
  subtractComplex,
} from '../arithmetic/complex.ts';
import { floorDivideFloat, floorModuloFloat, powC } from '../arithmetic/float.ts';
import { floorDivide, floorModulo, powerModulo64 } from '../arithmetic/integer.ts';
import type { Binary, BinaryOperation, Compare, ComplexValue, Convert, Unary } from '../hir.ts';
import { isInteger, wrapInteger } from '../types/value-types.ts';
import {
  asBool,
  asComplex,
  asFloat,
  asInteger,
  roundComplex,
  roundFloat,
  saturate,
  type Value,
} from './values.ts';

/** The operation has no result: the caller raises the node's failure. */
export const FAILED = Symbol('failed');
type Outcome = Value | typeof FAILED;

export function binaryOperation(node: Binary, left: Value, right: Value): Outcome {
  const { type, operation } = node;
  const fails = node.failure !== undefined;
  if (typeof left === 'bigint') {
    const value = integerOperation(operation, left, asInteger(right), fails);
    return value === FAILED || !isInteger(type) ? value : wrapInteger(type, value);
  }
  if (typeof left === 'number') {
    return floatOperation(operation, left, asFloat(right), fails, (value) => roundFloat(type, value));
  }
  if (typeof left === 'boolean') return boolOperation(operation, left, asBool(right));
  const round = type.kind === 'complex' && type.bits === 64 ? Math.fround : undefined;
  const value = complexOperation(operation, asComplex(left), asComplex(right), fails, round);
  return value === FAILED ? value : roundComplex(type, value);
}

const SHIFT_MASK = 63n;

function integerOperation(
  operation: BinaryOperation,
  a: bigint,
  b: bigint,
  fails: boolean,
): bigint | typeof FAILED {
  switch (operation) {
    case 'iadd':
      return a + b;
    case 'isub':
      return a - b;
    case 'imul':
      return a * b;
    case 'iand':
      return a & b;
    case 'ior':
      return a | b;
    case 'ixor':
      return a ^ b;
    case 'ishl':
      return a << (b & SHIFT_MASK);
    case 'sshr':
      return a >> (b & SHIFT_MASK);
    case 'ushr':
      return BigInt.asUintN(64, a) >> (b & SHIFT_MASK);
    case 'ipow':
      if (b >= 0n) return powerModulo64(a, b);
      return fails ? FAILED : 0n;
    default:
      if (b === 0n) return fails ? FAILED : 0n;
      return integerDivision(operation, a, b);
  }
}

function integerDivision(operation: BinaryOperation, a: bigint, b: bigint): bigint {
  switch (operation) {
    case 'sdivtrunc':
    case 'udiv':
      return a / b;
    case 'smodtrunc':
    case 'umod':
      return a % b;
    case 'sdivfloor':
      return floorDivide(a, b);
    case 'smodfloor':
      return floorModulo(a, b);
    default:
      throw new Error(`${operation} is no operation on integers`);
  }
}

function floatOperation(
  operation: BinaryOperation,
  a: number,
  b: number,
  fails: boolean,
  round: (value: number) => number,
): number | typeof FAILED {
  switch (operation) {
    case 'fadd':
      return round(a + b);
    case 'fsub':
      return round(a - b);
    case 'fmul':
      return round(a * b);
    case 'fpow':
      return fails && a === 0 && b < 0 && b !== Number.NEGATIVE_INFINITY ? FAILED : round(powC(a, b));
    case 'fpowecma':
      return round(a ** b);
    default:
      if (b === 0 && fails) return FAILED;
  }
  switch (operation) {
    case 'fdiv':
      return round(a / b);
    case 'fdivfloor':
      return floorDivideFloat(a, b, round);
    case 'fmodfloor':
      return floorModuloFloat(a, b, round);
    case 'fmodtrunc':
      return round(a % b);
    default:
      throw new Error(`${operation} is no operation on floats`);
  }
}

function boolOperation(operation: BinaryOperation, a: boolean, b: boolean): boolean {
  if (operation === 'band') return a && b;
  if (operation === 'bor') return a || b;
  if (operation === 'bxor') return a !== b;
  throw new Error(`${operation} is no operation on bools`);
}

function complexOperation(
  operation: BinaryOperation,
  a: ComplexValue,
  b: ComplexValue,
  fails: boolean,
  round: ((value: number) => number) | undefined,
): ComplexValue | typeof FAILED {
  switch (operation) {
    case 'cadd':
      return addComplex(a, b);
    case 'csub':
      return subtractComplex(a, b);
    case 'cmul':
      return multiplyComplex(a, b, round);
    case 'cdiv':
      return fails && b.re === 0 && b.im === 0 ? FAILED : divideComplex(a, b);
    case 'cpow': {
      const isZero = a.re === 0 && a.im === 0;
      return fails && isZero && (b.im !== 0 || b.re < 0) ? FAILED : powerComplex(a, b);
    }
    default:
      throw new Error(`${operation} is no operation on complex numbers`);
  }
}

export function unaryOperation({ type, operation }: Unary, operand: Value): Value {
  switch (operation) {
    case 'ineg':
      return isInteger(type) ? wrapInteger(type, -asInteger(operand)) : undefined;
    case 'inot':
      return isInteger(type) ? wrapInteger(type, ~asInteger(operand)) : undefined;
    case 'fneg':
      return -asFloat(operand);
    case 'cneg': {
      const { re, im } = asComplex(operand);
      return { re: -re, im: -im };
    }
    case 'conjugate': {
      const { re, im } = asComplex(operand);
      return { re, im: -im };
    }
    case 'not':
      return !asBool(operand);
  }
}

export function convertValue({ type, conversion }: Convert, operand: Value): Value {
  switch (conversion) {
    case 'wrap':
      return isInteger(type) ? wrapInteger(type, asInteger(operand)) : operand;
    case 'bool-to-int':
      return asBool(operand) ? 1n : 0n;
    case 'int-to-float':
      return integerToFloat(type, asInteger(operand));
    case 'float-to-int':
      return isInteger(type) ? saturate(type, asFloat(operand)) : operand;
    case 'float-to-float':
      return roundFloat(type, asFloat(operand));
    case 'real-to-complex':
      return { re: asFloat(operand), im: 0 };
    case 'complex-to-complex':
      return roundComplex(type, asComplex(operand));
    case 'pointer-to-pointer':
      return operand;
  }
}

const SINGLE_DIGITS = 24;

/** Rounded once: an int64 through double to float would be rounded twice. */
function integerToFloat(type: Convert['type'], value: bigint): number {
  if (type.kind !== 'float' || type.bits !== 32) return Number(value);
  const size = value < 0n ? -value : value;
  const excess = size.toString(2).length - SINGLE_DIGITS;
  if (excess <= 0) return Number(value);
  const unit = 1n << BigInt(excess);
  const rest = size % unit;
  const floor = size - rest;
  const isOdd = (floor / unit) % 2n === 1n;
  const rounded = 2n * rest > unit || (2n * rest === unit && isOdd) ? floor + unit : floor;
  return Number(value < 0n ? -rounded : rounded);
}

export function compareValues({ comparison, domain }: Compare, left: Value, right: Value): boolean {
  if (domain === 'complex') {
    const a = asComplex(left);
    const b = asComplex(right);
    const isEqual = a.re === b.re && a.im === b.im;
    return comparison === 'eq' ? isEqual : !isEqual;
  }
  const a = ordered(left);
  const b = ordered(right);
  switch (comparison) {
    case 'eq':
      return a === b;
    case 'ne':
      return a !== b;
    case 'ordered-ne':
      return a < b || a > b;
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'gt':
      return a > b;
    case 'ge':
      return a >= b;
  }
}

/** Integers of either signedness are compared as the numbers they are. */
function ordered(value: Value): bigint | number {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'bigint' ? value : asFloat(value);
}
