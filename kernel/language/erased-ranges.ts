import type { SourceEdits } from './source-edits.ts';
import { type SyntaxNode, skipTrivia } from './syntax-tree.ts';

/**
 * Thrown out of the walk by TypeScript that has a meaning at run time (enums, namespaces, parameter properties,
 * decorators, JSX, `using`) or that white space can't replace. Such a source goes through the TypeScript compiler.
 */
export class NotErasable extends Error {
  readonly node: SyntaxNode;

  constructor(node: SyntaxNode) {
    super(`${node.type} at ${node.start} can't be erased`);
    this.node = node;
  }
}

interface ErasedRange {
  readonly start: number;
  /** What stays at the beginning of the range. */
  first: string;
}

/** The ranges of a source that hold types only. */
export class ErasedRanges {
  readonly source: string;
  readonly #byEnd = new Map<number, ErasedRange>();

  constructor(source: string) {
    this.source = source;
  }

  erase(start: number, end: number, first = ''): void {
    if (end > start) this.#byEnd.set(end, { start, first });
  }

  eraseNode(node: SyntaxNode): void {
    this.erase(node.start, node.end);
  }

  /**
   * Leaves a semicolon where a declaration or a class member was: without it the line before would go on in the
   * line after (`let x = 15`, `type Z = 1`, `(x)` would call 15).
   */
  eraseStatement(node: SyntaxNode): void {
    this.erase(node.start, node.end, ';');
  }

  /** Erases one punctuator or keyword, such as the `?` of an optional parameter, if it comes next. */
  eraseToken(offset: number, token: string): void {
    const start = skipTrivia(this.source, offset);
    if (this.source.startsWith(token, start)) this.erase(start, start + token.length);
  }

  /**
   * Call when leaving a statement or a field: where a type was its last token, it ends there, whatever the next
   * line begins with. (After `x!` and `f<T>` the next line goes on in TypeScript just as in JavaScript.)
   */
  endStatement(node: SyntaxNode): void {
    const range = this.#byEnd.get(node.end);
    if (range !== undefined && range.start > node.start && !/^[!<]/u.test(this.source.slice(range.start))) {
      range.first = ';';
    }
  }

  applyTo(edits: SourceEdits): void {
    for (const [end, { start, first }] of this.#byEnd) edits.blank(start, end, first);
  }
}
