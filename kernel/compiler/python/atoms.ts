import type { Expression, StringLiteral } from '../core.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import type { Cursor } from './cursor.ts';
import { braceDisplay, comprehensionClauses, listDisplay } from './displays.ts';
import { expressionList, starredOrNamed } from './expressions.ts';
import { numberLiteral } from './number.ts';
import { closeList } from './primaries.ts';
import { decodeString } from './string.ts';
import { describeToken, type Token } from './token.ts';

/** A name, a literal, or something in brackets. */
export function atom(cursor: Cursor): Expression {
  const { kind, text, span } = cursor.token;
  switch (kind) {
    case 'name':
      cursor.take();
      return { kind: 'name', name: text, span };
    case 'number':
      cursor.take();
      return numberLiteral(text, span);
    case 'string':
      return string(cursor);
    case 'keyword':
      return keyword(cursor);
    case 'operator':
      return bracketed(cursor);
    default:
      return missingExpression(cursor);
  }
}

/** Says what it is missing behind, and how an expression goes on in the next line. */
function missingExpression(cursor: Cursor): never {
  const before = cursor.peek(-1);
  const isOperator = before.kind === 'operator' || before.kind === 'keyword';
  const place = isOperator ? ` after '${before.text}'` : '';
  const endsLine = cursor.atKind('newline') || cursor.atKind('end');
  const hint =
    endsLine && isOperator
      ? 'complete it, or put it in parentheses to go on in the next line'
      : 'complete it';
  return cursor.fail(`expected an expression${place}, found ${describeToken(cursor.token)}`, hint);
}

function keyword(cursor: Cursor): Expression {
  const { text, span } = cursor.token;
  switch (text) {
    case 'True':
    case 'False':
      cursor.take();
      return { kind: 'bool', value: text === 'True', span };
    case 'None':
      cursor.take();
      return { kind: 'none', span };
    case 'yield':
      return yieldExpression(cursor);
    case 'not':
      return cursor.fail(`'not' cannot stand behind an operator`, 'put parentheses around it: (not a)');
    case 'lambda':
      return cursor.fail(`'lambda' cannot stand behind an operator`, 'define a function of its own with def');
    default:
      return missingExpression(cursor);
  }
}

export function yieldExpression(cursor: Cursor): Expression {
  const { span } = cursor.take();
  cursor.accept('from');
  const { kind } = cursor.token;
  if (kind !== 'newline' && kind !== 'end' && !cursor.at(')') && !cursor.at(';')) expressionList(cursor);
  const whole = cursor.spanFrom(span.start);
  cursor.reportUnsupported('generators are not supported', whole, 'return one value, or write into an array');
  return { kind: 'none', span: whole };
}

function bracketed(cursor: Cursor): Expression {
  const { text, span } = cursor.token;
  switch (text) {
    case '(':
      return cursor.deeper(() => parenthesised(cursor));
    case '[':
      return cursor.deeper(() => listDisplay(cursor));
    case '{':
      return cursor.deeper(() => braceDisplay(cursor));
    case '...':
      cursor.take();
      cursor.reportUnsupported(`'...' is not supported as a value`, span, 'write the value');
      return { kind: 'none', span };
    case '=':
      return cursor.fail(`expected an expression, found '='`, `write '==' to compare`);
    default:
      return missingExpression(cursor);
  }
}

/** Parentheses belong to the span of a tuple, and to no other expression's. */
function parenthesised(cursor: Cursor): Expression {
  const { span } = cursor.take();
  if (cursor.accept(')') !== undefined)
    return { kind: 'tuple', elements: [], span: cursor.spanFrom(span.start) };
  if (cursor.at('yield')) {
    const value = yieldExpression(cursor);
    closeList(cursor, ')', 'elements');
    return value;
  }
  const first = starredOrNamed(cursor);
  if (comprehensionClauses(cursor)) {
    closeList(cursor, ')', 'elements');
    const whole = cursor.spanFrom(span.start);
    cursor.reportUnsupported('generator expressions are not supported', whole, 'write a for loop');
    return first;
  }
  if (cursor.at('=')) cursor.fail(`found '=' inside parentheses`, `write '==' to compare`);
  if (!cursor.at(',')) {
    closeList(cursor, ')', 'elements');
    return first;
  }
  const elements = [first];
  while (cursor.accept(',') !== undefined && !cursor.at(')')) elements.push(starredOrNamed(cursor));
  closeList(cursor, ')', 'elements');
  return { kind: 'tuple', elements, span: cursor.spanFrom(span.start) };
}

const STRING_HINT = 'only raise and assert take a string, as their message';

/** Adjacent strings are one. */
function string(cursor: Cursor): StringLiteral {
  const start = cursor.token.span.start;
  let value = '';
  let plain = true;
  while (cursor.atKind('string')) {
    const part = stringToken(cursor, cursor.take());
    plain &&= part !== undefined;
    value += part ?? '';
  }
  const span = cursor.spanFrom(start);
  if (plain && !cursor.stringsAllowed) {
    cursor.reportUnsupported('strings are not supported as values', span, STRING_HINT);
  }
  return { kind: 'string', value, span };
}

/** The text of one string token; undefined, and reported, where it has none. */
export function stringToken(cursor: Cursor, { text, span }: Token): string | undefined {
  const decoded = decodeString(text);
  switch (decoded.kind) {
    case 'text':
      return decoded.value;
    case 'bytes':
      cursor.reportUnsupported(
        'bytes are not supported',
        span,
        'use numbers, or take a uint8 array as a parameter',
      );
      return undefined;
    case 'format':
      cursor.reportUnsupported(
        'f-strings are not supported',
        span,
        cursor.stringsAllowed ? 'write the message as plain text' : STRING_HINT,
      );
      return undefined;
    case 'bad-escape': {
      const start = span.start + decoded.at;
      const hint = `write the character itself, or '\\\\' for a backslash`;
      cursor.report(
        syntaxError('the escape sequence cannot be read', { start, end: start + decoded.length }, hint),
      );
      return undefined;
    }
  }
}
