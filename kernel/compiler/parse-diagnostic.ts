import type { Diagnostic, Span } from './diagnostic.ts';

/** The source breaks the grammar of its language. */
export function syntaxError(message: string, span: Span, hint?: string): Diagnostic {
  return { code: 'syntax', message, span, ...(hint === undefined ? {} : { hint }) };
}

/** The source is good in its language, but outside the subset that compiles. `hint` says what to write instead. */
export function unsupportedSyntax(message: string, span: Span, hint: string): Diagnostic {
  return { code: 'unsupported-syntax', message, span, hint };
}

/** By position; of several that begin at one place the first reported comes first. */
export function inSourceOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => a.span.start - b.span.start);
}

/** 1-based line of an offset; `\n`, `\r\n` and `\r` end lines. */
export function lineOf(source: string, offset: number): number {
  return (source.slice(0, offset).match(/\r\n|\n|\r(?!\n)/g)?.length ?? 0) + 1;
}
