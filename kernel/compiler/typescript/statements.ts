import type { Break, Continue, Statement, Switch } from '../core.ts';
import type { Adapter } from './adapter.ts';
import { assignStatement, updateStatement } from './assignments.ts';
import type { BabelExpression, BabelNode, BabelStatement } from './babel-ast.ts';
import { declareBlock, variableDeclaration } from './declarations.ts';
import { condition, expression } from './expressions.ts';
import { doWhileStatement, forOfStatement, forStatement, type Labelled, whileStatement } from './loops.ts';
import { throwStatement } from './throw-statement.ts';
import { refuseStatement } from './unsupported-statements.ts';

/** Converts the statements of a block whose scope the caller has entered. */
export function statementList(adapter: Adapter, nodes: readonly BabelStatement[]): Statement[] {
  for (const [index, node] of nodes.entries()) refuseLonelyReturn(adapter, node, nodes[index + 1]);
  return nodes.flatMap((node) => statement(adapter, node, {}));
}

/** `return` and a line break: JavaScript ends the statement there, and never computes what follows. */
function refuseLonelyReturn(adapter: Adapter, node: BabelStatement, next: BabelStatement | undefined): void {
  if (node.type !== 'ReturnStatement' || node.argument != null || next?.type !== 'ExpressionStatement')
    return;
  if (adapter.text(node) !== 'return') return;
  const hint = `write the value on the line of its 'return'`;
  adapter.reportSyntax(
    'the return ends with its line, and what follows is never computed',
    adapter.span(node),
    hint,
  );
}

/** The statements of a loop's or branch's body. */
export function bodyOf(adapter: Adapter, node: BabelStatement): Statement[] {
  return node.type === 'BlockStatement'
    ? block(adapter, node)
    : adapter.inBlock(() => statement(adapter, node, {}));
}

function block(adapter: Adapter, node: BabelNode<'BlockStatement'>): Statement[] {
  return adapter.inBlock(() => {
    declareBlock(adapter, node.body);
    return statementList(adapter, node.body);
  });
}

function statement(adapter: Adapter, node: BabelStatement, label: Labelled): Statement[] {
  return adapter.deeper(node, () => convert(adapter, node, label));
}

function convert(adapter: Adapter, node: BabelStatement, label: Labelled): Statement[] {
  switch (node.type) {
    case 'EmptyStatement':
      return [];
    case 'ExpressionStatement':
      return expressionStatements(adapter, node.expression);
    case 'VariableDeclaration':
      return variableDeclaration(adapter, node);
    case 'ReturnStatement': {
      const value = node.argument == null ? {} : { value: expression(adapter, node.argument) };
      return [{ kind: 'return', ...value, span: adapter.span(node) }];
    }
    case 'IfStatement':
      return [ifStatement(adapter, node)];
    case 'WhileStatement':
      return [whileStatement(adapter, node, label)];
    case 'DoWhileStatement':
      return [doWhileStatement(adapter, node, label)];
    case 'ForStatement':
      return [forStatement(adapter, node, label)];
    case 'ForOfStatement':
      return [forOfStatement(adapter, node, label)];
    case 'BlockStatement':
      return [{ kind: 'block', ...label, body: block(adapter, node), span: adapter.span(node) }];
    case 'SwitchStatement':
      return [switchStatement(adapter, node)];
    case 'LabeledStatement':
      return labelled(adapter, node, label);
    case 'BreakStatement':
      return [jump(adapter, node, 'break')];
    case 'ContinueStatement':
      return [jump(adapter, node, 'continue')];
    case 'ThrowStatement':
      return throwStatement(adapter, node);
    default:
      return refuseStatement(adapter, node);
  }
}

/** An expression whose value nobody uses; `a = 1, b = 2` is two statements. */
export function expressionStatements(adapter: Adapter, node: BabelExpression): Statement[] {
  switch (node.type) {
    case 'SequenceExpression':
      return node.expressions.flatMap((each) => expressionStatements(adapter, each));
    case 'AssignmentExpression':
      return [assignStatement(adapter, node)];
    case 'UpdateExpression':
      return [updateStatement(adapter, node)];
    default:
      return [
        { kind: 'expression-statement', expression: expression(adapter, node), span: adapter.span(node) },
      ];
  }
}

function ifStatement(adapter: Adapter, node: BabelNode<'IfStatement'>): Statement {
  const test = condition(adapter, node.test);
  const whenTrue = bodyOf(adapter, node.consequent);
  const otherwise = node.alternate == null ? [] : bodyOf(adapter, node.alternate);
  // biome-ignore lint/suspicious/noThenProperty: the core tree's name for it; no node is ever awaited
  return { kind: 'if', test, then: whenTrue, otherwise, span: adapter.span(node) };
}

/** All cases are one block: a `let` of one case is the same variable in the next. */
function switchStatement(adapter: Adapter, node: BabelNode<'SwitchStatement'>): Switch {
  const subject = expression(adapter, node.discriminant);
  const cases = adapter.inBlock(() => {
    declareBlock(
      adapter,
      node.cases.flatMap((entry) => entry.consequent),
    );
    return node.cases.map((entry) => {
      const test = entry.test == null ? {} : { test: expression(adapter, entry.test) };
      return { ...test, body: statementList(adapter, entry.consequent), span: adapter.span(entry) };
    });
  });
  return { kind: 'switch', subject, cases, span: adapter.span(node) };
}

const LOOPS: ReadonlySet<string> = new Set([
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'ForOfStatement',
]);

/** A loop takes the label itself, and gives it to further labels of its own; anything else becomes a labelled block. */
function labelled(adapter: Adapter, node: BabelNode<'LabeledStatement'>, outer: Labelled): Statement[] {
  const { name } = node.label;
  let { body } = node;
  const names = [name];
  while (body.type === 'LabeledStatement') {
    names.push(body.label.name);
    body = body.body;
  }
  const coreLabel = outer.label ?? name;
  const before = adapter.labels;
  adapter.labels = [...before, ...names.map((each) => ({ name: each, coreLabel }))];
  const isDirect = LOOPS.has(body.type) || body.type === 'BlockStatement';
  const converted = statement(adapter, body, isDirect ? { label: coreLabel } : {});
  adapter.labels = before;
  return isDirect
    ? converted
    : [{ kind: 'block', label: coreLabel, body: converted, span: adapter.span(node) }];
}

function jump(
  adapter: Adapter,
  node: BabelNode<'BreakStatement'> | BabelNode<'ContinueStatement'>,
  kind: 'break' | 'continue',
): Break | Continue {
  const name = node.label?.name;
  const label = adapter.labels.findLast((each) => each.name === name)?.coreLabel ?? name;
  return { kind, ...(label === undefined ? {} : { label }), span: adapter.span(node) };
}
