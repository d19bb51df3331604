import type { Expression, Statement, Target } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelNode } from './babel-ast.ts';
import { declareVariables, variableDeclaration } from './declarations.ts';
import { condition, expression } from './expressions.ts';
import { bodyOf, expressionStatements } from './statements.ts';
import { target } from './targets.ts';

/** A label for a core statement, where it has one. */
export type Labelled = { readonly label?: string };

export function whileStatement(
  adapter: Adapter,
  node: BabelNode<'WhileStatement'>,
  label: Labelled,
): Statement {
  const test = condition(adapter, node.test);
  const body = bodyOf(adapter, node.body);
  return { kind: 'while', ...label, test, body, otherwise: [], span: adapter.span(node) };
}

export function doWhileStatement(
  adapter: Adapter,
  node: BabelNode<'DoWhileStatement'>,
  label: Labelled,
): Statement {
  const body = bodyOf(adapter, node.body);
  const test = condition(adapter, node.test);
  return { kind: 'do-while', ...label, body, test, span: adapter.span(node) };
}

export function forStatement(adapter: Adapter, node: BabelNode<'ForStatement'>, label: Labelled): Statement {
  return adapter.inBlock(() => {
    const init = initialisation(adapter, node.init);
    const test = node.test == null ? {} : { test: condition(adapter, node.test) };
    const update = node.update == null ? [] : expressionStatements(adapter, node.update);
    const body = bodyOf(adapter, node.body);
    return { kind: 'for', ...label, init, ...test, update, body, span: adapter.span(node) };
  });
}

function initialisation(adapter: Adapter, node: BabelNode<'ForStatement'>['init']): Statement[] {
  if (node == null) return [];
  if (node.type !== 'VariableDeclaration') return expressionStatements(adapter, node);
  if (node.kind !== 'var') declareVariables(adapter, node);
  return variableDeclaration(adapter, node);
}

export function forOfStatement(
  adapter: Adapter,
  node: BabelNode<'ForOfStatement'>,
  label: Labelled,
): Statement {
  if (node.await) {
    adapter.reportUnsupported(
      `'for await' is not supported`,
      adapter.span(node),
      `write 'for (const x of …)'`,
    );
  }
  return adapter.inBlock(() => {
    const [variable, iterable] = header(adapter, node);
    const body = bodyOf(adapter, node.body);
    return {
      kind: 'for-each',
      ...label,
      target: variable,
      iterable,
      body,
      otherwise: [],
      span: adapter.span(node),
    };
  });
}

function header(adapter: Adapter, { left, right }: BabelNode<'ForOfStatement'>): [Target, Expression] {
  if (left.type !== 'VariableDeclaration')
    return [target(adapter, left, 'assign'), expression(adapter, right)];
  // The variable's scope includes what is iterated over, where it can't be read yet.
  if (left.kind !== 'var') declareVariables(adapter, left, adapter.span(right).end);
  const iterable = expression(adapter, right);
  const pattern = left.declarations[0]?.id;
  if (pattern === undefined || pattern.type === 'VoidPattern') {
    adapter.reportUnsupported('a loop without a variable is not supported', adapter.span(left), 'name it');
    return [{ kind: 'name', name: '', span: adapter.span(left) }, iterable];
  }
  return [target(adapter, pattern, 'declare'), iterable];
}
