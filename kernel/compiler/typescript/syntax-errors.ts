import type { Diagnostic, Span } from '../diagnostic.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { closerOf, unclosedBracket } from './unclosed-bracket.ts';

/** What Babel throws, or keeps in its result where it could go on. */
export interface BabelError extends SyntaxError {
  readonly pos: number;
  readonly reasonCode: string;
}

interface Wording {
  readonly message: string;
  readonly hint?: string;
}

/** Babel's error in our words, at the token it stumbled over. Offsets are those of the text that was parsed. */
export function toDiagnostic(error: BabelError, source: string): Diagnostic {
  const span = tokenAt(source, error.pos);
  const token = source.slice(span.start, span.end);
  const bracket = error.reasonCode === 'UnexpectedToken' ? bracketProblem(source, span) : undefined;
  if (bracket !== undefined) return bracket;
  const { message, hint } = wording(error, token === '' ? 'the end of the cell' : `'${token}'`, source);
  return syntaxError(
    message,
    error.reasonCode === 'UnterminatedString' ? lineRest(source, span) : span,
    hint,
  );
}

/** A bracket that the token before the error leaves open, or closes though it isn't open. */
function bracketProblem(source: string, span: Span): Diagnostic | undefined {
  const token = source.slice(span.start, span.end);
  const isCloser = /^[)\]}]$/.test(token);
  if (token !== '' && !isCloser) return undefined;
  const opener = unclosedBracket(source.slice(0, span.start));
  if (opener === undefined) {
    return isCloser
      ? syntaxError(`this '${token}' closes nothing`, span, 'remove it or open it before')
      : undefined;
  }
  const closer = closerOf(source, opener);
  if (closer === token) return undefined;
  const message = `this '${source.charAt(opener)}' is never closed`;
  return syntaxError(message, { start: opener, end: opener + 1 }, `add the missing '${closer}'`);
}

function wording(error: BabelError, found: string, source: string): Wording {
  const quoted = /['`](.+?)['`]/.exec(error.message)?.[1] ?? '';
  switch (error.reasonCode) {
    case 'UnexpectedToken':
      return unexpected(error, found, source);
    case 'MissingSemicolon':
      return {
        message: `expected the end of the statement, found ${found}`,
        ...foreignHint(source.slice(error.pos)),
      };
    case 'UnterminatedString':
      return { message: 'the string is never closed', hint: `end it with ${found.charAt(1)}` };
    case 'UnterminatedTemplate':
      return { message: 'the template string is never closed', hint: 'end it with `' };
    case 'UnterminatedComment':
      return { message: 'the comment is never closed', hint: `end it with '*/'` };
    case 'VarRedeclaration':
      return { message: `'${quoted}' is declared twice`, hint: 'rename one of them' };
    case 'ParamDupe':
      return { message: `the parameter ${found} is there twice`, hint: 'rename one of them' };
    case 'DeclarationMissingInitializer':
      return { message: `a 'const' needs a value`, hint: `write 'let', or give it a value` };
    case 'IllegalReturn':
      return { message: `'return' is outside of any function`, hint: 'move it into a function' };
    case 'IllegalBreakContinue':
      return {
        message: `${found} belongs to no loop or label around it`,
        hint: 'move it into a loop or remove it',
      };
    case 'InvalidLhs':
      return { message: 'this cannot be assigned to', hint: `write '===' to compare, or assign to a name` };
    case 'NumberIdentifier':
      return {
        message: 'a name follows a number directly',
        hint: 'write an operator or a space between them',
      };
    case 'UnexpectedKeyword':
    case 'UnexpectedReservedWord':
      return { message: `the keyword '${quoted}' cannot be a name`, hint: 'choose another name' };
    case 'MixingCoalesceWithLogical':
      return { message: `'??' cannot stand beside '&&' or '||'`, hint: 'put parentheses around one of them' };
    case 'StrictOctalLiteral':
      return { message: 'a decimal integer cannot begin with 0', hint: `write 0o… for octal` };
    default:
      return { message: plainMessage(error) };
  }
}

function unexpected(error: BabelError, found: string, source: string): Wording {
  const expected = /expected "(.+)"/.exec(error.message)?.[1];
  if (expected !== undefined) {
    const message = `expected '${expected}', found ${found}`;
    return expected === ','
      ? { message, hint: 'a comma or a closing bracket may be missing before it' }
      : { message };
  }
  const operator = /(?:[-+*/%&|^<>=!~?:,([]|\breturn)\s*$/.exec(source.slice(0, error.pos))?.[0].trim();
  if (operator === undefined) return { message: `${found} cannot stand here` };
  return { message: `expected an expression after '${operator}', found ${found}` };
}

/** Python's words for TypeScript's operators. */
function foreignHint(rest: string): { hint?: string } {
  const word = /^(?:and|or|not|elif)\b/.exec(rest)?.[0];
  const plain = { and: '&&', or: '||', not: '!', elif: 'else if' }[word ?? ''];
  return plain === undefined ? {} : { hint: `write '${plain}'` };
}

/** Babel's own sentence without its position. */
function plainMessage({ message }: BabelError): string {
  const sentence = message.replace(/ \(\d+:\d+\)$/, '').replace(/\.$/, '');
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

const TOKEN = /[\p{ID_Continue}$]+|[^\s]/uy;

function tokenAt(source: string, start: number): Span {
  TOKEN.lastIndex = start;
  return { start, end: start + (TOKEN.exec(source)?.[0].length ?? 0) };
}

function lineRest(source: string, { start }: Span): Span {
  return { start, end: start + source.slice(start).search(/[\r\n]|$/) };
}
