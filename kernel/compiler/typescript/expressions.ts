import type { BinaryOperator, CompareOperator, Expression, UnaryOperator } from '../core.ts';
import type { Adapter } from './adapter.ts';
import { assignExpression, updateExpression } from './assignments.ts';
import type { BabelExpression, BabelNode } from './babel-ast.ts';
import { bigIntLiteral, numericLiteral } from './literals.ts';
import { refuseExpression } from './unsupported-expressions.ts';

/** Converts an expression used for its value. */
export function expression(adapter: Adapter, node: BabelExpression): Expression {
  return adapter.deeper(node, () => convert(adapter, node));
}

/** Converts what an `if` or a loop tests. An assignment there is likely to be meant as a comparison. */
export function condition(adapter: Adapter, node: BabelExpression): Expression {
  const isBare = node.type === 'AssignmentExpression' && node.extra?.parenthesized !== true;
  if (isBare && node.operator === '=') {
    const span = adapter.operatorSpan('=', node.left, node.right);
    const hint = `write '===' to compare, or another pair of parentheses to assign`;
    adapter.reportSyntax(`found '=' in a condition`, span, hint);
  }
  return expression(adapter, node);
}

function convert(adapter: Adapter, node: BabelExpression): Expression {
  const span = adapter.span(node);
  switch (node.type) {
    case 'NumericLiteral':
      return numericLiteral(adapter, node);
    case 'BigIntLiteral':
      return bigIntLiteral(adapter, node);
    case 'BooleanLiteral':
      return { kind: 'bool', value: node.value, span };
    case 'NullLiteral':
      return { kind: 'none', span };
    case 'Identifier':
      return identifier(adapter, node);
    case 'UnaryExpression':
      return unary(adapter, node);
    case 'BinaryExpression':
      return binary(adapter, node);
    case 'LogicalExpression':
      return logical(adapter, node);
    case 'ConditionalExpression':
      return conditional(adapter, node);
    case 'AssignmentExpression':
      return assignExpression(adapter, node);
    case 'UpdateExpression':
      return updateExpression(adapter, node);
    case 'CallExpression':
      return call(adapter, node);
    case 'MemberExpression':
      return member(adapter, node);
    case 'ArrayExpression':
      return tuple(adapter, node);
    default:
      return typeSyntax(adapter, node);
  }
}

/** What TypeScript adds around an expression. */
function typeSyntax(adapter: Adapter, node: BabelExpression): Expression {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSTypeAssertion': {
      const operand = expression(adapter, node.expression);
      const type = adapter.typeAnnotation(node.typeAnnotation);
      if (type.text === 'const') return operand;
      return { kind: 'cast', operand, type, span: adapter.span(node) };
    }
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'ParenthesizedExpression':
      return expression(adapter, node.expression);
    default:
      return refuseExpression(adapter, node);
  }
}

function identifier(adapter: Adapter, node: BabelNode<'Identifier'>): Expression {
  const name = adapter.readName(node.name, node);
  if (adapter.scope.find(node.name) !== undefined) return name;
  switch (node.name) {
    case 'undefined':
      return { kind: 'none', span: name.span };
    case 'NaN':
      return { kind: 'float', value: Number.NaN, span: name.span };
    case 'Infinity':
      return { kind: 'float', value: Number.POSITIVE_INFINITY, span: name.span };
    default:
      return name;
  }
}

const UNARY: Readonly<Record<string, UnaryOperator>> = { '-': '-', '+': '+', '~': '~', '!': 'not' };

function unary(adapter: Adapter, node: BabelNode<'UnaryExpression'>): Expression {
  const operator = UNARY[node.operator];
  if (operator !== undefined) {
    return { kind: 'unary', operator, operand: expression(adapter, node.argument), span: adapter.span(node) };
  }
  const hint =
    node.operator === 'typeof' ? 'types are known before the function runs: remove the test' : 'remove it';
  return adapter.refuse(`'${node.operator}' is not supported`, node, hint);
}

export function binaryOperator(text: string): BinaryOperator | undefined {
  switch (text) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '**':
    case '<<':
    case '>>':
    case '>>>':
    case '&':
    case '|':
    case '^':
      return text;
    default:
      return undefined;
  }
}

const COMPARE: Readonly<Record<string, CompareOperator>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '==': '==',
  '===': '==',
  '!=': '!=',
  '!==': '!=',
};

