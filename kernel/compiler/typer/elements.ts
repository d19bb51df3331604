/** Elements of arrays, tuples and pointers. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';
import type { Element, HirExpression } from '../hir.ts';
import { INT64, isInteger } from '../types/value-types.ts';
import type { FunctionTyper } from './function-typer.ts';
import { constantInt64, convertOperand, type Operand, operandOf } from './operand.ts';

interface Place extends Element {
  readonly type: Type;
}

export function loadElement(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
  { span }: { readonly span: Span },
): Operand | undefined {
  if (object.type.kind === 'tuple') return tupleMember(typer, object, indices, span);
  if (object.type.kind === 'array' && object.type.rank === 2 && indices.length === 1) {
    return row(typer, object, indices, span);
  }
  const place = elementPlace(typer, object, indices, span);
  return place && operandOf({ kind: 'load', ...place }, span);
}

/** Where an element is, for reading or writing it. */
export function elementPlace(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
  span: Span,
): Place | undefined {
  const { type } = object;
  if (type.kind === 'pointer') return behindPointer(typer, object, indices, span);
  if (type.kind !== 'array') {
    const isTuple = type.kind === 'tuple';
    const message = isTuple
      ? "a tuple can't be changed"
      : `${formatType(type)} has no elements to assign or read`;
    const hint = isTuple
      ? 'make a new tuple of the values'
      : `declare it as an array in the signature: ${formatType(type)}[]`;
    return typer.report('not-indexable', object.span, message, hint);
  }
  if (indices.length !== type.rank) {
    const found = `${indices.length} ${indices.length === 1 ? 'index' : 'indices'}`;
    const hint =
      type.rank === 1
        ? `an array of two dimensions is ${formatType(type.element)}[,]`
        : 'write both indices: a[i, j]';
    return typer.report(
      'index-count',
      span,
      `${found} for ${formatType(type)}, which takes ${type.rank}`,
      hint,
    );
  }
  const { base, array } = baseOf(typer, object, indices);
  const converted = indices.map((index, axis) => arrayIndex(typer, array, index, axis));
  const known = converted.filter((index) => index !== undefined);
  if (known.length !== converted.length) return undefined;
  return { type: type.element, base, indices: known, failure: boundsFailure(typer, span), span };
}

/** An array whose length an index needs, too, is evaluated once all the same: `base` keeps it, `array` reads it. */
function baseOf(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
): { readonly base: HirExpression; readonly array: Operand } {
  const needsLength = indices.some(({ literal }) => typeof literal === 'bigint' && literal < 0n);
  if (!needsLength || object.hir.kind === 'read') return { base: object.hir, array: object };
  const { before, value } = typer.keep(object, 'array');
  const base: HirExpression = {
    kind: 'sequence',
    type: object.type,
    statements: before,
    value: value.hir,
  };
  return { base, array: { ...value, span: object.span } };
}

/** `index` counted from the end of `array` where it is a negative constant: TypeScript's `a.at(-1)`. */
export function fromEnd(array: Operand, index: Operand): Operand {
  const { literal } = index;
  if (typeof literal !== 'bigint' || literal >= 0n) return index;
  return operandOf(lengthPlus(array, 0, literal), index.span);
}

function lengthPlus({ hir }: Operand, axis: number, literal: bigint): HirExpression {
  return {
    kind: 'binary',
    type: INT64,
    operation: 'iadd',
    left: { kind: 'length', type: INT64, array: hir, axis },
    right: constantInt64(literal),
    failure: undefined,
  };
}

function boundsFailure(typer: FunctionTyper, span: Span): Element['failure'] {
  if (!typer.module.checkBounds) return undefined;
  return typer.failure(typer.dialect.indexFailure, span);
}

/** A negative constant counts from the end in Python; any other negative index is out of range. */
function arrayIndex(
  typer: FunctionTyper,
  array: Operand,
  index: Operand,
  axis: number,
): HirExpression | undefined {
  const converted = integerIndex(typer, index);
  if (!converted || typeof index.literal !== 'bigint' || index.literal >= 0n) return converted;
  if (!typer.dialect.negativeIndices) {
    const text = typer.text(array.span);
    const hint = `count from the end with ${text}[${text}.length - ${-index.literal}]`;
    return typer.report('index-range', index.span, 'an index is never negative', hint);
  }
  return lengthPlus(array, axis, index.literal);
}

function integerIndex(typer: FunctionTyper, index: Operand): HirExpression | undefined {
  if (isInteger(index.type)) return convertOperand(index, INT64);
  const text = typer.text(index.span);
  return typer.report(
    'index-type',
    index.span,
    `an index of type ${formatType(index.type)} where an integer is needed`,
    `write int64(${text})`,
  );
}

function behindPointer(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
  span: Span,
): Place | undefined {
  const { type, hir } = object;
  const [index] = indices;
  if (type.kind !== 'pointer' || type.element.kind === 'void') {
    return typer.report(
      'not-indexable',
      object.span,
      'void* has no elements',
      'name its type in the signature',
    );
  }
  if (!index || indices.length !== 1) {
    return typer.report(
      'index-count',
      span,
      `${indices.length} indices for ${formatType(type)}, which takes 1`,
      'compute one index of both: p[i * columns + j]',
    );
  }
  const converted = integerIndex(typer, index);
  return converted && { type: type.element, base: hir, indices: [converted], failure: undefined, span };
}

function row(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
  span: Span,
): Operand | undefined {
  const { type } = object;
  const [first] = indices;
  const { base, array } = baseOf(typer, object, indices);
  const index = first && arrayIndex(typer, array, first, 0);
  if (!index || type.kind !== 'array') return undefined;
  const rowType: Type = { kind: 'array', element: type.element, rank: 1 };
  return operandOf({ kind: 'row', type: rowType, base, index, failure: boundsFailure(typer, span) }, span);
}

function tupleMember(
  typer: FunctionTyper,
  object: Operand,
  indices: readonly Operand[],
  span: Span,
): Operand | undefined {
  const { type } = object;
  const [index] = indices;
  if (type.kind !== 'tuple' || !index || indices.length !== 1) {
    return typer.report(
      'index-count',
      span,
      `${indices.length} indices for a tuple, which takes 1`,
      'write t[0][1]',
    );
  }
  if (typeof index.literal !== 'bigint') {
    return typer.report(
      'index-type',
      index.span,
      'a tuple takes only constant indices',
      'unpack it: a, b = t',
    );
  }
  const count = BigInt(type.members.length);
  const at = Number(
    index.literal < 0n && typer.dialect.negativeIndices ? index.literal + count : index.literal,
  );
  const member = type.members[at];
  if (!member) {
    const hint = `its members have the indices 0 to ${count - 1n}`;
    return typer.report('index-range', index.span, `index ${index.literal} in a tuple of ${count}`, hint);
  }
  const element = object.elements?.[at];
  if (element && object.elements?.every((other) => other === element || other.hir.kind === 'constant'))
    return element;
  return operandOf({ kind: 'member', type: member, tuple: object.hir, index: at }, span);
}
