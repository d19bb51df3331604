import { type ParsedSource, parseSource, type SourceError } from './parse-source.ts';
import type { Position, PositionMap } from './position-map.ts';
import { childList, childNode, type SyntaxNode, skipTrivia } from './syntax-tree.ts';

export interface ParsedCell extends ParsedSource {
  readonly ok: true;
  /** What was parsed: the source, or the source in parentheses. */
  readonly text: string;
  /** From places in `text` to places in the cell, where they differ. */
  readonly map: PositionMap | undefined;
}

/** Parses a cell. One that is an object literal (`{ a: 1 }`) is that, and not a block with a label. */
export function parseCellSource(
  source: string,
): ParsedCell | { readonly ok: false; readonly error: SourceError } {
  if (source[skipTrivia(source, 0)] === '{') {
    const text = `(${source}\n)`;
    const result = parseSource(text);
    if (result.ok && isObjectLiteral(result.program)) return { ...result, text, map: outOfParentheses };
  }
  const result = parseSource(source);
  return result.ok ? { ...result, text: source, map: undefined } : result;
}

function outOfParentheses({ line, column }: Position): Position {
  return { line, column: line === 1 ? column - 1 : column };
}

function isObjectLiteral(program: SyntaxNode): boolean {
  const [statement, ...others] = childList(program, 'body');
  if (statement === undefined || others.length > 0) return false;
  return childNode(statement, 'expression')?.type === 'ObjectExpression';
}
