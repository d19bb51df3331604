import { parseCellSource } from '../cell-source.ts';
import { parseSource } from '../parse-source.ts';
import { forEachChild, type SyntaxNode } from '../syntax-tree.ts';

/**
 * The name of the global that stands for an imaginary literal such as `3.4j`, filled up with blanks to its length. It
 * has the type of complex numbers.
 */
export const imaginaryUnit = '\u2148';

const MAYBE_IMAGINARY = /(?<![\w$])(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ](?![\w$])/gu;

export interface PlainTypeScript {
  readonly text: string;
  readonly isJsx: boolean;
}

/** A cell's code as TypeScript knows it, with every character where it was. */
export function plainTypeScript(code: string): PlainTypeScript {
  const mayBeImaginary = MAYBE_IMAGINARY.test(code);
  MAYBE_IMAGINARY.lastIndex = 0;
  if (!mayBeImaginary && !code.includes('<')) return { text: code, isJsx: false };
  const parsed = parseSource(code);
  // While it is being typed, what looks like a literal is taken for one.
  if (!parsed.ok) return { text: code.replace(MAYBE_IMAGINARY, unitOfLength), isJsx: false };
  let text = code;
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'NumericLiteral' && parsed.imaginary.has(node.end)) {
      const end = node.end + 1;
      text = text.slice(0, node.start) + unitOfLength(text.slice(node.start, end)) + text.slice(end);
    }
    forEachChild(node, visit);
  };
  if (parsed.imaginary.size > 0) visit(parsed.program);
  return { text, isJsx: parsed.jsx };
}

/** Whether a cell is an object literal, `{ a: 1 }`, and not a block. */
export function isObjectLiteralCell(code: string): boolean {
  if (!code.trimStart().startsWith('{')) return false;
  const parsed = parseCellSource(code);
  return parsed.ok && parsed.text !== code;
}

function unitOfLength({ length }: string): string {
  return imaginaryUnit.padEnd(length);
}
