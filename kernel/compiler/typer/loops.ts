/** Loops and switches, as HIR's one loop, one block and one if. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Call, DoWhile, Expression, For, ForEach, Statement, Switch, Target, While } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement, Label } from '../hir.ts';
import { BOOL, INT64 } from '../types/value-types.ts';
import { store } from './assignments.ts';
import { expression, tupleOperand } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { tupleElements } from './implicit.ts';
import { comparison, condition } from './logic.ts';
import { qualifiedName } from './names.ts';
import {
  constantBool,
  constantInt64,
  convertOperand,
  literalOperand,
  type Operand,
  operandOf,
  readSlot,
} from './operand.ts';
import { type Counting, countRange, rangeCall, rangeOf } from './ranges.ts';
import { statements } from './statements.ts';

/** What a loop is made of, once its head is typed. */
interface LoopParts {
  readonly label: string | undefined;
  readonly test: HirExpression | undefined;
  readonly testAt: 'top' | 'bottom';
  /** Runs first in each round. */
  readonly binding: () => readonly HirStatement[];
  readonly body: readonly Statement[];
  readonly update: () => readonly HirStatement[];
  /** Runs when the loop ends without a break. */
  readonly otherwise: readonly Statement[];
}

const NOTHING = (): readonly HirStatement[] => [];

function loop(typer: FunctionTyper, parts: LoopParts): HirStatement[] {
  const label: Label = { name: 'loop' };
  const outer: Label = parts.otherwise.length > 0 ? { name: 'else' } : label;
  typer.enclosing.push({
    name: parts.label,
    plainBreak: true,
    breakWith: { kind: 'break', label: outer },
    continueWith: { kind: 'continue', label },
  });
  const body = [...parts.binding(), ...statements(typer, parts.body)];
  typer.enclosing.pop();
  const update = parts.update();
  const { test, testAt } = parts;
  const whole: HirStatement = { kind: 'loop', label, test, testAt, body, update };
  if (outer === label) return [whole];
  return [{ kind: 'block', label: outer, body: [whole, ...statements(typer, parts.otherwise)] }];
}

export function whileLoop(typer: FunctionTyper, node: While): HirStatement[] {
  const test = condition(typer, node.test);
  return loop(typer, {
    label: node.label,
    test,
    testAt: 'top',
    binding: NOTHING,
    body: node.body,
    update: NOTHING,
    otherwise: node.otherwise,
  });
}

/** The test comes after the body, in the source and in what it may read. */
export function doWhileLoop(typer: FunctionTyper, node: DoWhile): HirStatement[] {
  const [whole] = loop(typer, {
    label: node.label,
    test: undefined,
    testAt: 'bottom',
    binding: NOTHING,
    body: node.body,
    update: NOTHING,
    otherwise: [],
  });
  const test = condition(typer, node.test);
  return whole?.kind === 'loop' ? [{ ...whole, test }] : [];
}

export function forLoop(typer: FunctionTyper, node: For): HirStatement[] {
  const init = statements(typer, node.init);
  const test = node.test && condition(typer, node.test);
  const whole = loop(typer, {
    label: node.label,
    test,
    testAt: 'top',
    binding: NOTHING,
    body: node.body,
    update: () => statements(typer, node.update),
    otherwise: [],
  });
  return [...init, ...whole];
}

// ---- for … of, for … in

export function forEach(typer: FunctionTyper, node: ForEach): HirStatement[] {
  const rounds = roundsOver(typer, node.iterable, node.span);
  if (!rounds) {
    typer.enclosing.push(NOWHERE);
    statements(typer, [...node.body, ...node.otherwise]);
    typer.enclosing.pop();
    return [];
  }
  if ('members' in rounds) return unrolled(typer, node, rounds);
  const { counting, items } = rounds;
  const whole = loop(typer, {
    label: node.label,
    test: counting.test,
    testAt: 'top',
    binding: () => bind(typer, node.target, items(), node.span),
    body: node.body,
    update: () => counting.update,
    otherwise: node.otherwise,
  });
  return [...counting.before, ...whole];
}

/** Stands for a loop whose head has an error, so that its body is checked all the same. */
const NOWHERE = {
  name: undefined,
  plainBreak: true,
  breakWith: { kind: 'block', label: { name: 'nowhere' }, body: [] },
  continueWith: { kind: 'block', label: { name: 'nowhere' }, body: [] },
} as const;

interface Rounds {
  readonly counting: Counting;
  /** The values of a round. */
  readonly items: () => readonly Operand[];
}

