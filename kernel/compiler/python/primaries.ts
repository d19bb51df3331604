import type { Call, Expression, FloatLiteral } from '../core.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { atom } from './atoms.ts';
import { type Cursor, isAt } from './cursor.ts';
import { comprehensionClauses } from './displays.ts';
import { beginsExpression, expression, namedExpression, starredOrNamed } from './expressions.ts';
import { describeToken } from './token.ts';

/** An atom with its calls, subscripts and attributes. */
export function primary(cursor: Cursor): Expression {
  const start = cursor.token.span.start;
  let object = atom(cursor);
  for (;;) {
    if (cursor.at('(')) {
      cursor.countOperator();
      object = call(cursor, object, start);
    } else if (cursor.at('[')) {
      cursor.countOperator();
      object = subscript(cursor, object, start);
    } else if (cursor.accept('.') !== undefined) {
      cursor.countOperator();
      const name = cursor.takeName('an attribute');
      object = {
        kind: 'attribute',
        object,
        name: name.text,
        nameSpan: name.span,
        span: cursor.spanFrom(start),
      };
    } else {
      return object;
    }
  }
}

function call(cursor: Cursor, callee: Expression, start: number): Expression {
  const special = specialFloat(cursor, callee, start);
  if (special !== undefined) return special;
  const args: Expression[] = [];
  const keywords: Call['keywords'][number][] = [];
  cursor.take();
  while (!cursor.at(')')) {
    argument(cursor, args, keywords);
    if (cursor.accept(',') === undefined) break;
  }
  closeList(cursor, ')', 'arguments');
  return { kind: 'call', callee, args, keywords, span: cursor.spanFrom(start) };
}

/** `float('inf')`, `float("-nan")`: numbers that have no literal. */
function specialFloat(cursor: Cursor, callee: Expression, start: number): FloatLiteral | undefined {
  if (callee.kind !== 'name' || callee.name !== 'float' || !isAt(cursor.peek(2), ')')) return undefined;
  const [, sign, word] = /^['"]([+-]?)(inf|infinity|nan)['"]$/i.exec(cursor.peek(1).text) ?? [];
  if (word === undefined) return undefined;
  for (let count = 0; count < 3; count++) cursor.take();
  const value = word.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return { kind: 'float', value: sign === '-' ? -value : value, span: cursor.spanFrom(start) };
}

function argument(cursor: Cursor, args: Expression[], keywords: Call['keywords'][number][]): void {
  const { span } = cursor.token;
  if (cursor.accept('**') !== undefined) {
    expression(cursor);
    const whole = cursor.spanFrom(span.start);
    cursor.reportUnsupported(`'**' arguments are not supported`, whole, 'write each argument as name=value');
  } else if (cursor.atKind('name') && isAt(cursor.peek(1), '=')) {
    keywordArgument(cursor, keywords);
  } else {
    const value = starredOrNamed(cursor);
    if (comprehensionClauses(cursor)) {
      const whole = cursor.spanFrom(span.start);
      cursor.reportUnsupported('generator expressions are not supported', whole, 'write a for loop');
    }
    if (cursor.at('=')) {
      cursor.fail(
        'only a name can stand before the = of a keyword argument',
        `write '==' to compare`,
        value.span,
      );
    }
    if (keywords.length > 0) {
      const hint = 'move it before the keyword arguments';
      cursor.report(syntaxError('a positional argument follows a keyword argument', value.span, hint));
    }
    args.push(value);
  }
}

function keywordArgument(cursor: Cursor, keywords: Call['keywords'][number][]): void {
  const name = cursor.take();
  cursor.take();
  const value = expression(cursor);
  if (keywords.some((other) => other.name === name.text)) {
    cursor.report(syntaxError(`the keyword argument '${name.text}' is repeated`, name.span, 'give it once'));
  }
  keywords.push({ name: name.text, value, span: cursor.spanFrom(name.span.start) });
}

/** Takes the closing bracket, or tells a forgotten comma from other trouble. */
export function closeList(cursor: Cursor, close: string, what: string): void {
  if (cursor.accept(close) !== undefined) return;
  const found = describeToken(cursor.token);
  const message = `expected ',' or '${close}' between the ${what}, found ${found}`;
  cursor.fail(message, beginsExpression(cursor.token) ? 'a comma may be missing before it' : undefined);
}

function subscript(cursor: Cursor, object: Expression, start: number): Expression {
  const open = cursor.take();
  if (cursor.at(']')) cursor.fail('expected an index between the brackets, found nothing');
  const indices: Expression[] = [];
  while (!cursor.at(']')) {
    indices.push(sliceOrIndex(cursor));
    if (cursor.accept(',') === undefined) break;
  }
  closeList(cursor, ']', 'indices');
  const [only] = indices;
  const flat = indices.length === 1 && only?.kind === 'tuple' && only.span.start > open.span.start;
  return { kind: 'index', object, indices: flat ? only.elements : indices, span: cursor.spanFrom(start) };
}

function sliceOrIndex(cursor: Cursor): Expression {
  const from = cursor.token.span.start;
  const start = cursor.at(':') ? undefined : namedExpression(cursor);
  if (start !== undefined && !cursor.at(':')) return start;
  const [stop, step] = [sliceEnd(cursor), sliceEnd(cursor)];
  return {
    kind: 'slice',
    ...(start === undefined ? {} : { start }),
    ...(stop === undefined ? {} : { stop }),
    ...(step === undefined ? {} : { step }),
    span: cursor.spanFrom(from),
  };
}

function sliceEnd(cursor: Cursor): Expression | undefined {
  if (cursor.accept(':') === undefined) return undefined;
  return cursor.at(':') || cursor.at(']') || cursor.at(',') ? undefined : expression(cursor);
}
