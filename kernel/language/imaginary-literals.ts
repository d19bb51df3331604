import type { SourceEdits } from './source-edits.ts';
import { forEachChild, type SyntaxNode } from './syntax-tree.ts';

/** Offsets of the `j` of every imaginary literal. */
export type ImaginaryLiterals = ReadonlySet<number>;

const decimal = String.raw`(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?`;
const literalEnd = new RegExp(String.raw`(?<![\w$])${decimal}$`, 'u');
const candidates = new RegExp(String.raw`(?<![\w$])${decimal}([jJ])(?![\w$])`, 'gu');

/** The decimal number that ends at `offset`, if a lone `j` stands there: `3.4` of `3.4j`. */
export function imaginaryAt(source: string, offset: number): string | undefined {
  if (!/^[jJ](?![\w$])/u.test(source.slice(offset, offset + 2))) return undefined;
  return literalEnd.exec(source.slice(0, offset))?.[0];
}

/**
 * Replaces the `j` at `offset` by a space, so that the source parses with all offsets kept, and with it
 * everything behind it that looks the same: what of this is a literal is known from the tree afterwards, and a
 * cell with a thousand literals needs two parses instead of a thousand.
 */
export function maskImaginaryLiterals(
  source: string,
  offset: number,
  known: ImaginaryLiterals,
): { text: string; ends: ImaginaryLiterals } {
  const ends = new Set(known).add(offset);
  candidates.lastIndex = 0;
  for (const match of source.matchAll(candidates)) {
    const end = match.index + match[0].length - 1;
    if (end > offset) ends.add(end);
  }
  const units = source.split('');
  for (const end of ends) units[end] = ' ';
  return { text: units.join(''), ends };
}

/** `3.4j` becomes `complex(0, 3.4)`. */
export function rewriteImaginaryLiterals(
  node: SyntaxNode,
  edits: SourceEdits,
  literals: ImaginaryLiterals,
): void {
  if (node.type === 'NumericLiteral' && literals.has(node.end)) {
    edits.replace(node.start, node.end + 1, `complex(0, ${edits.source.slice(node.start, node.end)})`);
  }
  forEachChild(node, (child) => rewriteImaginaryLiterals(child, edits, literals));
}
