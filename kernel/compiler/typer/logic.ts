/** Conditions, comparisons, and, or. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Compare, CompareOperator, Expression, Logical } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { HirExpression, HirStatement } from '../hir.ts';
import { join } from '../types/lattice.ts';
import { compareRule } from '../types/operators.ts';
import { BOOL } from '../types/value-types.ts';
import { choose, expression, refused } from './expressions.ts';
import type { FunctionTyper } from './function-typer.ts';
import { checkLiteral, tupleElements } from './implicit.ts';
import { membershipInArray } from './loops.ts';
import { constantBool, convertOperand, type Operand, operandOf, truthOf } from './operand.ts';
import { membershipInRange } from './ranges.ts';

/** `node` where only its truth counts: operands of and, or, not need no common type there. */
export function condition(typer: FunctionTyper, node: Expression): HirExpression | undefined {
  if (node.kind === 'logical') {
    const left = condition(typer, node.left);
    const right = condition(typer, node.right);
    return left && right && { kind: 'logical', type: BOOL, operator: node.operator, left, right };
  }
  const operand = expression(typer, node);
  return operand && truth(typer, operand);
}

export function truth(typer: FunctionTyper, operand: Operand): HirExpression | undefined {
  const value = truthOf(operand, typer.dialect.nanIsTrue);
  if (value) return value;
  const { kind } = operand.type;
  const hint = kind === 'array' ? 'compare its length with 0' : 'compare it with something';
  return typer.report(
    'no-truth-value',
    operand.span,
    `a ${formatType(operand.type)} is neither true nor false`,
    hint,
  );
}

/** Where its value is used, `a and b` is one of its operands, as in Python and JavaScript. */
export function logical(typer: FunctionTyper, node: Logical): Operand | undefined {
  const left = expression(typer, node.left);
  const right = expression(typer, node.right);
  if (!left || !right) return undefined;
  const { operator, span } = node;
  if (left.type.kind === 'bool' && right.type.kind === 'bool') {
    return operandOf({ kind: 'logical', type: BOOL, operator, left: left.hir, right: right.hir }, span);
  }
  if (!join(left, right)) {
    const types = `${formatType(left.type)} or ${formatType(right.type)}`;
    const word = typer.dialect.words[operator];
    return typer.report(
      'mixed-types',
      span,
      `${word} yields one of its operands, and ${types} is no one type`,
      'compare them (x != 0) to get a bool, or use them in a condition',
    );
  }
  const { before, value } = typer.keep(left);
  const test = truth(typer, value);
  if (!test) return undefined;
  const chosen =
    operator === 'and' ? choose(typer, test, right, value, span) : choose(typer, test, value, right, span);
  return chosen && after(before, chosen);
}

/** `operand`, evaluated after `statements`. */
export function after(statements: readonly HirStatement[], operand: Operand): Operand {
  if (statements.length === 0) return operand;
  const hir: HirExpression = { kind: 'sequence', type: operand.type, statements, value: operand.hir };
  return { ...operand, hir, literal: undefined, elements: undefined };
}

// ---- comparisons

/** Every operand of a chain is evaluated once, and those behind a false link not at all. */
export function compare(typer: FunctionTyper, node: Compare): Operand | undefined {
  let left = expression(typer, node.first);
  let failed = left === undefined;
  const links: HirExpression[] = [];
  for (const [position, link] of node.rest.entries()) {
    const isLast = position === node.rest.length - 1;
    if (link.operator === 'in' || link.operator === 'not in') {
      const found = left && membership(typer, left, link.operand, link.operatorSpan);
      if (found) links.push(link.operator === 'in' ? found : negate(found));
      else failed = true;
      left = undefined;
      if (!isLast) {
        failed = true;
        const hint = `write two comparisons with ${typer.dialect.words.and} between them`;
        typer.report(
          'unsupported',
          link.operatorSpan,
          `${link.operator} only ends a chain of comparisons`,
          hint,
        );
      }
      continue;
    }
    const operand = expression(typer, link.operand);
    const { before, value } =
      operand && !isLast ? typer.keep(operand, 'link') : { before: [], value: operand };
    const evaluated = value && after(before, value);
    const hir = left && evaluated && comparison(typer, link.operator, left, evaluated, link.operatorSpan);
    if (hir) links.push(hir);
    else failed = true;
    left = value;
  }
  if (failed) return undefined;
  const hir = links.reduce((whole, link) => {
    return { kind: 'logical', type: BOOL, operator: 'and', left: whole, right: link };
  });
  return operandOf(hir, node.span);
}

