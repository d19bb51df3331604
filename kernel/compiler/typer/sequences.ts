/**
 * What loops run over: ranges, arrays, tuples, and `enumerate`, `zip` and `reversed` of them, nested as they come;
 * TypeScript's `a.entries()`, `a.keys()`, `a.values()`.
 */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Call, Expression } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement } from '../hir.ts';
import { BOOL, INT64, isInteger } from '../types/value-types.ts';
import { expression, tupleOperand } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { tupleElements } from './implicit.ts';
import { qualifiedName } from './names.ts';
import {
  constantInt64,
  convertOperand,
  literalOperand,
  type Operand,
  operandOf,
  readSlot,
} from './operand.ts';
import { backwards, countRange, rangeCall, rangeOf } from './ranges.ts';
import { everyNth, steppedSlice } from './stepped-slices.ts';

/** Values one after the other, made as the loop goes. */
export interface Counted {
  readonly kind: 'counted';
  /** Runs once, before the loop. */
  readonly before: readonly HirStatement[];
  /** Each must hold for another round. */
  readonly tests: readonly HirExpression[];
  /** Runs after each round. */
  readonly update: readonly HirStatement[];
  /** The value of a round. */
  readonly item: () => Operand;
}

/** The members of tuples, whose types may differ: the loop's body is there once for each. */
export interface Unrolled {
  readonly kind: 'unrolled';
  readonly before: readonly HirStatement[];
  readonly members: readonly Operand[];
}

export type Sequence = Counted | Unrolled;

export function sequenceOf(typer: FunctionTyper, node: Expression): Sequence | undefined {
  const range = rangeSequence(typer, node, 'forwards');
  if (range !== 'no range') return range;
  if (node.kind === 'call') {
    const name = typer.dialect.language === 'python' ? qualifiedName(typer, node.callee) : undefined;
    if (name === 'enumerate') return enumerated(typer, node);
    if (name === 'zip') return zipped(typer, node);
    if (name === 'reversed') return reversed(typer, node);
    const view = viewOf(typer, node);
    if (view) return viewSequence(typer, view, node);
  }
  const stepped = steppedSlice(node);
  if (stepped) return everyNth(typer, stepped, node.span);
  const iterable = expression(typer, node);
  if (!iterable) return undefined;
  return iterable.type.kind === 'tuple'
    ? membersOf(typer, iterable)
    : overArrays(typer, [iterable], node.span);
}

function rangeSequence(
  typer: FunctionTyper,
  node: Expression,
  direction: 'forwards' | 'backwards',
): Counted | undefined | 'no range' {
  const call = rangeCall(typer, node);
  if (!call) return 'no range';
  const range = rangeOf(typer, call);
  if (!range) return undefined;
  const count = direction === 'forwards' ? countRange : backwards;
  const { before, test, update, counter } = count(typer, range, node.span);
  return { kind: 'counted', before, tests: [test], update, item: () => counter };
}

export function membersOf(typer: FunctionTyper, tuple: Operand): Unrolled {
  const { before, elements } = tupleElements(typer, tuple);
  const kept = elements.map((element) => typer.keep(element, 'member'));
  return {
    kind: 'unrolled',
    before: [...before, ...kept.flatMap((one) => one.before)],
    members: kept.map((one) => one.value),
  };
}

// ---- arrays

/**
 * One counter for all of them; the shortest ends the loop, so that elements need no check. Backwards, by a negative
 * step, goes one array alone, from its last element.
 */
export function overArrays(
  typer: FunctionTyper,
  arrays: readonly Operand[],
  span: Span,
  step = 1n,
): Counted | undefined {
  const notArray = arrays.find((array) => array.type.kind !== 'array');
  if (notArray) return refuseIterable(typer, notArray);
  const kept = arrays.map((array) => typer.keep(array, 'array'));
  const lengths = kept.map(({ value }): HirExpression => {
    return { kind: 'length', type: INT64, array: value.hir, axis: 0 };
  });
  const counter = typer.temporary(INT64, 'index');
  const read = readSlot(counter, span);
  const [length = constantInt64(0n)] = lengths;
  const isForwards = step > 0n;
  const start = isForwards ? constantInt64(0n) : plus(length, constantInt64(-1n));
  const tests = isForwards
    ? lengths.map((end) => compareCounter('lt', read, end))
    : [compareCounter('ge', read, constantInt64(0n))];
  const next = plus(read, constantInt64(step));
  return {
    kind: 'counted',
    before: [...kept.flatMap((one) => one.before), { kind: 'store', slot: counter, value: start }],
    tests,
    update: [{ kind: 'store', slot: counter, value: next }],
    item: () =>
      together(
        kept.map(({ value }) => itemOf(value, read, span)),
        span,
      ),
  };
}

