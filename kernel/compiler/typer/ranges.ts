/** Python's range: as what a loop runs over, and as what `in` looks into. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Call, Expression } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement, Slot } from '../hir.ts';
import { arithmeticType, type ValueType } from '../types/lattice.ts';
import { BOOL, INT64, isInteger, UINT64 } from '../types/value-types.ts';
import { expressions } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { comparison } from './logic.ts';
import { qualifiedName } from './names.ts';
import { convertHir, convertOperand, literalOperand, type Operand, operandOf, readSlot } from './operand.ts';

export interface Range {
  readonly start: Operand;
  readonly stop: Operand;
  readonly step: Operand;
  /** int64, or uint64 where all are unsigned. */
  readonly type: Type;
}

/** `node`, where it is a call of Python's `range`. */
export function rangeCall(typer: FunctionTyper, node: Expression): Call | undefined {
  return node.kind === 'call' && qualifiedName(typer, node.callee) === 'range' ? node : undefined;
}

export function rangeOf(typer: FunctionTyper, node: Call): Range | undefined {
  const count = node.args.length;
  if (count < 1 || count > 3 || node.keywords.length > 0) {
    return typer.report('argument-count', node.span, `range takes 1 to 3 arguments, not ${count}`);
  }
  const args = expressions(typer, node.args);
  if (!args) return undefined;
  for (const arg of args) {
    if (isInteger(arg.type)) continue;
    const text = typer.text(arg.span);
    const message = `range counts in integers, not in ${formatType(arg.type)}`;
    return typer.report('operand-types', arg.span, message, `write range(int64(${text}))`);
  }
  const [first, second, third] = args;
  const start = second && first ? first : literalOperand(0n, node.span);
  const stop = second ?? first;
  const step = third ?? literalOperand(1n, node.span);
  if (!stop) return undefined;
  if (step.literal === 0n) {
    return typer.report('range-step', step.span, 'the step of a range is never zero');
  }
  return { start, stop, step, type: rangeType([start, stop, step]) };
}

function rangeType(args: readonly ValueType[]): Type {
  const [first, ...rest] = args;
  const joined = rest.reduce<ValueType | undefined>((type, arg) => {
    if (!type) return arg;
    const bothWeak = type.weak?.kind === 'int' && arg.weak?.kind === 'int';
    if (bothWeak) return arg.weak?.kind === 'int' && arg.weak.low < 0n ? arg : type;
    return { type: arithmeticType(type, arg) ?? INT64, weak: undefined };
  }, first);
  return joined && joined.weak === undefined && joined.type.kind === 'uint' ? UINT64 : INT64;
}

/** How a loop counts: what runs before it, when it goes on, what follows each round. */
export interface Counting {
  readonly before: readonly HirStatement[];
  readonly test: HirExpression;
  readonly update: readonly HirStatement[];
  /** The counter in a round. */
  readonly counter: Operand;
}

export function countRange(typer: FunctionTyper, range: Range, span: Span): Counting {
  const { literal } = range.step;
  if (literal === 1n || literal === -1n) return countByOne(typer, range, literal, span);
  return countRounds(typer, range, span);
}

/** The values of a range from its last to its first. */
export function backwards(typer: FunctionTyper, range: Range, span: Span): Counting {
  const forwards = countRounds(typer, range, span);
  const { slot, left, step } = forwards;
  const toLast = integerBinary(
    'imul',
    convertHir(integerBinary('isub', left, integer(UINT64, 1n)), slot.type),
    step,
  );
  const read = readSlot(slot, span);
  const last: HirStatement = { kind: 'store', slot, value: integerBinary('iadd', read, toLast) };
  const [, ...countDown] = forwards.update;
  const before: HirStatement = { kind: 'store', slot, value: integerBinary('isub', read, step) };
  return { ...forwards, before: [...forwards.before, last], update: [before, ...countDown] };
}

interface Counter {
  readonly slot: Slot;
  readonly read: HirExpression;
  readonly stop: HirExpression;
  readonly before: readonly HirStatement[];
}

