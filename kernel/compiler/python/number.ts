import type { Expression } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import { numberSuffixHint } from '../source-hints.ts';

const DIGITS = '[0-9](?:_?[0-9])*';
const NUMBER = new RegExp(
  `0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|` +
    `(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?[jJ]?`,
  'y',
);
const REST_OF_WORD = /[\p{XID_Continue}]*/uy;

/** What Python lets follow a number without a space: `1if x else 2`. */
const MAY_FOLLOW: ReadonlySet<string> = new Set(['and', 'else', 'for', 'if', 'in', 'is', 'not', 'or']);

export type ScannedNumber =
  | { readonly ok: true; readonly end: number }
  | { readonly ok: false; readonly end: number; readonly message: string; readonly hint?: string };

/** Scans the number that begins at `start` (a digit, or a point before a digit). */
export function scanNumber(source: string, start: number): ScannedNumber {
  NUMBER.lastIndex = start;
  const text = NUMBER.exec(source)?.[0] ?? '';
  REST_OF_WORD.lastIndex = start + text.length;
  const rest = REST_OF_WORD.exec(source)?.[0] ?? '';
  if (rest !== '' && !MAY_FOLLOW.has(rest)) return badNumber(text, rest, start);
  if (/^0[0-9_]*[1-9]/.test(text) && /^[0-9_]+$/.test(text)) {
    const decimal = text.replace(/^[0_]+/, '');
    const hint = /^[0-7_]+$/.test(text) ? `write ${decimal}, or 0o${decimal} for octal` : `write ${decimal}`;
    return { ok: false, end: start + text.length, message: 'a decimal integer cannot begin with 0', hint };
  }
  return { ok: true, end: start + text.length };
}

function badNumber(text: string, rest: string, start: number): ScannedNumber {
  const word = text + rest;
  const bad = { ok: false, end: start + word.length } as const;
  const radix = /^0([xXoObB])/.exec(word)?.[1]?.toLowerCase();
  if (radix !== undefined) {
    const name = { x: 'a hexadecimal', o: 'an octal', b: 'a binary' }[radix] ?? 'a decimal';
    const digit = text === '0' ? /^[xXoObB]_?([0-9])/.exec(rest)?.[1] : /^_?([0-9])/.exec(rest)?.[1];
    if (digit !== undefined) return { ...bad, message: `'${digit}' is not a digit of ${name} literal` };
    return { ...bad, message: `'${word}' is not ${name} literal` };
  }
  return { ...bad, message: `'${word}' is not a number`, hint: numberSuffixHint(text, rest) };
}

/** The literal of a number token that `scanNumber` has accepted. */
export function numberLiteral(text: string, span: Span): Expression {
  const digits = text.replaceAll('_', '');
  if (/^0[xob]/i.test(digits)) return { kind: 'int', value: BigInt(digits), span };
  if (/j$/i.test(digits)) return { kind: 'imaginary', value: Number(digits.slice(0, -1)), span };
  if (/[.e]/i.test(digits)) return { kind: 'float', value: Number(digits), span };
  return { kind: 'int', value: BigInt(digits), span };
}
