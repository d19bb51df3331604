import type { Expression } from '../core.ts';
import type { Cursor } from './cursor.ts';
import { disjunction, expression, starredOrNamed, targetList } from './expressions.ts';
import { closeList } from './primaries.ts';

/** Reads the `for … in … if …` clauses behind an element, if there are some. Reports nothing. */
export function comprehensionClauses(cursor: Cursor): boolean {
  if (!cursor.at('for') && !cursor.at('async')) return false;
  cursor.quietly(() => {
    while (cursor.at('for') || cursor.at('async')) {
      cursor.accept('async');
      cursor.expect('for', `after 'async'`);
      targetList(cursor);
      cursor.expect('in', 'in the comprehension');
      disjunction(cursor);
      while (cursor.accept('if') !== undefined) disjunction(cursor);
    }
  });
  return true;
}

const LOOP_HINT = 'write a for loop';

/** `[a, b]` and `[f(x) for x in y]`; before a `=` it is a tuple of targets. */
export function listDisplay(cursor: Cursor): Expression {
  const { span } = cursor.take();
  const elements: Expression[] = [];
  let comprehension = false;
  cursor.quietly(() => {
    while (!cursor.at(']')) {
      elements.push(starredOrNamed(cursor));
      if (comprehensionClauses(cursor)) comprehension = true;
      if (cursor.accept(',') === undefined) break;
    }
    closeList(cursor, ']', 'elements');
  });
  const whole = cursor.spanFrom(span.start);
  if (cursor.at('=') && !comprehension) return { kind: 'tuple', elements, span: whole };
  if (comprehension) cursor.reportUnsupported('list comprehensions are not supported', whole, LOOP_HINT);
  else
    cursor.reportUnsupported(
      'lists are not supported',
      whole,
      'write a tuple, or take an array as a parameter',
    );
  return { kind: 'tuple', elements, span: whole };
}

/** `{k: v}`, `{a, b}` and their comprehensions. */
export function braceDisplay(cursor: Cursor): Expression {
  const { span } = cursor.take();
  let what = cursor.at('}') ? 'dict' : 'set';
  cursor.quietly(() => {
    while (!cursor.at('}')) {
      if (cursor.accept('**') !== undefined) what = 'dict';
      starredOrNamed(cursor);
      if (cursor.accept(':') !== undefined) {
        what = 'dict';
        expression(cursor);
      }
      if (comprehensionClauses(cursor)) what = `${what} comprehension`;
      if (cursor.accept(',') === undefined) break;
    }
    closeList(cursor, '}', 'elements');
  });
  const whole = cursor.spanFrom(span.start);
  const hint = what.endsWith('comprehension')
    ? LOOP_HINT
    : 'use separate variables, or take an array as a parameter';
  cursor.reportUnsupported(`${what}s are not supported`, whole, hint);
  return { kind: 'none', span: whole };
}
