import type { AssignExpression, BinaryOperator, Expression, Statement } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelExpression, BabelNode } from './babel-ast.ts';
import { binaryOperator, expression, nullish } from './expressions.ts';
import { target } from './targets.ts';

/** `x = v`, `x += v`, `x ||= v` for its value. */
export function assignExpression(
  adapter: Adapter,
  node: BabelNode<'AssignmentExpression'>,
): AssignExpression {
  const operator = binaryOperator(node.operator.slice(0, -1));
  const value = assignedValue(adapter, node);
  const converted = target(adapter, node.left, 'assign');
  const head = { kind: 'assign-expression', target: converted, value, yields: 'after' } as const;
  return { ...head, ...(operator === undefined ? {} : { operator }), span: adapter.span(node) };
}

/** `i++` and `--i` for their value. */
export function updateExpression(adapter: Adapter, node: BabelNode<'UpdateExpression'>): Expression {
  const { operator, value } = step(adapter, node);
  const { argument } = node;
  if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression') {
    return adapter.refuse('this cannot be counted up or down', argument, 'count a name or an element');
  }
  const yields = node.prefix ? 'after' : 'before';
  const converted = target(adapter, argument, 'assign');
  return { kind: 'assign-expression', target: converted, operator, value, yields, span: adapter.span(node) };
}

/** An assignment as a statement; `a = b = v` has two targets. */
export function assignStatement(adapter: Adapter, node: BabelNode<'AssignmentExpression'>): Statement {
  const span = adapter.span(node);
  const operator = binaryOperator(node.operator.slice(0, -1));
  if (operator !== undefined) {
    const value = expression(adapter, node.right);
    const operatorSpan = adapter.operatorSpan(node.operator, node.left, node.right);
    const assigned = target(adapter, node.left, 'assign');
    return { kind: 'augmented-assign', target: assigned, operator, operatorSpan, value, span };
  }
  const chain = plainChain(node);
  const last = chain.at(-1) ?? node;
  const value = assignedValue(adapter, last);
  const targets = chain.map((link) => target(adapter, link.left, 'assign'));
  return { kind: 'assign', targets, value, declares: false, constant: false, span };
}

/** `i++` as a statement. */
export function updateStatement(adapter: Adapter, node: BabelNode<'UpdateExpression'>): Statement {
  const converted = updateExpression(adapter, node);
  if (converted.kind !== 'assign-expression' || converted.operator === undefined) {
    return { kind: 'expression-statement', expression: converted, span: converted.span };
  }
  const { target: assigned, operator, value, span } = converted;
  return { kind: 'augmented-assign', target: assigned, operator, operatorSpan: value.span, value, span };
}

/**
 * The links of `a = b = v` where all targets are names. An element's index is evaluated before the value, unlike the
 * targets of a core assignment, so chains with elements stay nested expressions.
 */
function plainChain(node: BabelNode<'AssignmentExpression'>): BabelNode<'AssignmentExpression'>[] {
  const links = [node];
  for (
    let { right } = node;
    right.type === 'AssignmentExpression' && right.operator === '=';
    right = right.right
  ) {
    links.push(right);
  }
  return links.every(({ left }) => left.type === 'Identifier') ? links : [node];
}

/** The value of `=`, and of `&&=`, `||=`, `??=` together with the target's own. */
function assignedValue(adapter: Adapter, node: BabelNode<'AssignmentExpression'>): Expression {
  const right = expression(adapter, node.right);
  const span = adapter.span(node);
  switch (node.operator) {
    case '&&=':
    case '||=':
    case '??=': {
      const left = targetValue(adapter, node);
      if (node.operator === '??=') return nullish(left, right, span);
      return { kind: 'logical', operator: node.operator === '&&=' ? 'and' : 'or', left, right, span };
    }
    default:
      return right;
  }
}

function targetValue(adapter: Adapter, node: BabelNode<'AssignmentExpression'>): Expression {
  const { left, operator } = node;
  if (left.type === 'Identifier') return expression(adapter, left);
  if (left.type === 'MemberExpression' && isSimple(left.object) && isSimple(left.property)) {
    return expression(adapter, left);
  }
  return adapter.refuse(`'${operator}' is not supported on this target`, left, 'write it out: a = a || b');
}

/** Whether evaluating it twice changes nothing. */
function isSimple(node: BabelExpression | { readonly type: 'PrivateName' }): boolean {
  return node.type === 'Identifier' || node.type === 'NumericLiteral';
}

function step(
  adapter: Adapter,
  node: BabelNode<'UpdateExpression'>,
): { operator: BinaryOperator; value: Expression } {
  const { start, end } = adapter.span(node);
  const span = node.prefix ? { start, end: start + 2 } : { start: end - 2, end };
  return { operator: node.operator === '++' ? '+' : '-', value: { kind: 'int', value: 1n, span } };
}
