import type { FunctionDefinition, Parameter, TypeAnnotation } from '../core.ts';
import type { Span } from '../diagnostic.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { annotation, functionTypeComment } from './annotations.ts';
import { suite } from './blocks.ts';
import type { Cursor } from './cursor.ts';
import type { DeclaredSignatures } from './decorators.ts';
import { expression } from './expressions.ts';
import { closeList } from './primaries.ts';
import { cleanDocstring, decodeString } from './string.ts';

/** A function at the top level, from its `def`. */
export function functionDefinition(
  cursor: Cursor,
  declaredSignatures: DeclaredSignatures,
): FunctionDefinition {
  const opener = cursor.take();
  const name = cursor.takeName('the name of a function');
  skipTypeParameters(cursor);
  const parameters = parameterList(cursor);
  const returnAnnotation = cursor.accept('->') === undefined ? undefined : annotation(cursor);
  const documentation = docstring(cursor);
  const comment = cursor.typeComments.get(cursor.peek(1).span.end);
  cursor.loopDepth = 0;
  const body = suite(cursor, opener);
  const head = comment === undefined ? { parameters } : commented(cursor, parameters, comment);
  const result = returnAnnotation ?? head.returnAnnotation;
  return {
    name: name.text,
    nameSpan: name.span,
    parameters: head.parameters,
    ...(result === undefined ? {} : { returnAnnotation: result }),
    ...(documentation === undefined ? {} : { documentation }),
    body,
    declaredSignatures,
    span: { start: opener.span.start, end: cursor.lastStatementEnd },
  };
}

function skipTypeParameters(cursor: Cursor): void {
  if (!cursor.at('[')) return;
  const { start } = cursor.token.span;
  while (!cursor.at(']')) {
    if (cursor.atKind('newline') || cursor.atKind('error'))
      cursor.fail(`expected ']' behind the type parameters`);
    cursor.take();
  }
  cursor.take();
  const hint = 'remove them: one function compiles for many signatures';
  cursor.reportUnsupported('type parameters are not supported', cursor.spanFrom(start), hint);
}

function parameterList(cursor: Cursor): Parameter[] {
  cursor.expect('(', `after the function's name`);
  const parameters: Parameter[] = [];
  while (!cursor.at(')')) {
    const found = parameter(cursor);
    if (found !== undefined) addParameter(cursor, parameters, found);
    if (cursor.accept(',') === undefined) break;
  }
  closeList(cursor, ')', 'parameters');
  return parameters;
}

function addParameter(cursor: Cursor, parameters: Parameter[], added: Parameter): void {
  const { name, span } = added;
  if (parameters.some((other) => other.name === name)) {
    cursor.report(syntaxError(`the parameter '${name}' is there twice`, span, 'rename one of them'));
  }
  if (added.defaultValue === undefined && parameters.at(-1)?.defaultValue !== undefined) {
    const hint = `give '${name}' a default, or move it to the front`;
    cursor.report(
      syntaxError(`the parameter '${name}' without a default follows one with a default`, span, hint),
    );
  }
  parameters.push(added);
}

function parameter(cursor: Cursor): Parameter | undefined {
  const { span, text } = cursor.token;
  if (cursor.at('*') || cursor.at('**') || cursor.at('/')) {
    cursor.take();
    const variadic = cursor.atKind('name');
    if (variadic) typedName(cursor);
    const hint = variadic ? 'write one parameter for each argument' : 'remove it';
    const what = variadic ? `'${text}' parameters are` : `'${text}' between parameters is`;
    cursor.reportUnsupported(`${what} not supported`, cursor.spanFrom(span.start), hint);
    return undefined;
  }
  if (cursor.at('(')) cursor.fail('a parameter is a name', 'unpack the tuple in the body');
  const head = typedName(cursor);
  if (cursor.accept('=') === undefined) return { ...head, span: cursor.spanFrom(span.start) };
  const defaultValue = expression(cursor);
  return { ...head, defaultValue, span: cursor.spanFrom(span.start) };
}

function typedName(cursor: Cursor): { readonly name: string; readonly annotation?: TypeAnnotation } {
  const name = cursor.takeName('the name of a parameter').text;
  return cursor.accept(':') === undefined ? { name } : { name, annotation: annotation(cursor) };
}

/** The string that begins the body, seen from the colon before it. */
function docstring(cursor: Cursor): string | undefined {
  let distance = cursor.peek(1).kind === 'newline' && cursor.peek(2).kind === 'indent' ? 3 : 1;
  let text = '';
  for (; cursor.peek(distance).kind === 'string'; distance += 1) {
    const decoded = decodeString(cursor.peek(distance).text);
    if (decoded.kind !== 'text') return undefined;
    text += decoded.value;
  }
  const next = cursor.peek(distance);
  const endsStatement = next.kind === 'newline' || next.kind === 'end' || next.text === ';';
  return text === '' || !endsStatement ? undefined : cleanDocstring(text);
}

interface CommentedHead {
  readonly parameters: readonly Parameter[];
  readonly returnAnnotation?: TypeAnnotation;
}

/** The parameters with the types of a `# type: (…) -> …` comment; what is annotated in the code stays. */
function commented(cursor: Cursor, parameters: readonly Parameter[], comment: Span): CommentedHead {
  const types = functionTypeComment(cursor.source, comment);
  if (types === undefined) return { parameters };
  const returnAnnotation = types.result;
  if (types.parameters.length === 1 && types.parameters[0]?.text === '...')
    return { parameters, returnAnnotation };
  if (types.parameters.length !== parameters.length) {
    const message = `the type comment has ${types.parameters.length} parameters, the function ${parameters.length}`;
    cursor.report(syntaxError(message, comment, 'give one type for each parameter'));
    return { parameters };
  }
  const typed = parameters.map((each, index) => {
    const type = types.parameters[index];
    return type === undefined || each.annotation !== undefined ? each : { ...each, annotation: type };
  });
  return { parameters: typed, returnAnnotation };
}
