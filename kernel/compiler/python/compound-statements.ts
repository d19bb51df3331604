import type { Statement } from '../core.ts';
import { suite } from './blocks.ts';
import { type Cursor, isAt } from './cursor.ts';
import { expressionList, namedExpression, targetList } from './expressions.ts';
import { toTarget } from './targets.ts';
import { describeToken, type Token } from './token.ts';
import { unsupportedCompound } from './unsupported-statements.ts';

/** A statement with a block of its own; undefined where none begins here. */
export function compoundStatement(cursor: Cursor): Statement[] | undefined {
  const { kind, text } = cursor.token;
  if (kind === 'keyword') {
    switch (text) {
      case 'if':
        return [ifStatement(cursor)];
      case 'while':
        return [whileStatement(cursor)];
      case 'for':
        return [forStatement(cursor)];
      case 'elif':
      case 'else':
      case 'except':
      case 'finally':
        return stray(cursor);
    }
  }
  return unsupportedCompound(cursor);
}

function stray(cursor: Cursor): never {
  const { text } = cursor.token;
  const owner = { elif: `'if'`, else: `'if', 'for' or 'while'` }[text] ?? `'try'`;
  return cursor.fail(`this '${text}' belongs to no ${owner}`, `align it with its ${owner}`);
}

interface Clause {
  readonly start: number;
  readonly test: ReturnType<typeof namedExpression>;
  readonly body: Statement[];
}

/** Clauses are read in a loop and nested afterwards: a long `elif` chain doesn't recurse here. */
function ifStatement(cursor: Cursor): Statement {
  const clauses = [clause(cursor)];
  while (cursor.at('elif')) {
    cursor.countOperator();
    clauses.push(clause(cursor));
  }
  let otherwise = elseBlock(cursor);
  const end = cursor.lastStatementEnd;
  let nested: Statement | undefined;
  for (const { start, test, body } of clauses.reverse()) {
    // biome-ignore lint/suspicious/noThenProperty: the core tree's name for it; no node is ever awaited
    nested = { kind: 'if', test, then: body, otherwise, span: { start, end } };
    otherwise = [nested];
  }
  if (nested === undefined) throw new Error('an if statement has at least one clause');
  return nested;
}

function clause(cursor: Cursor): Clause {
  const opener = cursor.take();
  const test = condition(cursor, opener);
  return { start: opener.span.start, test, body: suite(cursor, opener) };
}

function condition(cursor: Cursor, opener: Token): ReturnType<typeof namedExpression> {
  if (!cursor.at(':')) return namedExpression(cursor);
  return cursor.fail(`expected a condition after '${opener.text}', found ':'`);
}

function elseBlock(cursor: Cursor): Statement[] {
  if (!cursor.at('else')) return [];
  const opener = cursor.take();
  if (cursor.at('if')) cursor.fail(`expected ':' after 'else', found the keyword 'if'`, `write 'elif'`);
  return suite(cursor, opener);
}

function loopBody(cursor: Cursor, opener: Token): Statement[] {
  cursor.loopDepth += 1;
  const body = suite(cursor, opener);
  cursor.loopDepth -= 1;
  return body;
}

function whileStatement(cursor: Cursor): Statement {
  const opener = cursor.take();
  const test = condition(cursor, opener);
  const body = loopBody(cursor, opener);
  const otherwise = elseBlock(cursor);
  const span = { start: opener.span.start, end: cursor.lastStatementEnd };
  return { kind: 'while', test, body, otherwise, span };
}

function forStatement(cursor: Cursor): Statement {
  const opener = cursor.take();
  rejectForeignLoop(cursor);
  const target = toTarget(cursor, targetList(cursor));
  if (!cursor.at('in')) {
    const found = describeToken(cursor.token);
    cursor.fail(`expected 'in' after the loop's variable, found ${found}`, `write 'for i in range(n):'`);
  }
  cursor.take();
  const iterable = expressionList(cursor);
  const body = loopBody(cursor, opener);
  const otherwise = elseBlock(cursor);
  const span = { start: opener.span.start, end: cursor.lastStatementEnd };
  return { kind: 'for-each', target, iterable, body, otherwise, span };
}

/** `for (i = 0; i < n; i++)` */
function rejectForeignLoop(cursor: Cursor): void {
  if (!cursor.at('(')) return;
  const inside = cursor.peek(1);
  const declares = inside.kind === 'name' && cursor.peek(2).kind === 'name';
  const assigns = inside.kind === 'name' && isAt(cursor.peek(2), '=');
  if (declares || assigns)
    cursor.fail('Python has no loop of three parts', `write 'for i in range(start, stop, step):'`);
}
