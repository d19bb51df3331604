import type { TypeAnnotation } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { Cursor } from './cursor.ts';
import { expression } from './expressions.ts';
import { decodeString } from './string.ts';

/** The text of an annotation; of one written as a string, what is in it. */
export function annotation(cursor: Cursor): TypeAnnotation {
  const start = cursor.token.span.start;
  const node = cursor.quietly(() => expression(cursor));
  const span = cursor.spanFrom(start);
  const text = cursor.source.slice(start, span.end);
  return node.kind === 'string' ? stringContent(text, node.value, span) : { text, span };
}

/** The value of a string, with the span of what is between its quotes. */
export function stringContent(source: string, value: string, span: Span): TypeAnnotation {
  const decoded = decodeString(source);
  const quoted = /^[a-z]*("""|'''|"|')/i.exec(source);
  if (decoded.kind !== 'text' || decoded.value !== value || quoted === null) return { text: value, span };
  const end = span.end - (quoted[1]?.length ?? 0);
  return { text: value, span: { start: span.start + quoted[0].length, end } };
}

/** Splits the text of `(int64, float64) -> int64` at its top-level commas. Undefined where it isn't of this form. */
export function functionTypeComment(
  source: string,
  span: Span,
): { readonly parameters: readonly TypeAnnotation[]; readonly result: TypeAnnotation } | undefined {
  const text = source.slice(span.start, span.end);
  const parts = /^(\((.*)\)\s*->\s*)(\S.*)$/.exec(text);
  if (parts === null) return undefined;
  const [, head = '', inside = '', result = ''] = parts;
  const parameters: TypeAnnotation[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= inside.length; at += 1) {
    const character = inside[at] ?? ',';
    if (/[([]/.test(character)) depth += 1;
    if (/[)\]]/.test(character)) depth -= 1;
    if (character !== ',' || (depth > 0 && at < inside.length)) continue;
    const piece = inside.slice(start, at);
    const from = span.start + 1 + start + (piece.length - piece.trimStart().length);
    const trimmed = piece.trim();
    if (trimmed !== '') parameters.push({ text: trimmed, span: { start: from, end: from + trimmed.length } });
    start = at + 1;
  }
  return { parameters, result: { text: result, span: { start: span.start + head.length, end: span.end } } };
}
