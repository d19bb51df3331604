import type { Diagnostic, Span } from '../diagnostic.ts';
import { syntaxError, unsupportedSyntax } from '../parse-diagnostic.ts';
import { describeToken, type Token, type TokenKind } from './token.ts';
import type { TokenizedPython } from './tokenizer.ts';

/** Thrown to leave a statement that can't be read further; its diagnostic is already recorded. */
export class StatementAbandoned extends Error {}

/** Nesting of brackets, operators and blocks. CPython allows 200 brackets; the passes after this one recurse too. */
const MAX_DEPTH = 200;

/** Operators in one statement: left-associative chains are as deep as they are long. */
const MAX_CHAIN = 1000;

const LAYOUT: ReadonlySet<string> = new Set(['newline', 'indent', 'dedent', 'end']);

/** Where the parser stands in its tokens, what it has reported, and what the statement around it allows. */
export class Cursor {
  readonly source: string;
  readonly diagnostics: Diagnostic[];
  readonly imports = new Map<string, string>();
  readonly typeComments: ReadonlyMap<number, Span>;
  /** Loops around the statement, within its function. */
  loopDepth = 0;
  /** Strings are messages in `raise` and `assert`, and are reported elsewhere. */
  stringsAllowed = false;
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  #index = 0;
  #depth = 0;
  #chain = 0;
  #quiet = false;

  constructor(source: string, tokenized: TokenizedPython) {
    this.source = source;
    this.diagnostics = [...tokenized.diagnostics];
    this.typeComments = tokenized.typeComments;
    this.#tokens = tokenized.tokens;
    const at = source.length;
    this.#end = tokenized.tokens.at(-1) ?? { kind: 'end', text: '', span: { start: at, end: at } };
  }

  get token(): Token {
    return this.#tokens[this.#index] ?? this.#end;
  }

  peek(distance: number): Token {
    return this.#tokens[this.#index + distance] ?? this.#end;
  }

  /** Where the last taken token ended. */
  get lastEnd(): number {
    return this.#tokens[this.#index - 1]?.span.end ?? 0;
  }

  /** Where the last token that isn't layout ended: the end of a compound statement. */
  get lastStatementEnd(): number {
    let index = this.#index - 1;
    while (LAYOUT.has(this.#tokens[index]?.kind ?? 'end') && index > 0) index -= 1;
    return this.#tokens[index]?.span.end ?? 0;
  }

  spanFrom(start: number): Span {
    return { start, end: Math.max(start, this.lastEnd) };
  }

  take(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#index += 1;
    return token;
  }

  /** Whether this operator or keyword comes next. */
  at(text: string): boolean {
    return isAt(this.token, text);
  }

  atKind(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  accept(text: string): Token | undefined {
    return this.at(text) ? this.take() : undefined;
  }

  /** Takes an operator or keyword, or abandons the statement: `expected ')' after the arguments, found …`. */
  expect(text: string, where: string, hint = `write '${text}'`): Token {
    const message = `expected '${text}' ${where}, found ${describeToken(this.token)}`;
    return this.accept(text) ?? this.fail(message, hint);
  }

  takeName(what: string): Token {
    if (this.atKind('name')) return this.take();
    if (this.atKind('keyword')) {
      return this.fail(`the keyword '${this.token.text}' cannot be ${what}`, 'choose another name');
    }
    return this.fail(`expected ${what}, found ${describeToken(this.token)}`);
  }

  report(diagnostic: Diagnostic): void {
    this.diagnostics.push(diagnostic);
  }

  reportUnsupported(message: string, span: Span, hint: string): void {
    if (!this.#quiet) this.report(unsupportedSyntax(message, span, hint));
  }

  /** Reports at the next token, unless the tokenizer has reported this line, and abandons the statement. */
  fail(message: string, hint?: string, span: Span = this.token.span): never {
    this.reportHere(message, hint, span);
    throw new StatementAbandoned();
  }

  /** Reports at the next token, unless the tokenizer has reported this line. */
  reportHere(message: string, hint?: string, span: Span = this.token.span): void {
    if (!this.#lineHasError()) this.report(syntaxError(message, visible(span, this.source), hint));
  }

  #lineHasError(): boolean {
    for (let index = this.#index; ; index += 1) {
      const kind = this.#tokens[index]?.kind ?? 'end';
      if (kind === 'error') return true;
      if (kind === 'newline' || kind === 'end') return false;
    }
  }

  /** Parses what is read as text only (annotations, decorators), where unsupported syntax is no error. */
  quietly<T>(parse: () => T): T {
    const before = { quiet: this.#quiet, stringsAllowed: this.stringsAllowed };
    this.#quiet = true;
    this.stringsAllowed = true;
    try {
      return parse();
    } finally {
      this.#quiet = before.quiet;
      this.stringsAllowed = before.stringsAllowed;
    }
  }

  withStrings<T>(parse: () => T): T {
    const before = this.stringsAllowed;
    this.stringsAllowed = true;
    try {
      return parse();
    } finally {
      this.stringsAllowed = before;
    }
  }

  /** Parses one level deeper. */
  deeper<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH} levels`, 'split it up');
    this.#depth += 1;
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }

  countOperator(): void {
    this.#chain += 1;
    if (this.#chain > MAX_CHAIN) {
      this.fail(`more than ${MAX_CHAIN} operators in one statement`, 'split it into several statements');
    }
  }

  beginStatement(): void {
    this.#chain = 0;
  }

  /** Moves behind the end of the current logical line. */
  skipLine(): void {
    while (!this.atKind('newline') && !this.atKind('end')) this.take();
    if (this.atKind('newline')) this.take();
  }

  /** Moves behind the block that begins here, if one does. */
  skipBlock(): void {
    let depth = 0;
    for (;;) {
      const { kind } = this.token;
      if (kind === 'indent') depth += 1;
      if (kind === 'dedent') depth -= 1;
      if (kind === 'end' || depth <= 0) break;
      this.take();
    }
    if (this.atKind('dedent')) this.take();
  }
}

export function isAt(token: Token, text: string): boolean {
  return token.text === text && (token.kind === 'operator' || token.kind === 'keyword');
}

/** A line end has no width, or would put the caret on the next line. */
function visible(span: Span, source: string): Span {
  return /[\r\n]/.test(source.charAt(span.start)) ? { start: span.start, end: span.start } : span;
}
