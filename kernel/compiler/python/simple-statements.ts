import type { Assign, Expression, Statement, Target, TypeAnnotation } from '../core.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { annotation } from './annotations.ts';
import { yieldExpression } from './atoms.ts';
import type { Cursor } from './cursor.ts';
import { assertStatement, raiseStatement } from './exceptions.ts';
import { beginsExpression, binaryOperator, expressionList } from './expressions.ts';
import { importStatement } from './imports.ts';
import { toSingleTarget, toTarget } from './targets.ts';
import { describeToken, type Token } from './token.ts';
import { unsupportedSimple } from './unsupported-statements.ts';

/** Statements between semicolons, up to and with the end of the line. */
export function simpleLine(cursor: Cursor): Statement[] {
  const statements: Statement[] = [];
  do {
    if (cursor.atKind('newline')) break;
    const first = cursor.token;
    statements.push(...simpleStatement(cursor));
    if (!cursor.at(';') && !atLineEnd(cursor)) endExpected(cursor, first);
  } while (cursor.accept(';') !== undefined);
  const newline = cursor.take();
  const comment = cursor.typeComments.get(newline.span.end);
  const [only] = statements;
  if (comment === undefined || statements.length !== 1 || only?.kind !== 'assign') return statements;
  return [withTypeComment(only, { text: cursor.source.slice(comment.start, comment.end), span: comment })];
}

function withTypeComment(assign: Assign, comment: TypeAnnotation): Assign {
  const isPlain = assign.annotation === undefined && assign.targets.length === 1;
  return isPlain && assign.targets[0]?.kind === 'name' ? { ...assign, annotation: comment } : assign;
}

function atLineEnd(cursor: Cursor): boolean {
  return cursor.atKind('newline') || cursor.atKind('end');
}

const FOREIGN_WORDS: Readonly<Record<string, string>> = {
  let: `write 'name = value', without 'let'`,
  const: `write 'name = value', without 'const'`,
  var: `write 'name = value', without 'var'`,
  function: `write 'def name(parameters):'`,
  func: `write 'def name(parameters):'`,
  fn: `write 'def name(parameters):'`,
  print: `write 'print(value)', outside the compiled functions`,
  throw: `write 'raise ValueError("message")'`,
  elsif: `write 'elif'`,
  elseif: `write 'elif'`,
  switch: `write 'if' and 'elif'`,
  do: `write 'while True:' with a 'break'`,
};

function endExpected(cursor: Cursor, first: Token): never {
  const message = `expected the end of the statement, found ${describeToken(cursor.token)}`;
  const foreign = first.kind === 'name' ? FOREIGN_WORDS[first.text] : undefined;
  if (foreign !== undefined && cursor.peek(-1) === first) return cursor.fail(message, foreign);
  if (cursor.at('{')) return cursor.fail(message, `blocks begin with ':' and are indented`);
  if (cursor.at(':=')) return cursor.fail(`':=' needs parentheses here`, `write '='`);
  const hint = beginsExpression(cursor.token) ? 'an operator or a comma may be missing before it' : undefined;
  return cursor.fail(message, hint);
}

/** Empty for what leaves no trace in the core tree: `pass`, a lone string, an import. */
function simpleStatement(cursor: Cursor): Statement[] {
  const { kind, text, span } = cursor.token;
  if (isStub(cursor) || (kind === 'string' && isLoneString(cursor))) return [];
  if (kind === 'keyword') {
    switch (text) {
      case 'pass':
        cursor.take();
        return [];
      case 'break':
      case 'continue':
        cursor.take();
        if (cursor.loopDepth === 0) {
          cursor.report(
            syntaxError(`'${text}' is outside of any loop`, span, 'move it into a loop or remove it'),
          );
        }
        return [{ kind: text, span }];
      case 'return':
        return [returnStatement(cursor)];
      case 'raise':
        return raiseStatement(cursor);
      case 'assert':
        return assertStatement(cursor);
      case 'import':
      case 'from':
        importStatement(cursor);
        return [];
    }
  }
  return unsupportedSimple(cursor) ? [] : expressionOrAssignment(cursor);
}

/** A lone `...` is a `pass`. */
function isStub(cursor: Cursor): boolean {
  if (!cursor.at('...') || !endsStatement(cursor.peek(1))) return false;
  cursor.take();
  return true;
}

function endsStatement({ kind, text }: Token): boolean {
  return kind === 'newline' || kind === 'end' || (kind === 'operator' && text === ';');
}

/** A docstring, or a string used as a comment. */
function isLoneString(cursor: Cursor): boolean {
  let distance = 1;
  while (cursor.peek(distance).kind === 'string') distance += 1;
  if (!endsStatement(cursor.peek(distance))) return false;
  for (; distance > 0; distance -= 1) cursor.take();
  return true;
}

function returnStatement(cursor: Cursor): Statement {
  const { span } = cursor.take();
  if (atLineEnd(cursor) || cursor.at(';')) return { kind: 'return', span };
  const value = expressionList(cursor);
  return { kind: 'return', value, span: cursor.spanFrom(span.start) };
}

function expressionOrAssignment(cursor: Cursor): Statement[] {
  const first = cursor.token;
  const { start } = first.span;
  rejectForeignStart(cursor);
  const left = cursor.at('yield') ? yieldExpression(cursor) : expressionList(cursor);
  if (cursor.at('=')) return [assignment(cursor, left, start)];
  if (cursor.at(':')) return [annotated(cursor, left, start)];
  const token = cursor.token;
  const operator = token.text.endsWith('=') ? binaryOperator(token.text.slice(0, -1)) : undefined;
  if (token.kind === 'operator' && operator !== undefined) {
    const target = toSingleTarget(cursor, left, `'${token.text}'`);
    cursor.take();
    const value = expressionList(cursor);
    const span = cursor.spanFrom(start);
    return [{ kind: 'augmented-assign', target, operator, operatorSpan: token.span, value, span }];
  }
  return [{ kind: 'expression-statement', expression: left, span: cursor.spanFrom(start) }];
}

function rejectForeignStart(cursor: Cursor): void {
  if (cursor.at('//')) cursor.fail(`a statement cannot begin with '//'`, `comments begin with '#'`);
  if (cursor.at('}'))
    cursor.fail(`a statement cannot begin with '}'`, 'blocks end where the indentation ends');
}

function assignment(cursor: Cursor, first: Expression, start: number): Statement {
  const targets: Target[] = [];
  let value = first;
  while (cursor.at('=')) {
    targets.push(toTarget(cursor, value));
    cursor.take();
    value = cursor.at('yield') ? yieldExpression(cursor) : expressionList(cursor);
  }
  return { kind: 'assign', targets, value, declares: false, constant: false, span: cursor.spanFrom(start) };
}

function annotated(cursor: Cursor, left: Expression, start: number): Statement {
  const target = toSingleTarget(cursor, left, 'an annotation');
  if (target.kind !== 'name') {
    cursor.reportUnsupported(
      'an annotation of an element is not supported',
      target.span,
      'annotate names only',
    );
  }
  cursor.take();
  const type = annotation(cursor);
  const head = {
    kind: 'assign',
    targets: [target],
    annotation: type,
    declares: false,
    constant: false,
  } as const;
  if (cursor.accept('=') === undefined) return { ...head, span: cursor.spanFrom(start) };
  const value = expressionList(cursor);
  return { ...head, value, span: cursor.spanFrom(start) };
}
