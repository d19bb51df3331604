/** Parts of arrays and tuples: Python's `a[1:3]`, TypeScript's `a.subarray(1, 3)`. A part of an array shares its elements. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Expression, Index, Slice } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement } from '../hir.ts';
import { BOOL, INT64, isInteger } from '../types/value-types.ts';
import { loadElement } from './elements.ts';
import { expression, tupleOperand } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { tupleElements } from './implicit.ts';
import { after } from './logic.ts';
import { constantInt64, convertOperand, type Operand, operandOf } from './operand.ts';

/** Where a slice begins and ends, as written. */
interface Bounds {
  readonly start: Operand | undefined;
  readonly stop: Operand | undefined;
}

/** `node` has a slice among its indices. */
export function slice(typer: FunctionTyper, node: Index): Operand | undefined {
  const object = expression(typer, node.object);
  const [first, second] = node.indices;
  if (!object || !first) return undefined;
  const { type } = object;
  if (node.indices.length > (type.kind === 'array' ? type.rank : 1)) {
    const message = `${node.indices.length} indices for ${formatType(type)}`;
    return typer.report('index-count', node.span, message, 'write one index or slice for each axis');
  }
  if (first.kind === 'slice') {
    if (second && !isWhole(second)) {
      const hint = 'loop over the rows: only whole rows lie together in memory';
      return typer.report('unsupported', second.span, 'a part of each row is not supported', hint);
    }
    const bounds = boundsOf(typer, first);
    return bounds && part(typer, object, bounds, node.span);
  }
  const index = expression(typer, first);
  const row = index && loadElement(typer, object, [index], node);
  const bounds = second?.kind === 'slice' ? boundsOf(typer, second) : undefined;
  return row && bounds && part(typer, row, bounds, node.span);
}

function isWhole(node: Expression): boolean {
  return node.kind === 'slice' && !node.start && !node.stop && !node.step;
}

/** `undefined` where they have errors. */
function boundsOf(typer: FunctionTyper, node: Slice): Bounds | undefined {
  const step = node.step && expression(typer, node.step);
  if (node.step && !step) return undefined;
  if (step && step.literal !== 1n) {
    const hint = 'loop over the indices: for i in range(start, stop, step)';
    return typer.report(
      'unsupported',
      step.span,
      'a slice has no step but 1 here: only a loop takes others',
      hint,
    );
  }
  return sliceBounds(typer, node.start, node.stop);
}

export function sliceBounds(
  typer: FunctionTyper,
  startNode: Expression | undefined,
  stopNode: Expression | undefined,
): Bounds | undefined {
  const start = startNode && bound(typer, startNode);
  const stop = stopNode && bound(typer, stopNode);
  return (startNode && !start) || (stopNode && !stop) ? undefined : { start, stop };
}

function bound(typer: FunctionTyper, node: Expression): Operand | undefined {
  const operand = expression(typer, node);
  if (!operand || isInteger(operand.type)) return operand;
  const message = `an end of type ${formatType(operand.type)} where an integer is needed`;
  return typer.report('index-type', operand.span, message, `write int64(${typer.text(operand.span)})`);
}

/** The elements between both ends, which may lie outside and count from the end where they are negative. */
export function part(typer: FunctionTyper, object: Operand, bounds: Bounds, span: Span): Operand | undefined {
  const { type } = object;
  if (type.kind === 'tuple') return tuplePart(typer, object, bounds, span);
  if (type.kind !== 'array') {
    const hint =
      type.kind === 'pointer'
        ? 'a pointer has no length: add to it, p + 1'
        : 'only arrays and tuples have parts';
    return typer.report('not-indexable', object.span, `${formatType(type)} can't be sliced`, hint);
  }
  const array = typer.keep(object, 'array');
  const size: HirExpression = { kind: 'length', type: INT64, array: array.value.hir, axis: 0 };
  const [start, stop] = [
    bounds.start ? clamped(typer, bounds.start, size) : { before: [], value: constantInt64(0n) },
    bounds.stop ? clamped(typer, bounds.stop, size) : { before: [], value: size },
  ];
  const first = typer.keep(operandOf(start.value, span), 'start');
  const difference = typer.keep(operandOf(minus(stop.value, first.value.hir), span), 'length');
  const hir: HirExpression = {
    kind: 'slice',
    type,
    base: array.value.hir,
    start: first.value.hir,
    length: larger(difference.value.hir, constantInt64(0n)),
  };
  const statements: readonly HirStatement[] = [
    ...array.before,
    ...start.before,
    ...first.before,
    ...stop.before,
    ...difference.before,
  ];
  return after(statements, operandOf(hir, span));
}

function clamped(
  typer: FunctionTyper,
  operand: Operand,
  size: HirExpression,
): { readonly before: readonly HirStatement[]; readonly value: HirExpression } {
  const { before, value } = typer.keep(operandOf(convertOperand(operand, INT64), operand.span), 'end');
  const inside = smaller(value.hir, size);
  const fromEnd = larger(plus(value.hir, size), constantInt64(0n));
  const { literal } = operand;
  if (typeof literal === 'bigint') return { before, value: literal < 0n ? fromEnd : inside };
  const isNegative = compareInt64('lt', value.hir, constantInt64(0n));
  return {
    before,
    value: { kind: 'choose', type: INT64, test: isNegative, whenTrue: fromEnd, whenFalse: inside },
  };
}

function compareInt64(comparison: 'lt', left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'compare', type: BOOL, comparison, domain: 'signed', left, right };
}

function smaller(a: HirExpression, b: HirExpression): HirExpression {
  return { kind: 'choose', type: INT64, test: compareInt64('lt', a, b), whenTrue: a, whenFalse: b };
}

function larger(a: HirExpression, b: HirExpression): HirExpression {
  return { kind: 'choose', type: INT64, test: compareInt64('lt', a, b), whenTrue: b, whenFalse: a };
}

function plus(left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'binary', type: INT64, operation: 'iadd', left, right, failure: undefined };
}

function minus(left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'binary', type: INT64, operation: 'isub', left, right, failure: undefined };
}

/** A tuple's length is part of its type, so its ends are constants. */
function tuplePart(
  typer: FunctionTyper,
  tuple: Operand,
  { start, stop }: Bounds,
  span: Span,
): Operand | undefined {
  for (const end of [start, stop]) {
    if (!end || typeof end.literal === 'bigint') continue;
    return typer.report('index-type', end.span, 'a tuple is sliced at constants only', 'unpack it: a, b = t');
  }
  const { before, elements } = tupleElements(typer, tuple);
  const at = (end: Operand | undefined): number | undefined => (end ? Number(end.literal) : undefined);
  return after(before, tupleOperand(elements.slice(at(start), at(stop)), span));
}
