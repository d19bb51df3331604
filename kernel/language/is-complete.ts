import { parseSource } from './parse-source.ts';

export type Completeness =
  | { readonly status: 'complete' | 'invalid' }
  /** `indent` is the white space that the next line should begin with. */
  | { readonly status: 'incomplete'; readonly indent: string };

/** Errors that more text can repair although they are reported where the construct begins. */
const openEnded = new Set(['UnterminatedTemplate', 'UnterminatedComment', 'UnterminatedJsxContent']);

/** Whether a console should run the source, ask for another line, or show an error. */
export function isComplete(source: string): Completeness {
  const result = parseSource(source);
  if (result.ok) return { status: 'complete' };
  const { offset, reason } = result.error;
  const isAtEnd = offset >= source.trimEnd().length && reason !== 'UnterminatedString';
  // Reported where the `try` begins, although its `catch` may come on the next line.
  const lacksCatch = reason === 'NoCatchOrFinally' && parseSource(`${source}\ncatch {}`).ok;
  if (!isAtEnd && !lacksCatch && !openEnded.has(reason)) return { status: 'invalid' };
  return { status: 'incomplete', indent: indentAfter(source) };
}

function indentAfter(source: string): string {
  const lastLine = source.trimEnd().split('\n').at(-1) ?? '';
  const indent = /^\s*/u.exec(lastLine)?.[0] ?? '';
  return /(?:[([{:]|=>)$/u.test(lastLine) ? `${indent}  ` : indent;
}
