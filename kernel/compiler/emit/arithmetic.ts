/** Binary and unary operations over leaves. Each writes what hir.ts says the operation means. */
import type { Binary, BinaryOperation, Failure, UnaryOperation } from '../hir.ts';
import { complexBinary, isComplexOperation } from './complex-arithmetic.ts';
import type { FunctionContext } from './function-context.ts';
import type { IRBuilder } from './ir-builder.ts';
import { constantFloat, constantInt, type IrValue } from './ir-values.ts';
import { requireSupportFunction } from './support-functions.ts';
import { intrinsicSymbol } from './symbols.ts';

export type Leaves = readonly IrValue[];

const SIMPLE: Partial<Record<BinaryOperation, (builder: IRBuilder, l: IrValue, r: IrValue) => IrValue>> = {
  iadd: (builder, l, r) => builder.createAdd(l, r),
  isub: (builder, l, r) => builder.createSub(l, r),
  imul: (builder, l, r) => builder.createMul(l, r),
  iand: (builder, l, r) => builder.createAnd(l, r),
  ior: (builder, l, r) => builder.createOr(l, r),
  ixor: (builder, l, r) => builder.createXor(l, r),
  band: (builder, l, r) => builder.createAnd(l, r),
  bor: (builder, l, r) => builder.createOr(l, r),
  bxor: (builder, l, r) => builder.createXor(l, r),
  ishl: (builder, l, r) => builder.createShl(l, shiftCount(builder, r)),
  sshr: (builder, l, r) => builder.createAShr(l, shiftCount(builder, r)),
  ushr: (builder, l, r) => builder.createLShr(l, shiftCount(builder, r)),
  fadd: (builder, l, r) => builder.createFAdd(l, r),
  fsub: (builder, l, r) => builder.createFSub(l, r),
  fmul: (builder, l, r) => builder.createFMul(l, r),
};

export function emitBinary(context: FunctionContext, node: Binary, left: Leaves, right: Leaves): Leaves {
  const { operation, failure } = node;
  if (isComplexOperation(operation)) return complexBinary(context, operation, left, right, failure);
  const [l] = left;
  const [r] = right;
  if (!l || !r) throw new Error(`${operation} without operands`);
  const simple = SIMPLE[operation];
  return [simple ? simple(context.builder, l, r) : checkedBinary(context, operation, l, r, failure)];
}

/** LLVM leaves a count of the width or more undefined. */
function shiftCount(builder: IRBuilder, count: IrValue): IrValue {
  const constant = integerConstant(count);
  const mask = 63n;
  return constant === undefined
    ? builder.createAnd(count, constantInt('i64', mask))
    : constantInt('i64', constant & mask);
}

function integerConstant(value: IrValue): bigint | undefined {
  return /^-?\d+$/.test(value.text) ? BigInt(value.text) : undefined;
}

function checkedBinary(
  context: FunctionContext,
  operation: BinaryOperation,
  left: IrValue,
  right: IrValue,
  failure: Failure | undefined,
): IrValue {
  switch (operation) {
    case 'udiv':
    case 'umod':
    case 'sdivtrunc':
    case 'sdivfloor':
    case 'smodtrunc':
    case 'smodfloor':
      return emitDivision(context, operation, left, right, failure);
    case 'ipow':
      if (failure) context.raiseIf(context.builder.createICmp('slt', right, constantInt('i64', 0)), failure);
      return callSupportFunction(context, 'ipow', left, right);
    case 'fdiv':
      raiseIfZero(context, right, failure);
      return context.builder.createFDiv(left, right);
    case 'fmodtrunc':
      raiseIfZero(context, right, failure);
      return context.builder.createFRem(left, right);
    case 'fdivfloor':
      raiseIfZero(context, right, failure);
      return callSupportFunction(context, 'divfloor', left, right);
    case 'fmodfloor':
      raiseIfZero(context, right, failure);
      return callSupportFunction(context, 'modfloor', left, right);
    case 'fpow':
      if (failure) raiseForPower(context, left, right, failure);
      return emitPow(context, left, right);
    case 'fpowecma':
      return callSupportFunction(context, 'powEcma', left, right);
    default:
      throw new Error(`no code for ${operation}`);
  }
}

function callSupportFunction(
  { builder, module }: FunctionContext,
  name: 'ipow' | 'divfloor' | 'modfloor' | 'powEcma',
  left: IrValue,
  right: IrValue,
): IrValue {
  const symbol = requireSupportFunction(module, name, left.type === 'i64' ? 'double' : left.type);
  return builder.createCall(left.type, symbol, [left, right]) ?? left;
}

function emitPow({ builder, module }: FunctionContext, left: IrValue, right: IrValue): IrValue {
  const symbol = intrinsicSymbol('pow', left.type);
  module.declare(left.type, symbol, [left.type, left.type]);
  return builder.createCall(left.type, symbol, [left, right]) ?? left;
}

function isNonzeroFloat(value: IrValue): boolean {
  return value.text.startsWith('0x') && !/^0x[08]0+$/.test(value.text);
}