interface UnrolledRounds {
  readonly before: readonly HirStatement[];
  readonly members: readonly Operand[];
}

function bind(typer: FunctionTyper, target: Target, items: readonly Operand[], span: Span): HirStatement[] {
  const [only] = items;
  if (items.length === 1 && only) return store(typer, target, only, span);
  return store(typer, target, tupleOperand(items, span), span);
}

function roundsOver(typer: FunctionTyper, node: Expression, span: Span): Rounds | UnrolledRounds | undefined {
  const call = rangeCall(typer, node);
  if (call) {
    const range = rangeOf(typer, call);
    if (!range) return undefined;
    const counting = countRange(typer, range, span);
    return { counting, items: () => [counting.counter] };
  }
  const name = node.kind === 'call' ? qualifiedName(typer, node.callee) : undefined;
  if (node.kind === 'call' && name === 'enumerate') return enumerated(typer, node, span);
  if (node.kind === 'call' && name === 'zip') return zipped(typer, node, span);
  const entries = entriesOf(typer, node);
  if (entries) return overEntries(typer, entries, literalOperand(0n, span), span);
  const iterable = expression(typer, node);
  if (!iterable) return undefined;
  if (iterable.type.kind === 'tuple') {
    const { before, elements } = tupleElements(typer, iterable);
    const kept = elements.map((element) => typer.keep(element, 'member'));
    return {
      before: [...before, ...kept.flatMap((one) => one.before)],
      members: kept.map((one) => one.value),
    };
  }
  return overArrays(typer, [iterable], span);
}

/** One counter over arrays of which the shortest ends the loop; elements need no check. */
function overArrays(
  typer: FunctionTyper,
  arrays: readonly Operand[],
  span: Span,
  first: Operand = literalOperand(0n, span),
): Rounds | undefined {
  const notArray = arrays.find((array) => array.type.kind !== 'array');
  if (notArray) {
    const found = formatType(notArray.type);
    return typer.report(
      'not-iterable',
      notArray.span,
      `${found} can't be looped over`,
      typer.dialect.language === 'python'
        ? 'loop over range(…) or an array'
        : 'loop over an array, or use for (;;)',
    );
  }
  const kept = arrays.map((array) => typer.keep(array, 'array'));
  const lengths = kept.map(({ value }): HirExpression => {
    return { kind: 'length', type: INT64, array: value.hir, axis: 0 };
  });
  const counter = typer.temporary(INT64, 'index');
  const read = readSlot(counter, span);
  const tests = lengths.map((length): HirExpression => {
    return { kind: 'compare', type: BOOL, comparison: 'lt', domain: 'signed', left: read, right: length };
  });
  const test = tests.reduce((whole, one) => {
    return { kind: 'logical', type: BOOL, operator: 'and', left: whole, right: one };
  });
  const start: HirStatement = { kind: 'store', slot: counter, value: constantInt64(0n) };
  const next = plus(read, constantInt64(1n));
  const counting: Counting = {
    before: [...kept.flatMap((one) => one.before), start],
    test,
    update: [{ kind: 'store', slot: counter, value: next }],
    counter: operandOf(first.literal === 0n ? read : plus(read, convertOperand(first, INT64)), span),
  };
  return { counting, items: () => kept.map(({ value }) => itemOf(value, read, span)) };
}

/** `x in a`: looks at one element after the other until one is equal. */
export function membershipInArray(
  typer: FunctionTyper,
  item: Operand,
  array: Operand,
  span: Span,
): HirExpression | undefined {
  const rounds = overArrays(typer, [array], span);
  const kept = typer.keep(item, 'item');
  const [element] = rounds?.items() ?? [];
  const isEqual = element && comparison(typer, '==', kept.value, element, span);
  if (!rounds || !isEqual) return undefined;
  const { before, test, update } = rounds.counting;
  const found = typer.temporary(BOOL, 'found');
  const label: Label = { name: 'loop' };
  const hit: HirStatement[] = [
    { kind: 'store', slot: found, value: constantBool(true) },
    { kind: 'break', label },
  ];
  const body: HirStatement[] = [{ kind: 'if', test: isEqual, whenTrue: hit, whenFalse: [] }];
  const statements: HirStatement[] = [
    ...kept.before,
    ...before,
    { kind: 'store', slot: found, value: constantBool(false) },
    { kind: 'loop', label, test, testAt: 'top', body, update },
  ];
  return { kind: 'sequence', type: BOOL, statements, value: readSlot(found, span) };
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
    };
    return operandOf(load, span);
  }
  const rowType = { kind: 'array', element: type.element, rank: type.rank - 1 } as const;
  return operandOf({ kind: 'row', type: rowType, base: hir, index, failure: undefined }, span);
}

