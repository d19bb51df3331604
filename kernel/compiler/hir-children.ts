import type { HirExpression, HirStatement } from './hir.ts';

export type HirNode = HirExpression | HirStatement;

const optional = (node: HirExpression | undefined): readonly HirExpression[] => (node ? [node] : []);

/** The statements and expressions of a function, wherever they are. */
export function* nodesOf(body: readonly HirStatement[]): Generator<HirNode> {
  const pending: HirNode[] = [...body];
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node;
    pending.push(...childrenOf(node));
  }
}

/** The statements and expressions right inside of `node`, in no particular order. */
export function childrenOf(node: HirNode): readonly HirNode[] {
  switch (node.kind) {
    case 'position':
    case 'break':
    case 'continue':
    case 'raise':
      return [];
    case 'store':
      return [node.value];
    case 'store-element':
      return [node.base, ...node.indices, node.value];
    case 'evaluate':
      return [node.expression];
    case 'if':
      return [node.test, ...node.whenTrue, ...node.whenFalse];
    case 'loop':
      return [...optional(node.test), ...node.body, ...node.update];
    case 'block':
      return node.body;
    case 'return':
      return optional(node.value);
    case 'sequence':
      return [...node.statements, node.value];
    default:
      return operandsOf(node);
  }
}

/** The expressions that a value is computed from, in the order of evaluation. */
export function operandsOf(node: HirExpression): readonly HirExpression[] {
  switch (node.kind) {
    case 'constant':
    case 'constant-array':
    case 'read':
      return [];
    case 'unary':
    case 'convert':
    case 'part':
      return [node.operand];
    case 'binary':
    case 'compare':
    case 'logical':
      return [node.left, node.right];
    case 'choose':
      return [node.test, node.whenTrue, node.whenFalse];
    case 'call':
    case 'routine':
      return node.args;
    case 'sequence':
      return [node.value];
    case 'make-complex':
      return [node.re, node.im];
    case 'tuple':
      return node.members;
    case 'member':
      return [node.tuple];
    case 'length':
      return [node.array];
    case 'load':
      return [node.base, ...node.indices];
    case 'row':
      return [node.base, node.index];
    case 'slice':
      return [node.base, node.start, node.length];
    case 'pointer-offset':
      return [node.pointer, node.offset];
  }
}
