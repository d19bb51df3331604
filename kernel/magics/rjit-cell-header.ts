/**
 * What stands above the functions of a `%%rjit` cell:
 *
 *     %%rjit --lang python int64(int64, int64); double(double, double)
 *     %%rjit complex128(complex128, complex128)
 *
 * Signatures are separated by `;` or lines. The header goes on with further lines that begin with `%%rjit`, with an
 * indented line after one that ends in `;` or within parentheses, and with any line after one that ends in `\`.
 * `// …` and `# …` are comments.
 */
import { type ParsedOptions, splitWords, takeOptions } from './words.ts';

export interface RjitCellHeader {
  readonly options: ParsedOptions['values'];
  readonly signatures: readonly SignatureText[];
  /** 1-based line of the cell on which the functions begin. */
  readonly bodyLine: number;
}

export interface SignatureText {
  readonly text: string;
  /** Offset of `text` in the cell. */
  readonly offset: number;
}

const REPEATED = /^[ \t]*%%rjit(?=\s|$)/;
const COMMENT = /(?<=^|\s)(?:\/\/|#).*$/;

/**
 * Reads the header from `argumentsOffset`, the offset in the cell of what follows the first `%%rjit`. Throws UsageError
 * for an option that is neither in `known` nor in `flags`.
 */
export function parseRjitCellHeader(
  cell: string,
  argumentsOffset: number,
  known: readonly string[],
  flags: readonly string[],
): RjitCellHeader {
  const { count, text } = rjitHeaderLines(cell, argumentsOffset);
  let header = text;
  const { values, taken } = takeOptions('%%rjit', splitWords(header), known, flags);
  for (const { start, end } of taken) {
    header = header.slice(0, start) + ' '.repeat(end - start) + header.slice(end);
  }
  return {
    options: values,
    signatures: splitSignatures(header).map(({ text, offset }) => ({
      text,
      offset: offset + argumentsOffset,
    })),
    bodyLine: cell.slice(0, argumentsOffset).split('\n').length + count,
  };
}

/**
 * The lines of the header from `argumentsOffset` on, with blanks for its comments and its further `%%rjit`; `end` is
 * the offset in the cell of the header's end.
 */
export function rjitHeaderLines(
  cell: string,
  argumentsOffset: number,
): { readonly text: string; readonly count: number; readonly end: number } {
  const lines = cell.slice(argumentsOffset).split('\n');
  let text = blank(lines[0] ?? '', COMMENT);
  let count = 1;
  for (; count < lines.length; count++) {
    const line = lines[count] ?? '';
    if (!REPEATED.test(line) && !goesOn(text, line)) break;
    text += `\n${blank(blank(line, REPEATED), COMMENT)}`;
  }
  return { text, count, end: argumentsOffset + text.length };
}

/** Replaces what matches by as many blanks, so that offsets stay true. */
function blank(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match) => ' '.repeat(match.length));
}

function goesOn(header: string, next: string): boolean {
  if (/\\\s*$/.test(header)) return true;
  return /^[ \t]+\S/.test(next) && (depthAfter(header) > 0 || /;\s*$/.test(header));
}

function depthAfter(text: string): number {
  let depth = 0;
  for (const character of text) {
    if ('([{<'.includes(character)) depth += 1;
    if (')]}>'.includes(character)) depth -= 1;
  }
  return depth;
}

function splitSignatures(header: string): SignatureText[] {
  const signatures: SignatureText[] = [];
  let start = 0;
  const add = (end: number) => {
    const text = header.slice(start, end);
    const trimmed = unquote(text);
    if (trimmed.text !== '') signatures.push({ text: trimmed.text, offset: start + trimmed.offset });
  };
  for (let at = 0; at < header.length; at++) {
    const separates = header[at] === ';' || (header[at] === '\n' && depthAfter(header.slice(start, at)) <= 0);
    if (!separates) continue;
    add(at);
    start = at + 1;
  }
  add(header.length);
  return signatures;
}

/** Trims blanks, a continuing backslash, and the quotes of `'int64(int64)'`. */
function unquote(text: string): SignatureText {
  const [, before = '', , inner = ''] = /^(\s*)(['"]?)([\s\S]*?)\2[\s\\]*$/.exec(text) ?? [];
  return { text: inner.trimEnd(), offset: before.length + (/^\s*['"]/.test(text) ? 1 : 0) };
}