function refuseIterable(typer: FunctionTyper, { type, span }: Operand): undefined {
  const isPython = typer.dialect.language === 'python';
  const number = isPython ? `loop over range(${typer.text(span)})` : 'use for (let i = 0; i < n; i++)';
  if (type.kind === 'pointer') {
    const hint = 'a pointer has no length: take the number of elements as a parameter';
    return typer.report('not-iterable', span, `${formatType(type)} can't be looped over`, hint);
  }
  const hint = isInteger(type)
    ? number
    : `loop over an array${isPython ? ', a tuple or range(…)' : ' or a tuple'}`;
  return typer.report('not-iterable', span, `${formatType(type)} can't be looped over`, hint);
}

function compareCounter(comparison: 'lt' | 'ge', left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'compare', type: BOOL, comparison, domain: 'signed', left, right };
}

function plus(left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'binary', type: INT64, operation: 'iadd', left, right, failure: undefined };
}

function itemOf(array: Operand, index: HirExpression, span: Span): Operand {
  const { type, hir } = array;
  if (type.kind !== 'array') throw new Error('an item of something else than an array');
  if (type.rank === 1) {
    const load: HirExpression = {
      kind: 'load',
      type: type.element,
      base: hir,
      indices: [index],
      failure: undefined,
      span,
    };
    return operandOf(load, span);
  }
  const rowType = { kind: 'array', element: type.element, rank: type.rank - 1 } as const;
  return operandOf({ kind: 'row', type: rowType, base: hir, index, failure: undefined }, span);
}

/** One value as it is, several as a tuple. */
function together(items: readonly Operand[], span: Span): Operand {
  const [only] = items;
  return items.length === 1 && only ? only : tupleOperand(items, span);
}

// ---- enumerate, zip, reversed

function enumerated(typer: FunctionTyper, node: Call): Sequence | undefined {
  const { args, keywords, span } = node;
  const [iterable, second] = args;
  const start = second ?? keywords.find(({ name }) => name === 'start')?.value;
  if (!iterable || args.length + keywords.length > (start ? 2 : 1)) {
    const hint = 'write enumerate(a) or enumerate(a, start)';
    return typer.report('argument-count', span, 'enumerate takes what to loop over, and a start', hint);
  }
  const first = start ? expression(typer, start) : literalOperand(0n, span);
  if (first && !isInteger(first.type)) {
    const message = `enumerate counts in integers, not in ${formatType(first.type)}`;
    return typer.report('operand-types', first.span, message, `write int64(${typer.text(first.span)})`);
  }
  const sequence = sequenceOf(typer, iterable);
  return first && sequence && numbered(typer, sequence, first, span);
}

/** Pairs of a counter and a value. */
function numbered(typer: FunctionTyper, sequence: Sequence, first: Operand, span: Span): Sequence {
  if (sequence.kind === 'unrolled') {
    const start = typer.keep(first, 'start');
    const members = sequence.members.map((member, index) => {
      const number = plus(convertOperand(start.value, INT64), constantInt64(BigInt(index)));
      return tupleOperand([operandOf(number, span), member], span);
    });
    return { ...sequence, before: [...sequence.before, ...start.before], members };
  }
  const counter = typer.temporary(INT64, 'number');
  const read = readSlot(counter, span);
  return {
    ...sequence,
    before: [...sequence.before, { kind: 'store', slot: counter, value: convertOperand(first, INT64) }],
    update: [...sequence.update, { kind: 'store', slot: counter, value: plus(read, constantInt64(1n)) }],
    item: () => tupleOperand([operandOf(read, span), sequence.item()], span),
  };
}