function enumerated(typer: FunctionTyper, node: Call, span: Span): Rounds | undefined {
  const [iterable, start] = node.args;
  const named = node.keywords.find((keyword) => keyword.name === 'start')?.value;
  const startNode = start ?? named;
  if (!iterable || node.args.length > 2 || node.keywords.length > (named ? 1 : 0)) {
    return typer.report('argument-count', node.span, 'enumerate takes an array and a start');
  }
  const first = startNode ? expression(typer, startNode) : literalOperand(0n, span);
  return first && overEntries(typer, iterable, first, span);
}

/** The array that TypeScript's `a.entries()` goes over. */
function entriesOf(typer: FunctionTyper, node: Expression): Expression | undefined {
  if (typer.dialect.language !== 'typescript' || node.kind !== 'call') return undefined;
  const { callee, args } = node;
  return callee.kind === 'attribute' && callee.name === 'entries' && args.length === 0
    ? callee.object
    : undefined;
}

/** Pairs of a counter and an element. */
function overEntries(
  typer: FunctionTyper,
  iterable: Expression,
  first: Operand,
  span: Span,
): Rounds | undefined {
  const array = expression(typer, iterable);
  if (!array) return undefined;
  const kept = typer.keep(first, 'start');
  const rounds = overArrays(typer, [array], span, kept.value);
  if (!rounds) return undefined;
  const { counting, items } = rounds;
  return {
    counting: { ...counting, before: [...kept.before, ...counting.before] },
    items: () => [counting.counter, ...items()],
  };
}

function zipped(typer: FunctionTyper, node: Call, span: Span): Rounds | undefined {
  if (node.args.length === 0 || node.keywords.length > 0) {
    return typer.report('argument-count', node.span, 'zip takes arrays');
  }
  const arrays = node.args.map((arg) => expression(typer, arg));
  const known = arrays.filter((array) => array !== undefined);
  if (known.length !== arrays.length) return undefined;
  const rounds = overArrays(typer, known, span);
  if (!rounds || known.length > 1) return rounds;
  return { ...rounds, items: () => [tupleOperand(rounds.items(), span)] };
}

/** A loop over a tuple is its body once for each member: their types may differ. */
function unrolled(typer: FunctionTyper, node: ForEach, rounds: UnrolledRounds): HirStatement[] {
  const end: Label = { name: 'unrolled' };
  const body = rounds.members.flatMap((member): HirStatement[] => {
    const round: Label = { name: 'round' };
    typer.enclosing.push({
      name: node.label,
      plainBreak: true,
      breakWith: { kind: 'break', label: end },
      continueWith: { kind: 'break', label: round },
    });
    const inside = [...store(typer, node.target, member, node.span), ...statements(typer, node.body)];
    typer.enclosing.pop();
    return [{ kind: 'block', label: round, body: inside }];
  });
  const whole = [...rounds.before, ...body, ...statements(typer, node.otherwise)];
  return [{ kind: 'block', label: end, body: whole }];
}

// ---- switch

/**
 * Nested blocks, innermost first: leaving the block of a case arrives at its body, and a body that doesn't break
 * runs into the next one.
 */
export function switchStatement(typer: FunctionTyper, node: Switch): HirStatement[] {
  const subject = expression(typer, node.subject);
  const kept = subject && typer.keep(subject, 'subject');
  const end: Label = { name: 'switch' };
  const entries = node.cases.map((one) => ({ ...one, label: { name: 'case' } }));
  const tests = entries.flatMap(({ test, label, span }): HirStatement[] => {
    const operand = test && expression(typer, test);
    const isEqual = operand && kept && comparison(typer, '==', kept.value, operand, test?.span ?? span);
    if (!isEqual) return [];
    return [{ kind: 'if', test: isEqual, whenTrue: [{ kind: 'break', label }], whenFalse: [] }];
  });
  const fallback = entries.find((entry) => !entry.test)?.label ?? end;
  typer.enclosing.push({
    name: undefined,
    plainBreak: true,
    breakWith: { kind: 'break', label: end },
    continueWith: undefined,
  });
  let body: HirStatement[] = [...tests, { kind: 'break', label: fallback }];
  for (const entry of entries) {
    body = [{ kind: 'block', label: entry.label, body }, ...statements(typer, entry.body)];
  }
  typer.enclosing.pop();
  return [...(kept?.before ?? []), { kind: 'block', label: end, body }];
}
