import type * as TypeScript from 'typescript';
import { ts } from '../typescript.ts';

/** The smallest node whose text holds `position`. */
export function innermostNode(file: TypeScript.SourceFile, position: number): TypeScript.Node {
  let node: TypeScript.Node = file;
  for (;;) {
    const child = ts.forEachChild(node, (one) =>
      one.getStart(file) <= position && position < one.end ? one : undefined,
    );
    if (child === undefined) return node;
    node = child;
  }
}

/** `a.b.c`: looking at its value runs no code but a getter's. */
export function isPath(node: TypeScript.Node): boolean {
  return ts.isIdentifier(node) || (ts.isPropertyAccessExpression(node) && isPath(node.expression));
}