function zipped(typer: FunctionTyper, node: Call): Sequence | undefined {
  const { args, keywords, span } = node;
  if (args.length === 0 || keywords.length > 0) {
    const hint = keywords.length > 0 ? 'it ends with the shortest' : 'write zip(a, b)';
    return typer.report('argument-count', span, 'zip takes what to loop over, and no options', hint);
  }
  const arrays = plainArrays(typer, args);
  if (arrays === 'failed') return undefined;
  if (arrays) {
    const together = overArrays(typer, arrays, span);
    return together && (args.length > 1 ? together : asTuples([together], span));
  }
  const sequences = args.map((arg) => sequenceOf(typer, arg));
  const known = sequences.filter((sequence) => sequence !== undefined);
  if (known.length !== sequences.length) return undefined;
  const unrolled = known.filter((sequence) => sequence.kind === 'unrolled');
  if (unrolled.length === known.length) return zippedMembers(unrolled, span);
  const counted = known.filter((sequence) => sequence.kind === 'counted');
  if (counted.length === known.length) return asTuples(counted, span);
  const message = 'zip takes tuples, or arrays and ranges, not both';
  return typer.report('unsupported', span, message, 'write the members of the tuple as variables');
}

/** All of `nodes` as values, where they are names or the like, of arrays: one counter does for all. */
function plainArrays(
  typer: FunctionTyper,
  nodes: readonly Expression[],
): readonly Operand[] | 'failed' | undefined {
  if (!nodes.every((node) => node.kind === 'name' || (node.kind === 'index' && !steppedSlice(node)))) {
    return undefined;
  }
  const operands = nodes.map((node) => expression(typer, node));
  const known = operands.filter((operand) => operand !== undefined);
  if (known.length !== operands.length) return 'failed';
  return known.every(({ type }) => type.kind === 'array') ? known : undefined;
}

function zippedMembers(sequences: readonly Unrolled[], span: Span): Unrolled {
  const count = Math.min(...sequences.map(({ members }) => members.length));
  const members = Array.from({ length: count }, (_, index) =>
    tupleOperand(
      sequences.flatMap((sequence) => sequence.members[index] ?? []),
      span,
    ),
  );
  return { kind: 'unrolled', before: sequences.flatMap(({ before }) => before), members };
}

function asTuples(sequences: readonly Counted[], span: Span): Counted {
  return {
    kind: 'counted',
    before: sequences.flatMap(({ before }) => before),
    tests: sequences.flatMap(({ tests }) => tests),
    update: sequences.flatMap(({ update }) => update),
    item: () =>
      tupleOperand(
        sequences.map((sequence) => sequence.item()),
        span,
      ),
  };
}

function reversed(typer: FunctionTyper, node: Call): Sequence | undefined {
  const { args, keywords, span } = node;
  const [iterable, second] = args;
  if (!iterable || second || keywords.length > 0) {
    return typer.report('argument-count', span, 'reversed takes one argument', 'write reversed(range(n))');
  }
  const range = rangeSequence(typer, iterable, 'backwards');
  if (range !== 'no range') return range;
  const operand = expression(typer, iterable);
  if (!operand) return undefined;
  if (operand.type.kind !== 'tuple') return overArrays(typer, [operand], span, -1n);
  const { before, members } = membersOf(typer, operand);
  return { kind: 'unrolled', before, members: [...members].reverse() };
}

// ---- TypeScript's views

interface View {
  readonly object: Expression;
  readonly kind: 'entries' | 'keys' | 'values';
}

/** `a.entries()`, `a.keys()`, `a.values()`. */
function viewOf(typer: FunctionTyper, { callee, args }: Call): View | undefined {
  if (typer.dialect.language !== 'typescript' || callee.kind !== 'attribute' || args.length > 0)
    return undefined;
  const { name, object } = callee;
  return name === 'entries' || name === 'keys' || name === 'values' ? { object, kind: name } : undefined;
}

function viewSequence(typer: FunctionTyper, { object, kind }: View, { span }: Call): Sequence | undefined {
  const values = sequenceOf(typer, object);
  if (!values || kind === 'values') return values;
  const entries = numbered(typer, values, literalOperand(0n, span), span);
  if (kind === 'entries') return entries;
  const first = (entry: Operand): Operand => entry.elements?.[0] ?? entry;
  if (entries.kind === 'unrolled') return { ...entries, members: entries.members.map(first) };
  return { ...entries, item: () => first(entries.item()) };
}
