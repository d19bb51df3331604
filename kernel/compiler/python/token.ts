import type { Span } from '../diagnostic.ts';

/** `error` stands where the tokenizer has already reported something: the parser leaves that statement in silence. */
export type TokenKind =
  | 'name'
  | 'keyword'
  | 'number'
  | 'string'
  | 'operator'
  | 'newline'
  | 'indent'
  | 'dedent'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As in the source; a name is NFKC-normalised as Python demands; empty for layout tokens. */
  readonly text: string;
  readonly span: Span;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from ' +
    'global if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

export function isKeyword(text: string): boolean {
  return KEYWORDS.has(text);
}

/** Longest first within each length, as the tokenizer tries them in this order. */
export const OPERATORS_BY_LENGTH: readonly ReadonlySet<string>[] = [
  new Set(['**=', '//=', '>>=', '<<=', '...']),
  new Set(
    ['**', '//', '<<', '>>', '<=', '>=', '==', '!=', '->', ':=', '+=', '-=', '*=', '/=', '%=', '@='].concat([
      '&=',
      '|=',
      '^=',
    ]),
  ),
  new Set('+-*/%@&|^~<>()[]{},:.;='.split('')),
];

export const CLOSING_BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** How a message names a token. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'newline':
      return 'the end of the line';
    case 'end':
      return 'the end of the cell';
    case 'indent':
      return 'an indented line';
    case 'dedent':
      return 'the end of the block';
    case 'string':
      return 'a string';
    case 'keyword':
      return `the keyword '${token.text}'`;
    case 'name':
    case 'number':
    case 'operator':
    case 'error':
      return `'${token.text}'`;
  }
}
