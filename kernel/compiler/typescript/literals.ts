import type { Expression, StringLiteral } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelExpression, BabelNode, BabelPosition } from './babel-ast.ts';

/** A number by its spelling: `1` and `0xff` are integers, `1.0` and `1e3` floats, `3.4j` is imaginary. */
export function numericLiteral(adapter: Adapter, node: BabelNode<'NumericLiteral'>): Expression {
  const span = adapter.span(node);
  const digits = adapter.text(node).replaceAll('_', '');
  const isPrefixed = /^0[xob]/i.test(digits);
  if (adapter.isImaginary(node)) {
    if (isPrefixed) return adapter.refuse('an imaginary number is decimal', node, 'write 3j or 3.4j');
    return { kind: 'imaginary', value: Number(digits.slice(0, -1)), span };
  }
  if (!isPrefixed && /[.e]/i.test(digits)) return { kind: 'float', value: Number(digits), span };
  return integer(adapter, node, digits);
}

export function bigIntLiteral(adapter: Adapter, node: BabelNode<'BigIntLiteral'>): Expression {
  return integer(adapter, node, adapter.text(node).replaceAll('_', '').replace(/n$/, ''));
}

/** Babel recovers from malformed digits, so they are checked here. */
function integer(adapter: Adapter, node: BabelPosition, digits: string): Expression {
  const span = adapter.span(node);
  if (!/^(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)$/.test(digits)) {
    adapter.reportSyntax(`'${adapter.text(node)}' is not a number`, span);
    return { kind: 'none', span };
  }
  return { kind: 'int', value: BigInt(digits), span };
}

/** The text of a string that is known before the program runs: literals, plain templates, sums of them. */
export function constantString(adapter: Adapter, node: BabelExpression): StringLiteral | undefined {
  const span = adapter.span(node);
  if (node.type === 'StringLiteral') return { kind: 'string', value: node.value, span };
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) {
    return { kind: 'string', value: node.quasis[0]?.value.cooked ?? '', span };
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || node.left.type === 'PrivateName')
    return undefined;
  const left = constantString(adapter, node.left);
  const right = left === undefined ? undefined : constantString(adapter, node.right);
  return left === undefined || right === undefined
    ? undefined
    : { kind: 'string', value: left.value + right.value, span };
}