function startCounter(typer: FunctionTyper, { start, stop, type }: Range, span: Span): Counter {
  const slot = typer.temporary(type, 'counter');
  const store: HirStatement = { kind: 'store', slot, value: convertOperand(start, type) };
  const end = typer.keep(operandOf(convertOperand(stop, type), stop.span), 'stop');
  return { slot, read: readSlot(slot, span), stop: end.value.hir, before: [store, ...end.before] };
}

function domainOf(type: Type): 'signed' | 'unsigned' {
  return type.kind === 'uint' ? 'unsigned' : 'signed';
}

function integerBinary(
  operation: 'iadd' | 'isub' | 'imul' | 'udiv' | 'umod',
  left: HirExpression,
  right: HirExpression,
): HirExpression {
  return { kind: 'binary', type: left.type, operation, left, right, failure: undefined };
}

function integer(type: Type, value: bigint): HirExpression {
  return { kind: 'constant', type, value };
}

/** Going by one, the counter can't jump over the stop. */
function countByOne(typer: FunctionTyper, range: Range, step: 1n | -1n, span: Span): Counting {
  const { slot, read, stop, before } = startCounter(typer, range, span);
  const { type } = range;
  const test: HirExpression = {
    kind: 'compare',
    type: BOOL,
    comparison: step > 0n ? 'lt' : 'gt',
    domain: domainOf(type),
    left: read,
    right: stop,
  };
  const next = integerBinary(step > 0n ? 'iadd' : 'isub', read, integer(type, 1n));
  return { before, test, update: [{ kind: 'store', slot, value: next }], counter: operandOf(read, span) };
}

interface CountingRounds extends Counting {
  readonly slot: Slot;
  /** The rounds that are left. */
  readonly left: HirExpression;
  readonly step: HirExpression;
}

/** Any other step could wrap past the stop near the end of the type, so the rounds are counted beforehand. */
function countRounds(typer: FunctionTyper, range: Range, span: Span): CountingRounds {
  const { slot, read, stop, before } = startCounter(typer, range, span);
  const { type } = range;
  const step = typer.keep(operandOf(convertOperand(range.step, type), range.step.span), 'step');
  const rounds = typer.temporary(UINT64, 'rounds');
  const left = readSlot(rounds, span);
  const guard = zeroStepGuard(typer, step.value);
  const count: HirStatement = { kind: 'store', slot: rounds, value: roundsOf(range, read, stop, step.value) };
  const next = integerBinary('iadd', read, step.value.hir);
  return {
    before: [...before, ...step.before, ...guard, count],
    test: compareZero('ne', left),
    update: [
      { kind: 'store', slot, value: next },
      { kind: 'store', slot: rounds, value: integerBinary('isub', left, integer(UINT64, 1n)) },
    ],
    counter: operandOf(read, span),
    slot,
    left,
    step: step.value.hir,
  };
}

/** Literal steps have been checked already. */
function zeroStepGuard(typer: FunctionTyper, step: Operand): HirStatement[] {
  if (step.literal !== undefined) return [];
  const whenTrue: HirStatement[] = [{ kind: 'raise', failure: typer.failure('range-step-zero', step.span) }];
  return [{ kind: 'if', test: compareZero('eq', step.hir), whenTrue, whenFalse: [] }];
}

function compareInt64(comparison: 'gt', left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'compare', type: BOOL, comparison, domain: 'signed', left, right };
}

function compareZero(comparison: 'eq' | 'ne', value: HirExpression): HirExpression {
  const right = integer(value.type, 0n);
  return { kind: 'compare', type: BOOL, comparison, domain: domainOf(value.type), left: value, right };
}

/** How many values the range has: (distance - 1) / |step| + 1, all unsigned, so that nothing overflows. */
function roundsOf(range: Range, start: HirExpression, stop: HirExpression, step: Operand): HirExpression {
  const upwards = roundsInDirection(range, start, stop, step.hir, 'up');
  const { literal } = range.step;
  if (range.type === UINT64 || (typeof literal === 'bigint' && literal > 0n)) return upwards;
  const downwards = roundsInDirection(range, start, stop, negated(step.hir), 'down');
  if (typeof literal === 'bigint') return downwards;
  const isPositive = compareInt64('gt', step.hir, integer(INT64, 0n));
  return { kind: 'choose', type: UINT64, test: isPositive, whenTrue: upwards, whenFalse: downwards };
}

