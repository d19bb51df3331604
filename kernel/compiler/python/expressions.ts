import type { BinaryOperator, Compare, CompareOperator, Expression } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import type { Cursor } from './cursor.ts';
import { primary } from './primaries.ts';
import { describeToken, type Token } from './token.ts';

/** Binding strength of the left-associative operators; comparisons, `not`, `and` and `or` bind weaker. */
const BINARY_PRECEDENCE: Readonly<Record<string, number>> = {
  '|': 1,
  '^': 2,
  '&': 3,
  '<<': 4,
  '>>': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
  '@': 6,
};

/** The operator of a token that names a binary operator, augmented or not. */
export function binaryOperator(text: string): BinaryOperator | undefined {
  switch (text) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '//':
    case '%':
    case '**':
    case '<<':
    case '>>':
    case '&':
    case '|':
    case '^':
    case '@':
      return text;
    default:
      return undefined;
  }
}

/** `a, b` without parentheses, or one expression: what may follow `return`, `=` and `in`. No bare `:=`. */
export function expressionList(cursor: Cursor): Expression {
  return list(cursor, () => expression(cursor));
}

/** What stands between `for` and `in`: expressions that bind stronger than the `in`. */
export function targetList(cursor: Cursor): Expression {
  return list(cursor, () => binary(cursor, 1));
}

function list(cursor: Cursor, parse: () => Expression): Expression {
  const start = cursor.token.span.start;
  const first = starredOr(cursor, parse);
  if (!cursor.at(',')) return first;
  const elements = [first];
  while (cursor.accept(',') !== undefined && beginsExpression(cursor.token)) {
    elements.push(starredOr(cursor, parse));
  }
  return { kind: 'tuple', elements, span: cursor.spanFrom(start) };
}

/** An element of a list of expressions. */
export function starredOrNamed(cursor: Cursor): Expression {
  return starredOr(cursor, () => namedExpression(cursor));
}

function starredOr(cursor: Cursor, parse: () => Expression): Expression {
  if (!cursor.at('*')) return parse();
  const star = cursor.take();
  const operand = binary(cursor, 1);
  cursor.reportUnsupported(
    `unpacking with '*' is not supported`,
    { start: star.span.start, end: operand.span.end },
    'name each element',
  );
  return operand;
}

/** An expression that may be `name := value`. */
export function namedExpression(cursor: Cursor): Expression {
  const start = cursor.token.span.start;
  const target = expression(cursor);
  if (!cursor.at(':=')) return target;
  if (target.kind !== 'name') {
    return cursor.fail(`only a name can stand before ':='`, 'assign in a statement of its own', target.span);
  }
  cursor.take();
  const value = expression(cursor);
  return { kind: 'assign-expression', target, value, yields: 'after', span: cursor.spanFrom(start) };
}

/** `b if a else c`, a lambda, or anything that binds stronger. */
export function expression(cursor: Cursor): Expression {
  return cursor.deeper(() => {
    if (cursor.at('lambda')) return lambda(cursor);
    const start = cursor.token.span.start;
    const whenTrue = disjunction(cursor);
    if (cursor.accept('if') === undefined) return whenTrue;
    const test = disjunction(cursor);
    if (!cursor.at('else')) {
      return cursor.fail(
        `expected 'else' in the conditional expression, found ${describeToken(cursor.token)}`,
        `write 'b if a else c'`,
      );
    }
    cursor.take();
    const whenFalse = expression(cursor);
    return { kind: 'conditional', test, whenTrue, whenFalse, span: cursor.spanFrom(start) };
  });
}

function lambda(cursor: Cursor): Expression {
  const { span } = cursor.take();
  while (!cursor.at(':')) {
    const { kind } = cursor.token;
    if (kind === 'newline' || kind === 'end' || kind === 'error')
      cursor.expect(':', 'after the parameters of lambda', 'define a function of its own with def');
    cursor.take();
  }
  cursor.take();
  cursor.quietly(() => expression(cursor));
  const whole = cursor.spanFrom(span.start);
  cursor.reportUnsupported('lambda is not supported', whole, 'define a function of its own with def');
  return { kind: 'none', span: whole };
}

export function disjunction(cursor: Cursor): Expression {
  return logical(cursor, 'or', () => logical(cursor, 'and', () => inversion(cursor)));
}

function logical(cursor: Cursor, operator: 'and' | 'or', operand: () => Expression): Expression {
  const start = cursor.token.span.start;
  let left = operand();
  while (cursor.accept(operator) !== undefined) {
    cursor.countOperator();
    const right = operand();
    left = { kind: 'logical', operator, left, right, span: cursor.spanFrom(start) };
  }
  return left;
}

function inversion(cursor: Cursor): Expression {
  if (!cursor.at('not')) return comparison(cursor);
  const { span } = cursor.take();
  const operand = cursor.deeper(() => inversion(cursor));
  return { kind: 'unary', operator: 'not', operand, span: cursor.spanFrom(span.start) };
}