function binary(adapter: Adapter, node: BabelNode<'BinaryExpression'>): Expression {
  const operator = binaryOperator(node.operator);
  const compare = COMPARE[node.operator];
  if ((operator === undefined && compare === undefined) || node.left.type === 'PrivateName') {
    const hint = node.operator === 'in' ? 'compare with each element in a loop' : 'remove it';
    return adapter.refuse(`'${node.operator}' is not supported`, node, hint);
  }
  const left = expression(adapter, node.left);
  // What a type is compared with has been answered for.
  if (node.left.type === 'UnaryExpression' && node.left.operator === 'typeof') return left;
  const right = expression(adapter, node.right);
  const operatorSpan = adapter.operatorSpan(node.operator, node.left, node.right);
  const span = adapter.span(node);
  if (operator !== undefined) return { kind: 'binary', operator, operatorSpan, left, right, span };
  const rest = [{ operator: compare ?? '==', operatorSpan, operand: right }];
  return { kind: 'compare', first: left, rest, span };
}

function logical(adapter: Adapter, node: BabelNode<'LogicalExpression'>): Expression {
  const left = expression(adapter, node.left);
  const right = expression(adapter, node.right);
  const span = adapter.span(node);
  if (node.operator === '??') return nullish(left, right, span);
  return { kind: 'logical', operator: node.operator === '&&' ? 'and' : 'or', left, right, span };
}

/** Values are never null here, so `a ?? b` is `a`; `b` stays in the tree, so that its names and types are checked. */
export function nullish(left: Expression, right: Expression, span: Expression['span']): Expression {
  if (left.kind === 'none') return right;
  const test: Expression = { kind: 'bool', value: true, span: left.span };
  return { kind: 'conditional', test, whenTrue: left, whenFalse: right, span };
}

function conditional(adapter: Adapter, node: BabelNode<'ConditionalExpression'>): Expression {
  const test = expression(adapter, node.test);
  const whenTrue = expression(adapter, node.consequent);
  const whenFalse = expression(adapter, node.alternate);
  return { kind: 'conditional', test, whenTrue, whenFalse, span: adapter.span(node) };
}

function call(adapter: Adapter, node: BabelNode<'CallExpression'>): Expression {
  if (node.typeParameters != null) {
    const hint = 'remove them: the types follow from the arguments';
    adapter.reportUnsupported('type arguments are not supported', adapter.span(node.typeParameters), hint);
  }
  if (node.callee.type === 'V8IntrinsicIdentifier') return refuseExpression(adapter, node);
  const callback = node.arguments.find(isFunction);
  if (callback !== undefined && node.callee.type === 'MemberExpression') {
    const hint = `write a loop: for (const x of ${adapter.text(node.callee.object)}) { … }`;
    return adapter.refuse('a callback is not supported', callback, hint);
  }
  const callee = expression(adapter, node.callee);
  const args = node.arguments.map((argument) =>
    argument.type === 'SpreadElement' || argument.type === 'ArgumentPlaceholder'
      ? adapter.refuse(`'...' is not supported`, argument, 'write each argument')
      : expression(adapter, argument),
  );
  return { kind: 'call', callee, args, keywords: [], span: adapter.span(node) };
}

function isFunction({ type }: { readonly type: string }): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}

function member(adapter: Adapter, node: BabelNode<'MemberExpression'>): Expression {
  const object = expression(adapter, node.object);
  const span = adapter.span(node);
  const { property } = node;
  if (property.type === 'PrivateName')
    return adapter.refuse('private names are not supported', property, 'rename it');
  if (property.type === 'SequenceExpression')
    return adapter.refuse('a comma between indices is not supported', property, 'write a[i][j]');
  if (node.computed || property.type !== 'Identifier') {
    return { kind: 'index', object, indices: [expression(adapter, property)], span };
  }
  return { kind: 'attribute', object, name: property.name, nameSpan: adapter.span(property), span };
}

function tuple(adapter: Adapter, node: BabelNode<'ArrayExpression'>): Expression {
  const span = adapter.span(node);
  const elements = node.elements.map((element) => {
    if (element === null)
      return adapter.refuse('an array with holes is not supported', node, 'write each element');
    if (element.type !== 'SpreadElement') return expression(adapter, element);
    return adapter.refuse(`'...' is not supported`, element, 'write each element');
  });
  return { kind: 'tuple', elements, span };
}
