/** A typed expression on its way from the core tree to HIR, and its conversions. */
import type { Type } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';
import type { ComplexValue, Constant, Convert, HirExpression, Slot } from '../hir.ts';
import { type ValueType, WEAK_COMPLEX, WEAK_FLOAT, weakInteger } from '../types/lattice.ts';
import { BOOL, INT64, isInteger, isNumeric, partType, sameType, wrapInteger } from '../types/value-types.ts';

/** The value of a weak expression made of literals alone: an int, a float, a complex number. */
export type Literal = bigint | number | ComplexValue;

export interface Operand extends ValueType {
  readonly hir: HirExpression;
  readonly literal: Literal | undefined;
  /** Of a tuple as it is written: its members, each still with its own weakness. */
  readonly elements: readonly Operand[] | undefined;
  readonly span: Span;
}

export function operandOf(hir: HirExpression, span: Span): Operand {
  return { type: hir.type, weak: undefined, hir, literal: undefined, elements: undefined, span };
}

export function literalOperand(literal: Literal, span: Span): Operand {
  const { type, weak } = literalType(literal);
  return { type, weak, hir: literalConstant(literal, type), literal, elements: undefined, span };
}

function literalType(literal: Literal): ValueType {
  if (typeof literal === 'bigint') return weakInteger(literal, literal);
  return typeof literal === 'number' ? WEAK_FLOAT : WEAK_COMPLEX;
}

/** `literal` as a constant of `type`: truncated, rounded or wrapped as an explicit conversion would. */
export function literalConstant(literal: Literal, type: Type): Constant {
  if (isInteger(type)) return { kind: 'constant', type, value: wrapInteger(type, toInteger(literal, type)) };
  if (type.kind === 'float') return { kind: 'constant', type, value: roundTo(type.bits, realPart(literal)) };
  if (type.kind !== 'complex') throw new Error(`a literal of type ${type.kind}`);
  const { bits } = partType(type);
  const im = typeof literal === 'object' ? literal.im : 0;
  return { kind: 'constant', type, value: { re: roundTo(bits, realPart(literal)), im: roundTo(bits, im) } };
}

function toInteger(literal: Literal, type: Type): bigint {
  if (typeof literal === 'bigint') return literal;
  const value = realPart(literal);
  if (Number.isNaN(value) || !isInteger(type)) return 0n;
  const size = 2 ** type.bits;
  const [low, high] = type.kind === 'uint' ? [0, size] : [-size / 2, size / 2];
  if (value >= high) return BigInt(high) - 1n;
  return value <= low ? BigInt(low) : BigInt(Math.trunc(value));
}

function realPart(literal: Literal): number {
  return typeof literal === 'object' ? literal.re : Number(literal);
}

function roundTo(bits: number, value: number): number {
  return bits === 32 ? Math.fround(value) : value;
}

export function constantInt64(value: bigint): Constant {
  return { kind: 'constant', type: INT64, value };
}

export function constantFloat(type: Type, value: number): Constant {
  return { kind: 'constant', type, value };
}

export function constantBool(value: boolean): Constant {
  return { kind: 'constant', type: BOOL, value };
}

export function readSlot(slot: Slot, span: Span): HirExpression {
  return { kind: 'read', type: slot.type, slot, span, temporary: true };
}

/**
 * `operand` as `to`, by whatever conversion there is between numbers; the caller has made sure that it may happen.
 */
export function convertOperand(operand: Operand, to: Type): HirExpression {
  if (operand.literal !== undefined && isNumeric(to)) return literalConstant(operand.literal, to);
  return convertHir(operand.hir, to);
}

export function convertHir(hir: HirExpression, to: Type): HirExpression {
  const from = hir.type;
  if (sameType(from, to)) return hir;
  if (isInteger(to)) return toIntegerType(hir, to);
  if (to.kind === 'float') return toFloatType(hir, to);
  if (to.kind === 'complex') {
    if (from.kind === 'complex') return conversion('complex-to-complex', hir, to);
    return conversion('real-to-complex', convertHir(hir, partType(to)), to);
  }
  if (to.kind === 'pointer' && from.kind === 'pointer') return conversion('pointer-to-pointer', hir, to);
  if (to.kind === 'tuple' && from.kind === 'tuple' && hir.kind === 'tuple') {
    const members = hir.members.map((member, index) => convertHir(member, to.members[index] ?? member.type));
    return { kind: 'tuple', type: to, members };
  }
  throw new Error(`no conversion from ${from.kind} to ${to.kind}`);
}

function conversion(name: Convert['conversion'], operand: HirExpression, type: Type): Convert {
  return { kind: 'convert', type, conversion: name, operand };
}

function toIntegerType(hir: HirExpression, to: Type): HirExpression {
  if (hir.type.kind === 'bool') return conversion('bool-to-int', hir, to);
  return conversion(hir.type.kind === 'float' ? 'float-to-int' : 'wrap', hir, to);
}

function toFloatType(hir: HirExpression, to: Type): HirExpression {
  if (hir.type.kind === 'float') return conversion('float-to-float', hir, to);
  const integer = hir.type.kind === 'bool' ? conversion('bool-to-int', hir, INT64) : hir;
  return conversion('int-to-float', integer, to);
}

/** Whether the value counts as true: not zero. `undefined` for what has no truth value. */
export function truthOf(operand: Operand, nanIsTrue: boolean): HirExpression | undefined {
  const { type, hir, literal } = operand;
  if (type.kind === 'bool') return hir;
  if (literal !== undefined) return constantBool(isTrue(literal, nanIsTrue));
  const compare = { kind: 'compare', type: BOOL, left: hir } as const;
  if (isInteger(type)) {
    const domain = type.kind === 'int' ? 'signed' : 'unsigned';
    return { ...compare, comparison: 'ne', domain, right: { kind: 'constant', type, value: 0n } };
  }
  if (type.kind === 'float') {
    const comparison = nanIsTrue ? 'ne' : 'ordered-ne';
    return { ...compare, comparison, domain: 'float', right: constantFloat(type, 0) };
  }
  if (type.kind !== 'complex') return undefined;
  const zero: Constant = { kind: 'constant', type, value: { re: 0, im: 0 } };
  return { ...compare, comparison: 'ne', domain: 'complex', right: zero };
}

function isTrue(literal: Literal, nanIsTrue: boolean): boolean {
  if (typeof literal === 'object') return literal.re !== 0 || literal.im !== 0;
  return Number.isNaN(literal) ? nanIsTrue : Number(literal) !== 0;
}
