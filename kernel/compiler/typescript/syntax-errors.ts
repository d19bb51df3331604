import type { Diagnostic, Span } from '../diagnostic.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { invalidCharacter, numberSuffixHint } from '../source-hints.ts';
import { closerOf, openBrackets } from './unclosed-bracket.ts';

/** What Babel throws, or keeps in its result where it could go on. */
export interface BabelError extends SyntaxError {
  readonly pos: number;
  readonly reasonCode: string;
  readonly loc: { readonly line: number };
}

/** Babel's error in our words, at the token it stumbled over. Offsets are those of the text that was parsed. */
export function toDiagnostic(error: BabelError, source: string): Diagnostic {
  const span = tokenAt(source, error.pos);
  switch (error.reasonCode) {
    case 'UnexpectedToken':
    case 'ParseExpressionExpectsEOF':
      return unclosed(source, span) ?? unexpected(error, source, span);
    case 'NumberIdentifier':
    case 'UnexpectedNumericSeparator':
      return malformedNumber(source, error.pos);
    case 'InvalidOrUnexpectedToken': {
      const { message, length, hint } = invalidCharacter(source, error.pos);
      return syntaxError(message, { start: error.pos, end: error.pos + length }, hint);
    }
    case 'UnterminatedString': {
      const end = error.pos + source.slice(error.pos).search(/[\r\n]|$/);
      const hint = `end it with ${source.charAt(error.pos)}`;
      return syntaxError('the string is never closed', { start: error.pos, end }, hint);
    }
    case 'UnterminatedTemplate': {
      const start = source.charAt(error.pos) === '`' ? error.pos : Math.max(0, error.pos - 1);
      return syntaxError('the template string is never closed', { start, end: start + 1 }, 'end it with `');
    }
    default: {
      const [message, hint] = wording(error, quote(source, span), source, span.start);
      return syntaxError(message, span, hint);
    }
  }
}

function quote(source: string, { start, end }: Span): string {
  return end > start ? `'${source.slice(start, end)}'` : 'the end of the cell';
}