function raiseIfZero(context: FunctionContext, divisor: IrValue, failure: Failure | undefined): void {
  if (!failure || isNonzeroFloat(divisor)) return;
  context.raiseIf(context.builder.createFCmp('oeq', divisor, constantFloat(divisor.type, 0)), failure);
}

function raiseForPower(context: FunctionContext, base: IrValue, exponent: IrValue, failure: Failure): void {
  if (isNonzeroFloat(base)) return;
  const { builder } = context;
  const zero = constantFloat(base.type, 0);
  const isZero = builder.createFCmp('oeq', base, zero);
  const isNegative = builder.createFCmp('olt', exponent, zero);
  // Zero to -inf is an infinity, in Python too.
  const isBounded = builder.createFCmp('ogt', exponent, constantFloat(base.type, Number.NEGATIVE_INFINITY));
  context.raiseIf(builder.createAnd(isZero, builder.createAnd(isNegative, isBounded)), failure);
}

type Division = 'udiv' | 'umod' | 'sdivtrunc' | 'sdivfloor' | 'smodtrunc' | 'smodfloor';

function emitDivision(
  context: FunctionContext,
  operation: Division,
  left: IrValue,
  right: IrValue,
  failure: Failure | undefined,
): IrValue {
  const divisor = integerConstant(right);
  if (divisor !== undefined && divisor > 0n)
    return divideByConstant(context.builder, operation, left, divisor);
  const { builder } = context;
  const zero = constantInt(left.type, 0);
  const isZero = builder.createICmp('eq', right, zero);
  if (failure) {
    context.raiseIf(isZero, failure);
    return divide(builder, operation, left, right);
  }
  const safe = builder.createSelect(isZero, constantInt(left.type, 1), right);
  return builder.createSelect(isZero, zero, divide(builder, operation, left, safe));
}

function divideByConstant(builder: IRBuilder, operation: Division, left: IrValue, divisor: bigint): IrValue {
  const right = constantInt(left.type, divisor);
  const isPowerOfTwo = (divisor & (divisor - 1n)) === 0n;
  if (operation === 'sdivfloor' && isPowerOfTwo) {
    return builder.createAShr(left, constantInt(left.type, divisor.toString(2).length - 1));
  }
  if (operation === 'smodfloor' && isPowerOfTwo) {
    return builder.createAnd(left, constantInt(left.type, divisor - 1n));
  }
  return dividePlainly(builder, operation, left, right);
}

/** The divisor is not zero. INT_MIN / -1 is undefined in LLVM: dividing by -1 negates, and leaves no remainder. */
function divide(builder: IRBuilder, operation: Division, left: IrValue, right: IrValue): IrValue {
  if (operation === 'udiv' || operation === 'umod') return dividePlainly(builder, operation, left, right);
  const isMinusOne = builder.createICmp('eq', right, constantInt(left.type, -1));
  const safe = builder.createSelect(isMinusOne, constantInt(left.type, 1), right);
  const result = dividePlainly(builder, operation, left, safe);
  // A remainder by 1 is the 0 that -1 leaves too.
  if (operation === 'smodtrunc' || operation === 'smodfloor') return result;
  return builder.createSelect(isMinusOne, builder.createNeg(left), result);
}

function dividePlainly(builder: IRBuilder, operation: Division, left: IrValue, right: IrValue): IrValue {
  switch (operation) {
    case 'udiv':
      return builder.createUDiv(left, right);
    case 'umod':
      return builder.createURem(left, right);
    case 'sdivtrunc':
      return builder.createSDiv(left, right);
    case 'smodtrunc':
      return builder.createSRem(left, right);
    case 'sdivfloor': {
      const { rounded } = flooring(builder, left, right);
      const quotient = builder.createSDiv(left, right);
      return builder.createAdd(quotient, builder.createSExt(rounded, left.type));
    }
    case 'smodfloor': {
      const { rounded, remainder } = flooring(builder, left, right);
      return builder.createAdd(remainder, builder.createSelect(rounded, right, constantInt(left.type, 0)));
    }
  }
}

/** The quotient is rounded down by one where there is a remainder and its sign is not the divisor's. */
function flooring(
  builder: IRBuilder,
  left: IrValue,
  right: IrValue,
): { readonly rounded: IrValue; readonly remainder: IrValue } {
  const zero = constantInt(left.type, 0);
  const remainder = builder.createSRem(left, right);
  const inexact = builder.createICmp('ne', remainder, zero);
  const differ = builder.createICmp('slt', builder.createXor(remainder, right), zero);
  return { rounded: builder.createAnd(inexact, differ), remainder };
}

export function emitUnary(builder: IRBuilder, operation: UnaryOperation, operand: Leaves): Leaves {
  const [value, im] = operand;
  if (!value) throw new Error(`${operation} without an operand`);
  switch (operation) {
    case 'ineg':
      return [builder.createNeg(value)];
    case 'inot':
    case 'not':
      return [builder.createNot(value)];
    case 'fneg':
      return [builder.createFNeg(value)];
    case 'cneg':
      return operand.map((part) => builder.createFNeg(part));
    case 'conjugate':
      return im ? [value, builder.createFNeg(im)] : [value];
  }
}