function comparison(cursor: Cursor): Expression {
  const start = cursor.token.span.start;
  const first = binary(cursor, 1);
  const rest: Compare['rest'][number][] = [];
  for (;;) {
    const link = compareOperator(cursor);
    if (link === undefined) break;
    cursor.countOperator();
    const operand = binary(cursor, 1);
    if (link.is) reportIs(cursor, link.operatorSpan, link.operator, operand);
    rest.push({ operator: link.operator, operatorSpan: link.operatorSpan, operand });
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest, span: cursor.spanFrom(start) };
}

interface CompareLink {
  readonly operator: CompareOperator;
  readonly operatorSpan: Span;
  readonly is: boolean;
}

function compareOperator(cursor: Cursor): CompareLink | undefined {
  const { text, span, kind } = cursor.token;
  if (kind !== 'operator' && kind !== 'keyword') return undefined;
  switch (text) {
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
    case 'in':
      cursor.take();
      return { operator: text, operatorSpan: span, is: false };
    case 'not': {
      if (cursor.peek(1).text !== 'in') return undefined;
      cursor.take();
      cursor.take();
      return { operator: 'not in', operatorSpan: cursor.spanFrom(span.start), is: false };
    }
    case 'is': {
      cursor.take();
      const operator = cursor.accept('not') === undefined ? '==' : '!=';
      return { operator, operatorSpan: cursor.spanFrom(span.start), is: true };
    }
    default:
      return undefined;
  }
}

function reportIs(cursor: Cursor, span: Span, operator: CompareOperator, operand: Expression): void {
  const word = operator === '==' ? 'is' : 'is not';
  if (operand.kind === 'none') {
    const hint = 'a value is never None here: remove the test, or use a default argument';
    cursor.reportUnsupported(`'${word} None' is not supported`, { ...span, end: operand.span.end }, hint);
  } else {
    cursor.reportUnsupported(
      `'${word}' is not supported: values have no identity`,
      span,
      `write '${operator}'`,
    );
  }
}

/** Operators at least as strong as `minimum`, by precedence climbing. */
export function binary(cursor: Cursor, minimum: number): Expression {
  const start = cursor.token.span.start;
  let left = unary(cursor);
  for (;;) {
    const token = cursor.token;
    const precedence = token.kind === 'operator' ? BINARY_PRECEDENCE[token.text] : undefined;
    const operator = binaryOperator(token.text);
    if (precedence === undefined || operator === undefined || precedence < minimum) return left;
    cursor.take();
    cursor.countOperator();
    const right = binary(cursor, precedence + 1);
    const span = cursor.spanFrom(start);
    left = { kind: 'binary', operator, operatorSpan: token.span, left, right, span };
  }
}

function unary(cursor: Cursor): Expression {
  const { text, kind, span } = cursor.token;
  if (kind === 'operator' && (text === '-' || text === '+' || text === '~')) {
    cursor.take();
    rejectIncrement(cursor, text, span);
    const operand = cursor.deeper(() => unary(cursor));
    return { kind: 'unary', operator: text, operand, span: cursor.spanFrom(span.start) };
  }
  return power(cursor);
}

/** `x++` reads as `x + (+ …nothing)`: say so, instead of wanting an operand. */
function rejectIncrement(cursor: Cursor, sign: string, span: Span): void {
  const before = cursor.peek(-2);
  const { kind } = cursor.token;
  const endsHere = kind === 'newline' || kind === 'end' || cursor.at(')') || cursor.at(';');
  if (!endsHere || before.text !== sign || before.span.end !== span.start) return;
  const both = { start: before.span.start, end: span.end };
  cursor.fail(`'${sign}${sign}' is no operator of Python`, `write '${sign}= 1'`, both);
}

function power(cursor: Cursor): Expression {
  const start = cursor.token.span.start;
  const left = awaited(cursor);
  if (!cursor.at('**')) return left;
  const operatorSpan = cursor.take().span;
  cursor.countOperator();
  const right = cursor.deeper(() => unary(cursor));
  return { kind: 'binary', operator: '**', operatorSpan, left, right, span: cursor.spanFrom(start) };
}

function awaited(cursor: Cursor): Expression {
  if (!cursor.at('await')) return primary(cursor);
  const { span } = cursor.take();
  const operand = primary(cursor);
  const hint = 'compiled functions run to their end: call the function without await';
  cursor.reportUnsupported('await is not supported', { start: span.start, end: operand.span.end }, hint);
  return operand;
}

const EXPRESSION_KEYWORDS: ReadonlySet<string> = new Set('True False None not lambda await'.split(' '));
const EXPRESSION_OPERATORS: ReadonlySet<string> = new Set(['(', '[', '{', '-', '+', '~', '*', '...']);

/** Whether an expression can begin with this token; also at an `error`, so that parsing it ends the statement. */
export function beginsExpression(token: Token): boolean {
  switch (token.kind) {
    case 'name':
    case 'number':
    case 'string':
    case 'error':
      return true;
    case 'keyword':
      return EXPRESSION_KEYWORDS.has(token.text);
    case 'operator':
      return EXPRESSION_OPERATORS.has(token.text);
    default:
      return false;
  }
}
