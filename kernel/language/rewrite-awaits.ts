import type { SourceEdits } from './source-edits.ts';
import { childNode, forEachChild, type SyntaxNode } from './syntax-tree.ts';

/**
 * Passes every awaited value through `resumed`, which throws when the cell was interrupted while it waited: a
 * promise can't be cancelled, so this is what ends `while (true) { await sleep(100) }`. Only the cell's own awaits
 * are touched; a library that goes on in the background keeps its state in order.
 */
export function rewriteAwaits(node: SyntaxNode, edits: SourceEdits, resumed: string): void {
  if (node.type === 'AwaitExpression') {
    edits.insertBefore(node.start, `${resumed}(`);
    edits.insertAfter(node.end, ')');
  } else if (node.type === 'ForOfStatement' && node.await === true) {
    checkLoopBody(node, edits, resumed);
  }
  forEachChild(node, (child) => rewriteAwaits(child, edits, resumed));
}

function checkLoopBody(loop: SyntaxNode, edits: SourceEdits, resumed: string): void {
  const body = childNode(loop, 'body');
  if (body === undefined) return;
  if (body.type === 'BlockStatement') {
    edits.insertAfter(body.start + 1, `${resumed}();`);
    return;
  }
  edits.insertBefore(body.start, `{${resumed}();`);
  edits.insertAfter(body.end, '}');
}
