import type { Statement } from '../core.ts';
import { lineOf, syntaxError } from '../parse-diagnostic.ts';
import { compoundStatement } from './compound-statements.ts';
import { type Cursor, StatementAbandoned } from './cursor.ts';
import { simpleLine } from './simple-statements.ts';
import { describeToken, type Token } from './token.ts';

/** The `:` behind a header and the block below it, or the statements on the same line. */
export function suite(cursor: Cursor, opener: Token): Statement[] {
  colon(cursor, opener);
  if (!cursor.atKind('newline')) return simpleLine(cursor);
  cursor.take();
  if (cursor.atKind('indent')) return block(cursor);
  const line = lineOf(cursor.source, opener.span.start);
  const message = `expected an indented block after '${opener.text}' on line ${line}, found ${describeToken(cursor.token)}`;
  const { start } = cursor.token.span;
  cursor.reportHere(message, `indent the block, or write 'pass'`, { start, end: start });
  return unindented(cursor);
}

/** The line that should have been indented says nothing on its own, unless it begins a block. */
function unindented(cursor: Cursor): Statement[] {
  const { kind, text } = cursor.token;
  const beginsBlock = kind === 'keyword' && (OPENERS.has(text) || text === 'def' || text === 'class');
  if (kind === 'dedent' || kind === 'end' || beginsBlock || cursor.at('@')) return [];
  return recovering(cursor, cursor.token, () => simpleLine(cursor)) ?? [];
}

/** Where only the colon is missing, the block is read as if it were there. */
function colon(cursor: Cursor, opener: Token): void {
  if (cursor.accept(':') !== undefined) return;
  if (cursor.at('=')) cursor.fail(`found '=' in the condition of '${opener.text}'`, `write '==' to compare`);
  const message = `expected ':' at the end of the '${opener.text}' line, found ${describeToken(cursor.token)}`;
  const hint = cursor.at('{') ? `write ':' and indent the block` : `write ':'`;
  if (!cursor.atKind('newline')) cursor.fail(message, hint);
  const { start } = cursor.token.span;
  cursor.reportHere(message, hint, { start, end: start });
}

/** An indented block, from its `indent` to its `dedent`. */
function block(cursor: Cursor): Statement[] {
  cursor.take();
  return cursor.deeper(() => {
    const statements = statementsOfBlock(cursor);
    if (cursor.atKind('dedent')) cursor.take();
    return statements;
  });
}

function statementsOfBlock(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (!cursor.atKind('dedent') && !cursor.atKind('end')) {
    statements.push(...statementLine(cursor));
  }
  return statements;
}

/** One compound statement, or one line of simple ones. A diagnostic inside ends the line, and no more than it. */
export function statementLine(cursor: Cursor): Statement[] {
  if (cursor.atKind('indent')) return unexpectedBlock(cursor);
  const first = cursor.token;
  cursor.beginStatement();
  return recovering(cursor, first, () => compoundStatement(cursor) ?? simpleLine(cursor)) ?? [];
}

/** Runs `parse`; where it abandons the statement that began at `first`, moves behind that statement. */
export function recovering<T>(cursor: Cursor, first: Token, parse: () => T): T | undefined {
  const { loopDepth } = cursor;
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof StatementAbandoned)) throw error;
    cursor.loopDepth = loopDepth;
    leaveStatement(cursor, first);
    return undefined;
  }
}

const OPENERS: ReadonlySet<string> = new Set('if elif else for while try except finally with'.split(' '));
const FOLLOWERS: ReadonlySet<string> = new Set('elif else except finally'.split(' '));

/** Reads on below a broken header: what its block holds is checked, and its `else` is not taken for a stray one. */
function leaveStatement(cursor: Cursor, first: Token): void {
  cursor.skipLine();
  const isLoop = first.text === 'for' || first.text === 'while';
  if (isLoop) cursor.loopDepth += 1;
  if (cursor.atKind('indent')) readRest(cursor);
  if (isLoop) cursor.loopDepth -= 1;
  while (OPENERS.has(first.text) && cursor.atKind('keyword') && FOLLOWERS.has(cursor.token.text)) {
    cursor.skipLine();
    if (cursor.atKind('indent')) readRest(cursor);
  }
}

function readRest(cursor: Cursor): void {
  try {
    block(cursor);
  } catch (error) {
    // Nested too deeply to be read: reported there.
    if (!(error instanceof StatementAbandoned)) throw error;
    cursor.skipBlock();
  }
}

function unexpectedBlock(cursor: Cursor): Statement[] {
  const { span } = cursor.token;
  cursor.report(syntaxError('this line is indented without a reason', span, 'align it with the line before'));
  return block(cursor);
}
