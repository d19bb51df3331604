/** Loops and switches, as HIR's one loop, one block and one if. */
import type { DoWhile, For, ForEach, Statement, Switch, While } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement, Label } from '../hir.ts';
import { BOOL } from '../types/value-types.ts';
import { store } from './assignments.ts';
import { expression } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { comparison, condition } from './logic.ts';
import { constantBool, type Operand, readSlot } from './operand.ts';
import { overArrays, sequenceOf, type Unrolled } from './sequences.ts';
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
  const sequence = sequenceOf(typer, node.iterable);
  if (!sequence) {
    typer.enclosing.push(NOWHERE);
    statements(typer, [...node.body, ...node.otherwise]);
    typer.enclosing.pop();
    return [];
  }
  if (sequence.kind === 'unrolled') return unrolled(typer, node, sequence);
  const { before, tests, update, item } = sequence;
  const whole = loop(typer, {
    label: node.label,
    test: all(tests),
    testAt: 'top',
    binding: () => store(typer, node.target, item(), node.span),
    body: node.body,
    update: () => update,
    otherwise: node.otherwise,
  });
  return [...before, ...whole];
}

function all(tests: readonly HirExpression[]): HirExpression {
  return tests.reduce((left, right) => ({ kind: 'logical', type: BOOL, operator: 'and', left, right }));
}

/** Stands for a loop whose head has an error, so that its body is checked all the same. */
const NOWHERE = {
  name: undefined,
  plainBreak: true,
  breakWith: { kind: 'block', label: { name: 'nowhere' }, body: [] },
  continueWith: { kind: 'block', label: { name: 'nowhere' }, body: [] },
} as const;

/** `x in a`: looks at one element after the other until one is equal. */
export function membershipInArray(
  typer: FunctionTyper,
  item: Operand,
  array: Operand,
  span: Span,
): HirExpression | undefined {
  const sequence = overArrays(typer, [array], span);
  const kept = typer.keep(item, 'item');
  const element = sequence?.item();
  const isEqual = element && comparison(typer, '==', kept.value, element, span);
  if (!sequence || !isEqual) return undefined;
  const { before, tests, update } = sequence;
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
    { kind: 'loop', label, test: all(tests), testAt: 'top', body, update },
  ];
  return { kind: 'sequence', type: BOOL, statements, value: readSlot(found, span) };
}

/** A loop over a tuple is its body once for each member: their types may differ. */
function unrolled(typer: FunctionTyper, node: ForEach, rounds: Unrolled): HirStatement[] {
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