function negate(operand: HirExpression): HirExpression {
  return { kind: 'unary', type: BOOL, operation: 'not', operand };
}

export function comparison(
  typer: FunctionTyper,
  operator: Exclude<CompareOperator, 'in' | 'not in'>,
  left: Operand,
  right: Operand,
  span: Span,
): HirExpression | undefined {
  const isEquality = operator === '==' || operator === '!=';
  if (isEquality && typer.dialect.language === 'python' && isTuple(left) && isTuple(right)) {
    const equal = tuplesEqual(typer, left, right, span);
    return operator === '==' ? equal : equal && negate(equal);
  }
  const rule = compareRule(operator, left, right, typer.dialect);
  if (!rule.ok) return refused(typer, rule, span);
  if (!checkLiteral(typer, left, rule.left) || !checkLiteral(typer, right, rule.right)) return undefined;
  return {
    kind: 'compare',
    type: BOOL,
    comparison: rule.comparison,
    domain: rule.domain,
    left: convertOperand(left, rule.left),
    right: convertOperand(right, rule.right),
  };
}

function isTuple({ type }: Operand): boolean {
  return type.kind === 'tuple';
}

/** Python's: as long as each other, and equal member by member. */
function tuplesEqual(
  typer: FunctionTyper,
  left: Operand,
  right: Operand,
  span: Span,
): HirExpression | undefined {
  // All members are evaluated before the first two are compared.
  const [a, b] = [keptMembers(typer, left), keptMembers(typer, right)];
  const statements = [...a.before, ...b.before];
  const tests = a.members.map((member, index) => {
    const other = b.members[index];
    return other ? comparison(typer, '==', member, other, span) : constantBool(false);
  });
  const known = tests.filter((test) => test !== undefined);
  if (known.length !== tests.length) return undefined;
  const value = known.reduceRight<HirExpression>(
    (rest, test) => ({ kind: 'logical', type: BOOL, operator: 'and', left: test, right: rest }),
    constantBool(a.members.length === b.members.length),
  );
  return statements.length === 0 ? value : { kind: 'sequence', type: BOOL, statements, value };
}

function keptMembers(typer: FunctionTyper, tuple: Operand) {
  const { before, elements } = tupleElements(typer, tuple);
  const kept = elements.map((element) => typer.keep(element, 'member'));
  return {
    before: [...before, ...kept.flatMap((one) => one.before)],
    members: kept.map(({ value }) => value),
  };
}

/** `x in (1, 2, 3)`, `x in a`, `x in range(…)`. */
function membership(
  typer: FunctionTyper,
  item: Operand,
  container: Expression,
  span: Span,
): HirExpression | undefined {
  const inRange = membershipInRange(typer, item, container, span);
  if (inRange !== 'no range') return inRange;
  const tuple = expression(typer, container);
  if (!tuple) return undefined;
  if (tuple.type.kind === 'array' && tuple.type.rank === 1)
    return membershipInArray(typer, item, tuple, span);
  if (tuple.type.kind !== 'tuple') {
    const found = formatType(tuple.type);
    return typer.report(
      'operand-types',
      span,
      `in looks into tuples, arrays and ranges, not into ${found}`,
      'write a loop',
    );
  }
  const kept = typer.keep(item, 'item');
  const { before, elements } = tupleElements(typer, tuple);
  const tests = elements.map((element) => comparison(typer, '==', kept.value, element, span));
  const known = tests.filter((test) => test !== undefined);
  if (known.length !== tests.length) return undefined;
  const value = known.reduceRight<HirExpression>(
    (rest, test) => ({ kind: 'logical', type: BOOL, operator: 'or', left: test, right: rest }),
    constantBool(false),
  );
  const statements = [...kept.before, ...before];
  return statements.length === 0 ? value : { kind: 'sequence', type: BOOL, statements, value };
}
