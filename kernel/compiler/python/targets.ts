import type { Expression, Target } from '../core.ts';
import type { Cursor } from './cursor.ts';

/** Reads an expression as what is assigned to, or abandons the statement. */
export function toTarget(cursor: Cursor, node: Expression): Target {
  switch (node.kind) {
    case 'name':
    case 'index':
    case 'attribute':
      return node;
    case 'tuple':
      return { ...node, elements: node.elements.map((element) => toTarget(cursor, element)) };
    default:
      return cursor.fail(`cannot assign to ${describe(node)}`, hint(node), node.span);
  }
}

/** As `toTarget`, without tuples: for `+=` and `x: int64 = …`. */
export function toSingleTarget(cursor: Cursor, node: Expression, statement: string): Target {
  if (node.kind !== 'tuple') return toTarget(cursor, node);
  return cursor.fail(
    `${statement} takes one target, found a tuple`,
    'write one statement for each',
    node.span,
  );
}

function hint(node: Expression): string {
  switch (node.kind) {
    case 'call':
    case 'binary':
    case 'compare':
    case 'logical':
    case 'int':
    case 'float':
    case 'imaginary':
      return `write '==' to compare, or assign to a name`;
    default:
      return 'assign to a name';
  }
}

function describe(node: Expression): string {
  switch (node.kind) {
    case 'int':
    case 'float':
    case 'imaginary':
      return 'a number';
    case 'bool':
      return node.value ? 'True' : 'False';
    case 'none':
      return 'None';
    case 'string':
      return 'a string';
    case 'call':
      return 'a function call';
    case 'compare':
      return 'a comparison';
    case 'conditional':
      return 'a conditional expression';
    case 'assign-expression':
      return `a ':=' expression`;
    default:
      return 'an expression';
  }
}
