import type { Statement } from '../core.ts';
import { type Cursor, isAt } from './cursor.ts';
import type { Token } from './token.ts';

interface Refusal {
  readonly message: string;
  readonly hint: string;
}

const REFUSED_COMPOUND: Readonly<Record<string, Refusal>> = {
  class: { message: 'classes are not supported', hint: 'write functions on numbers, tuples and arrays' },
  with: { message: `'with' is not supported`, hint: 'remove it: compiled functions hold no resources' },
  try: {
    message: `'try' is not supported`,
    hint: 'test before you compute; an exception ends the call and reaches the caller',
  },
  async: { message: `'async' is not supported`, hint: `remove 'async': compiled functions run to their end` },
  def: {
    message: 'a function inside a function is not supported',
    hint: 'move it to the top level of the cell, and pass it what it uses',
  },
  '@': {
    message: 'a decorator inside a function is not supported',
    hint: 'move the function to the top level of the cell',
  },
  match: { message: `'match' is not supported`, hint: `write 'if' and 'elif'` },
};

/** Reports a compound statement that never compiles and moves behind it; undefined where none begins here. */
export function unsupportedCompound(cursor: Cursor): Statement[] | undefined {
  const first = cursor.token;
  const refusal = isMatch(cursor) ? REFUSED_COMPOUND.match : refusalOf(first);
  if (refusal === undefined) return undefined;
  cursor.reportUnsupported(refusal.message, first.span, refusal.hint);
  while (cursor.at('@')) cursor.skipLine();
  skipHeaderAndBlock(cursor);
  while (first.text === 'try' && (cursor.at('except') || cursor.at('else') || cursor.at('finally'))) {
    skipHeaderAndBlock(cursor);
  }
  return [];
}

function refusalOf(token: Token): Refusal | undefined {
  if (token.kind !== 'keyword' && !isAt(token, '@')) return undefined;
  return token.text === 'match' ? undefined : REFUSED_COMPOUND[token.text];
}

function skipHeaderAndBlock(cursor: Cursor): void {
  cursor.skipLine();
  cursor.skipBlock();
}

/** `match` is a keyword only where a block of `case` follows. */
function isMatch(cursor: Cursor): boolean {
  if (!cursor.atKind('name') || cursor.token.text !== 'match') return false;
  let distance = 1;
  for (
    let { kind } = cursor.peek(distance);
    kind !== 'newline' && kind !== 'end';
    { kind } = cursor.peek(distance)
  ) {
    distance += 1;
  }
  return (
    isAt(cursor.peek(distance - 1), ':') &&
    cursor.peek(distance + 1).kind === 'indent' &&
    cursor.peek(distance + 2).text === 'case'
  );
}

const REFUSED_SIMPLE: Readonly<Record<string, Refusal>> = {
  global: {
    message: `'global' is not supported`,
    hint: 'constants of the cell can be read without it; return what changes',
  },
  nonlocal: {
    message: `'nonlocal' is not supported`,
    hint: 'pass the value as a parameter and return what changes',
  },
  del: { message: `'del' is not supported`, hint: 'remove it: variables end with their function' },
};

/** Reports a simple statement that never compiles and moves to its end. */
export function unsupportedSimple(cursor: Cursor): boolean {
  const { kind, text, span } = cursor.token;
  const isAlias =
    kind === 'name' && text === 'type' && cursor.peek(1).kind === 'name' && isAt(cursor.peek(2), '=');
  const alias: Refusal = { message: 'type aliases are not supported', hint: 'write the type itself' };
  const refusal = isAlias ? alias : kind === 'keyword' ? REFUSED_SIMPLE[text] : undefined;
  if (refusal === undefined) return false;
  cursor.reportUnsupported(refusal.message, span, refusal.hint);
  while (!cursor.atKind('newline') && !cursor.atKind('end') && !cursor.at(';')) cursor.take();
  return true;
}