function wording(
  error: BabelError,
  found: string,
  source: string,
  at: number,
): readonly [message: string, hint?: string | undefined] {
  const quoted = /['`](.+?)['`]/.exec(error.message)?.[1] ?? '';
  switch (error.reasonCode) {
    case 'MissingSemicolon':
      return [`expected the end of the statement, found ${found}`, operatorHint(source, at)];
    case 'UnterminatedComment':
      return ['the comment is never closed', `end it with '*/'`];
    case 'VarRedeclaration':
      return [`'${quoted}' is declared twice`, 'rename one of them'];
    case 'ParamDupe':
      return [`the parameter ${found} is there twice`, 'rename one of them'];
    case 'DeclarationMissingInitializer':
      return [`a 'const' needs a value`, `write 'let', or give it a value`];
    case 'IllegalBreakContinue':
      return misplacedJump(found, source.slice(at));
    case 'UnexpectedKeyword':
    case 'UnexpectedReservedWord':
      return [`the keyword '${quoted}' cannot be a name`, 'choose another name'];
    case 'MixingCoalesceWithLogical':
      return [`'??' cannot stand beside '&&' or '||'`, 'put parentheses around one of them'];
    case 'StrictOctalLiteral':
      return ['a decimal integer cannot begin with 0', 'write 0o… for octal'];
    case 'UnexpectedTokenUnaryExponentiation':
      return [`a sign before '**' needs parentheses`, 'write (-a) ** b or -(a ** b)'];
    case 'ParseExpressionEmptyInput':
      return ['there is no function here', 'pass a function, an arrow function or a method'];
    default:
      return [
        /^Unexpected/.test(error.message) ? `${found} cannot stand here` : plainMessage(error),
        'remove it',
      ];
  }
}

/** Babel's own sentence without its position. */
function plainMessage({ message }: BabelError): string {
  const sentence = message.replace(/ \(\d+:\d+\)$/, '').replace(/\.$/, '');
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function misplacedJump(found: string, rest: string): readonly [message: string, hint: string] {
  const label = /^\w+[ \t]+([\w$]+)/.exec(rest)?.[1];
  if (label === undefined) {
    return [`${found} belongs to no loop around it`, 'move it into a loop or remove it'];
  }
  return [
    `no loop around this ${found} has the label '${label}'`,
    `write the label of one: ${label}: for (…)`,
  ];
}

const PYTHON_WORDS: Readonly<Record<string, string>> = {
  and: `write '&&'`,
  or: `write '||'`,
  not: `write '!'`,
  elif: `write 'else if'`,
  is: `write '==='`,
  def: `write 'function'`,
  raise: `write throw new Error('message')`,
};

/** Python's words for TypeScript's operators, at the error, before it, or at the beginning of its line. */
function operatorHint(source: string, at: number): string {
  const before = source.slice(source.lastIndexOf('\n', at - 1) + 1, at);
  const words = [/^\w+/.exec(source.slice(at)), /\w+(?=\s*$)/.exec(before), /^\s*(\w+)/.exec(before)];
  const hints = words.map((match) => PYTHON_WORDS[(match?.[1] ?? match?.[0] ?? '').trim()]);
  return hints.find((hint) => hint !== undefined) ?? 'an operator or a semicolon may be missing before it';
}

/** A bracket that is open at the error and never closed, or a closing one without an open one. */
function unclosed(source: string, span: Span): Diagnostic | undefined {
  const token = source.slice(span.start, span.end);
  const opener = openBrackets(source.slice(0, span.start)).at(-1);
  if (opener === undefined) {
    if (!/^[)\]}]$/.test(token)) return undefined;
    return syntaxError(`this '${token}' closes nothing`, span, 'remove it or open it before');
  }
  if (!openBrackets(source).includes(opener)) return undefined;
  const message = `this '${source.charAt(opener)}' is never closed`;
  const hint = `add the missing '${closerOf(source, opener)}'`;
  return syntaxError(message, { start: opener, end: opener + 1 }, hint);
}

function unexpected(error: BabelError, source: string, span: Span): Diagnostic {
  const found = quote(source, span);
  const expected = /expected "(.+)"/.exec(error.message)?.[1];
  if (expected !== undefined) {
    const hint = expectedHint(expected, source, span);
    return syntaxError(`expected '${expected}', found ${found}`, span, hint);
  }
  if (/\)\s*:\s*$/.test(source.slice(0, span.start))) {
    const hint = `blocks stand in braces: function foo(a) { … }`;
    return syntaxError(`expected the type of the result after ':', found ${found}`, span, hint);
  }
  const operator = /(?:[-+*/%&|^<>=!~?:,([]|\breturn)\s*$/.exec(source.slice(0, span.start))?.[0].trim();
  if (operator !== undefined) {
    return syntaxError(
      `expected an expression after '${operator}', found ${found}`,
      span,
      'complete the expression',
    );
  }
  const line = source.slice(source.lastIndexOf('\n', span.start - 1) + 1, span.start);
  const isPython = /^\s*(?:def|elif|class|if|while|for)\b/.test(line) && found === `':'`;
  const hint = isPython
    ? 'blocks stand in braces: { … }'
    : found === `'#'`
      ? `comments begin with '//'`
      : 'remove it';
  return syntaxError(`${found} cannot stand here`, span, hint);
}

/** What is likely to be meant where Babel wants one character. */
function expectedHint(expected: string, source: string, span: Span): string {
  const before = source.slice(source.lastIndexOf('\n', span.start - 1) + 1, span.start);
  if (expected === '(' && /\breturn\b.*\bif\s*$/.test(before)) return `write a conditional: test ? a : b`;
  if (expected === '(') return 'write the condition in parentheses';
  if (/\bfor\s*\([^;]*$/.test(before))
    return `the parts of a loop stand between ';': for (let i = 0; i < n; i++)`;
  return expected === ',' ? 'a comma or a closing bracket may be missing before it' : `write '${expected}'`;
}

/** The whole number, with the letters behind it, around or before an offset. */
function malformedNumber(source: string, at: number): Diagnostic {
  const start = at - (/(?:(?<![\w$])[0-9][\w.]*|\.[0-9][\w]*)$/.exec(source.slice(0, at))?.[0].length ?? 0);
  const word = /^[\w.$]*/.exec(source.slice(start))?.[0] ?? '';
  const number = /^[0-9.]*/.exec(word)?.[0] ?? '';
  const span = { start, end: start + word.length };
  return syntaxError(`'${word}' is not a number`, span, numberSuffixHint(number, word.slice(number.length)));
}

const TOKEN = /[\p{ID_Continue}$]+|[^\s]/uy;

/** The token at an offset, or behind the blanks there. */
function tokenAt(source: string, offset: number): Span {
  const start = offset + (/^[ \t]*/.exec(source.slice(offset))?.[0].length ?? 0);
  TOKEN.lastIndex = start;
  const length = TOKEN.exec(source)?.[0].length;
  return length === undefined ? { start: offset, end: offset } : { start, end: start + length };
}