function roundsInDirection(
  { type }: Range,
  start: HirExpression,
  stop: HirExpression,
  size: HirExpression,
  direction: 'up' | 'down',
): HirExpression {
  const [low, high] = direction === 'up' ? [start, stop] : [stop, start];
  const test: HirExpression = {
    kind: 'compare',
    type: BOOL,
    comparison: 'lt',
    domain: domainOf(type),
    left: low,
    right: high,
  };
  const distance = convertHir(integerBinary('isub', high, low), UINT64);
  const full = integerBinary(
    'udiv',
    integerBinary('isub', distance, integer(UINT64, 1n)),
    convertHir(size, UINT64),
  );
  const whenTrue = integerBinary('iadd', full, integer(UINT64, 1n));
  return { kind: 'choose', type: UINT64, test, whenTrue, whenFalse: integer(UINT64, 0n) };
}

/** `x in range(a, b, step)`: between both ends, and a whole number of steps from the start. */
export function membershipInRange(
  typer: FunctionTyper,
  item: Operand,
  container: Expression,
  span: Span,
): HirExpression | undefined | 'no range' {
  const call = rangeCall(typer, container);
  if (!call) return 'no range';
  const range = rangeOf(typer, call);
  if (!range) return undefined;
  if (!isInteger(item.type)) {
    const message = `a range has no ${formatType(item.type)}`;
    return typer.report('operand-types', item.span, message, 'compare with < and >');
  }
  const [sought, start, step] = [item, range.start, range.step].map((operand) => typer.keep(operand, 'item'));
  if (!sought || !start || !step) throw new Error('three operands make three');
  const { before, value } = memberTest(
    typer,
    range,
    { item: sought.value, start: start.value, step: step.value },
    span,
  );
  const statements = [...sought.before, ...start.before, ...step.before, ...before];
  if (!value || statements.length === 0) return value;
  return { kind: 'sequence', type: BOOL, statements, value };
}

interface Sought {
  readonly item: Operand;
  readonly start: Operand;
  readonly step: Operand;
}

function memberTest(
  typer: FunctionTyper,
  { stop }: Range,
  { item, start, step }: Sought,
  span: Span,
): { readonly before: readonly HirStatement[]; readonly value: HirExpression | undefined } {
  const { literal } = step;
  const size = convertOperand(step, INT64);
  const down = (): HirExpression | undefined =>
    between(comparison(typer, '<=', item, start, span), comparison(typer, '<', stop, item, span), {
      distance: distanceOf(start, item),
      step: negated(size),
    });
  const up = (): HirExpression | undefined =>
    between(comparison(typer, '<=', start, item, span), comparison(typer, '<', item, stop, span), {
      distance: distanceOf(item, start),
      step: size,
    });
  if (typeof literal === 'bigint') return { before: [], value: literal > 0n ? up() : down() };
  const [whenTrue, whenFalse] = [up(), down()];
  const test = compareInt64('gt', size, integer(INT64, 0n));
  const value: HirExpression | undefined = whenTrue &&
    whenFalse && { kind: 'choose', type: BOOL, test, whenTrue, whenFalse };
  return { before: zeroStepGuard(typer, step), value };
}

/** Between two values of any integer types, modulo 2^64: true where it is known to fit. */
function distanceOf(high: Operand, low: Operand): HirExpression {
  return integerBinary('isub', convertOperand(high, UINT64), convertOperand(low, UINT64));
}

function between(
  first: HirExpression | undefined,
  second: HirExpression | undefined,
  { distance, step }: { readonly distance: HirExpression; readonly step: HirExpression },
): HirExpression | undefined {
  if (!first || !second) return undefined;
  const inside: HirExpression = { kind: 'logical', type: BOOL, operator: 'and', left: first, right: second };
  if (step.kind === 'constant' && step.value === 1n) return inside;
  const right = compareZero('eq', integerBinary('umod', distance, convertHir(step, UINT64)));
  return { kind: 'logical', type: BOOL, operator: 'and', left: inside, right };
}

function negated(value: HirExpression): HirExpression {
  if (value.kind === 'constant' && typeof value.value === 'bigint') return integer(INT64, -value.value);
  return { kind: 'unary', type: INT64, operation: 'ineg', operand: value };
}
