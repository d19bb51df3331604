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
  operation: 'iadd' | 'isub' | 'udiv',
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

/** Any other step could wrap past the stop near the end of the type, so the rounds are counted beforehand. */
function countRounds(typer: FunctionTyper, range: Range, span: Span): Counting {
  const { slot, read, stop, before } = startCounter(typer, range, span);
  const { type } = range;
  const step = typer.keep(operandOf(convertOperand(range.step, type), range.step.span), 'step');
  const rounds = typer.temporary(UINT64, 'rounds');
  const left = readSlot(rounds, span);
  const guard: HirStatement[] =
    range.step.literal === undefined
      ? [
          {
            kind: 'if',
            test: compareZero('eq', step.value.hir),
            whenTrue: [{ kind: 'raise', failure: typer.failure('range-step-zero', range.step.span) }],
            whenFalse: [],
          },
        ]
      : [];
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
  };
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
  const negated: HirExpression = { kind: 'unary', type: INT64, operation: 'ineg', operand: step.hir };
  const size = typeof literal === 'bigint' ? integer(INT64, -literal) : negated;
  const downwards = roundsInDirection(range, start, stop, size, 'down');
  if (typeof literal === 'bigint') return downwards;
  const isPositive: HirExpression = {
    kind: 'compare',
    type: BOOL,
    comparison: 'gt',
    domain: 'signed',
    left: step.hir,
    right: integer(INT64, 0n),
  };
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

/** `x in range(a, b)`; a step is not looked into. */
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
  if (range.step.literal !== 1n) {
    return typer.report(
      'unsupported',
      container.span,
      'in looks into ranges of step 1 only',
      'compare, and use %',
    );
  }
  if (!isInteger(item.type)) {
    return typer.report(
      'operand-types',
      item.span,
      `a range has no ${formatType(item.type)}`,
      'compare with < and >',
    );
  }
  const kept = typer.keep(item, 'item');
  const low = comparison(typer, '<=', range.start, kept.value, span);
  const high = comparison(typer, '<', kept.value, range.stop, span);
  if (!low || !high) return undefined;
  const value: HirExpression = { kind: 'logical', type: BOOL, operator: 'and', left: low, right: high };
  if (kept.before.length === 0) return value;
  return { kind: 'sequence', type: BOOL, statements: kept.before, value };
}
