import type { Target } from '../core.ts';
import type { Adapter } from './adapter.ts';
import type { BabelPosition, BabelTarget } from './babel-ast.ts';
import { expression } from './expressions.ts';

const OBJECT_HINT = 'use a tuple: [a, b]; names of Math can be taken in front of the functions';

/** Converts what is assigned to, or declared. */
export function target(adapter: Adapter, node: BabelTarget, use: 'assign' | 'declare'): Target {
  const span = adapter.span(node);
  switch (node.type) {
    case 'Identifier':
      return use === 'declare'
        ? adapter.declaredName(node.name, nameOnly(node))
        : adapter.assignName(node.name, node);
    case 'MemberExpression': {
      const converted = expression(adapter, node);
      return converted.kind === 'index' || converted.kind === 'attribute'
        ? converted
        : placeholder(adapter, node);
    }
    case 'ArrayPattern': {
      const elements = node.elements.map((element) => tupleElement(adapter, node, element, use));
      return { kind: 'tuple', elements, span };
    }
    case 'ObjectPattern':
      adapter.reportUnsupported('destructuring of objects is not supported', span, OBJECT_HINT);
      return placeholder(adapter, node);
    case 'TSNonNullExpression':
      if (node.expression.type === 'Identifier' || node.expression.type === 'MemberExpression') {
        return target(adapter, node.expression, use);
      }
  }
  adapter.reportUnsupported(
    'this cannot be assigned to',
    span,
    `write '===' to compare, or assign to a name`,
  );
  return placeholder(adapter, node);
}

type TupleElement = Extract<BabelTarget, { type: 'ArrayPattern' }>['elements'][number];

function tupleElement(
  adapter: Adapter,
  parent: BabelTarget,
  node: TupleElement,
  use: 'assign' | 'declare',
): Target {
  if (node === null) {
    return { kind: 'name', name: adapter.scope.unnamed(), span: adapter.span(parent) };
  }
  switch (node.type) {
    case 'RestElement':
      adapter.reportUnsupported(`'...' is not supported`, adapter.span(node), 'name each element');
      return placeholder(adapter, node);
    case 'AssignmentPattern':
      adapter.reportUnsupported(
        'a default in a tuple is not supported',
        adapter.span(node),
        'name each element',
      );
      return placeholder(adapter, node);
    default:
      return target(adapter, node, use);
  }
}

/** Stands for a target that has been reported. */
function placeholder(adapter: Adapter, node: BabelPosition): Target {
  return { kind: 'name', name: '', span: adapter.span(node) };
}

/** Babel counts the annotation to the identifier. */
function nameOnly(node: Extract<BabelTarget, { type: 'Identifier' }>): BabelPosition {
  const { start = 0, name } = node;
  return { start, end: (start ?? 0) + name.length };
}
