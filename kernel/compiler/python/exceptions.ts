import type { Expression, Statement } from '../core.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import type { Cursor } from './cursor.ts';
import { expression } from './expressions.ts';

const EXAMPLE = `write raise ValueError('message')`;

/** `raise ValueError`, `raise ValueError('message')`; what stands behind `from` doesn't arrive at the caller. */
export function raiseStatement(cursor: Cursor): Statement[] {
  const { span } = cursor.take();
  if (cursor.atKind('newline') || cursor.atKind('end') || cursor.at(';')) {
    cursor.reportUnsupported(`'raise' without an exception is not supported`, span, EXAMPLE);
    return [];
  }
  const raised = cursor.withStrings(() => expression(cursor));
  if (cursor.at('from')) {
    cursor.take();
    cursor.quietly(() => expression(cursor));
  }
  const parts = exceptionParts(cursor, raised);
  return parts === undefined ? [] : [{ kind: 'raise', ...parts, span: cursor.spanFrom(span.start) }];
}

function exceptionParts(
  cursor: Cursor,
  node: Expression,
): { exception: string; message: string } | undefined {
  if (node.kind === 'name') return { exception: node.name, message: '' };
  if (node.kind !== 'call' || node.callee.kind !== 'name') {
    cursor.reportUnsupported('only an exception with a name can be raised', node.span, EXAMPLE);
    return undefined;
  }
  const [argument] = node.args;
  if (node.args.length > 1 || node.keywords.length > 0) {
    cursor.reportUnsupported('an exception takes one message', node.span, EXAMPLE);
    return undefined;
  }
  return { exception: node.callee.name, message: argument === undefined ? '' : message(cursor, argument) };
}

/** `assert test`, `assert test, 'message'`. */
export function assertStatement(cursor: Cursor): Statement[] {
  const { span } = cursor.take();
  const test = assertedTest(cursor);
  let text = '';
  if (cursor.accept(',') !== undefined) {
    const node = cursor.withStrings(() => expression(cursor));
    text = message(cursor, node);
  }
  return [{ kind: 'assert', test, message: text, span: cursor.spanFrom(span.start) }];
}

function assertedTest(cursor: Cursor): Expression {
  const reported = cursor.diagnostics.length;
  const test = expression(cursor);
  if (test.kind === 'tuple' && test.elements.length > 0) {
    cursor.diagnostics.splice(reported);
    const hint = 'remove the parentheses around test and message';
    cursor.report(syntaxError('an assertion of a tuple is always true', test.span, hint));
  }
  return test;
}

function message(cursor: Cursor, node: Expression): string {
  if (node.kind === 'string') return node.value;
  const hint = `write the message as plain text: 'message'`;
  cursor.reportUnsupported('a message made at run time is not supported', node.span, hint);
  return '';
}
