import type { Diagnostic, Span } from '../diagnostic.ts';
import { lineOf, syntaxError } from '../parse-diagnostic.ts';
import { invalidCharacter } from '../source-hints.ts';
import { foreignOperator } from './foreign-operators.ts';
import { scanNumber } from './number.ts';
import { isStringPrefix, scanString } from './string.ts';
import { CLOSING_BRACKETS, isKeyword, OPERATORS_BY_LENGTH, type Token, type TokenKind } from './token.ts';

export interface TokenizedPython {
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly Diagnostic[];
  /** `# type: …` comments by the end offset of the newline token they stand before, without the `# type:`. */
  readonly typeComments: ReadonlyMap<number, Span>;
}

/** Tokens of a whole cell with layout as `newline`, `indent` and `dedent`. Never throws; ends with one `end`. */
export function tokenizePython(source: string): TokenizedPython {
  return new Tokenizer(source).run();
}

interface Indentation {
  /** With tabs to the next multiple of 8, and to 1: where the two disagree, the layout depends on the tab width. */
  readonly columns: number;
  readonly columnsWithNarrowTabs: number;
}

const IDENTIFIER = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const BLANK = /[ \t\f]*/y;
const LINE_END = /\r\n|\n|\r/y;
const COMMENT = /#[^\r\n]*/y;
const TYPE_COMMENT = /^#\s*type:\s*(?!ignore\b)(?=\S)/;

/** What can't stand in an expression: at the start of a line inside brackets, it tells that one was left open. */
const STATEMENT_WORDS =
  /(?:def|return|while|class|raise|assert|pass|break|continue|import|elif|with|try|except|finally|global|nonlocal|del)\b|(?:if|for|else)\b[^\r\n]*:[ \t]*(?:#[^\r\n]*)?(?:[\r\n]|$)/y;

class Tokenizer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #typeComments = new Map<number, Span>();
  readonly #indentations: Indentation[] = [{ columns: 0, columnsWithNarrowTabs: 0 }];
  #brackets: Token[] = [];
  #at = 0;
  #lineComment: Span | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  run(): TokenizedPython {
    if (this.#source.startsWith('\uFEFF')) this.#at = 1;
    this.#beginLine();
    while (this.#at < this.#source.length) this.#scan();
    this.#reportUnclosed();
    if (this.#tokens.length > 0 && this.#tokens.at(-1)?.kind !== 'newline')
      this.#pushNewline(this.#at, this.#at);
    for (let depth = this.#indentations.length; depth > 1; depth -= 1)
      this.#push('dedent', this.#at, this.#at);
    this.#push('end', this.#at, this.#at);
    return { tokens: this.#tokens, diagnostics: this.#diagnostics, typeComments: this.#typeComments };
  }

  #scan(): void {
    this.#match(BLANK);
    const start = this.#at;
    const character = this.#source[start];
    if (character === undefined) return;
    if (character === '#') this.#comment();
    else if (character === '\n' || character === '\r') this.#lineEnd();
    else if (character === '\\') this.#continuation();
    else if (character === '"' || character === "'") this.#string(start, start);
    else if (/^\.?[0-9]/.test(this.#source.slice(start, start + 2))) this.#number();
    else this.#word();
  }

  #word(): void {
    const start = this.#at;
    const word = this.#match(IDENTIFIER);
    const next = this.#source[this.#at];
    if (word === '') {
      this.#operator();
    } else if ((next === '"' || next === "'") && isStringPrefix(word)) {
      this.#string(start, this.#at);
    } else {
      const text = word.normalize('NFKC');
      this.#push(isKeyword(text) ? 'keyword' : 'name', start, this.#at, text);
    }
  }

  /** Matches a sticky pattern here and moves behind it. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }

  #push(kind: TokenKind, start: number, end: number, text = this.#source.slice(start, end)): void {
    this.#tokens.push({ kind, text, span: { start, end } });
  }

  #pushNewline(start: number, end: number): void {
    this.#push('newline', start, end, '');
    if (this.#lineComment !== undefined) this.#typeComments.set(end, this.#lineComment);
    this.#lineComment = undefined;
  }

  #reject(diagnostic: Diagnostic, end: number): void {
    this.#diagnostics.push(diagnostic);
    this.#push('error', this.#at, end);
    this.#at = end;
  }

  #comment(): void {
    const start = this.#at;
    const text = this.#match(COMMENT);
    const marker = TYPE_COMMENT.exec(text)?.[0];
    if (marker === undefined || this.#brackets.length > 0) return;
    this.#lineComment = { start: start + marker.length, end: start + text.trimEnd().length };
  }

  #lineEnd(): void {
    const start = this.#at;
    this.#match(LINE_END);
    if (this.#brackets.length > 0) {
      this.#lineInBrackets();
    } else {
      this.#pushNewline(start, this.#at);
      this.#beginLine();
    }
  }

  /** A statement's keyword at the start of a line tells that a bracket was left open: the rest is still readable. */
  #lineInBrackets(): void {
    const lineStart = this.#at;
    this.#match(BLANK);
    STATEMENT_WORDS.lastIndex = this.#at;
    if (!STATEMENT_WORDS.test(this.#source)) return;
    this.#at = lineStart;
    this.#reportUnclosed();
    this.#pushNewline(this.#at, this.#at);
    this.#beginLine();
  }

  #continuation(): void {
    const start = this.#at;
    this.#at += 1;
    if (this.#match(LINE_END) !== '') return;
    this.#at = start;
    const span = { start, end: start + 1 };
    const message =
      start + 1 === this.#source.length
        ? 'nothing follows the line continuation'
        : `only a line end may follow '\\'`;
    this.#reject(syntaxError(message, span, `remove the '\\'`), start + 1);
  }

  #string(start: number, quote: number): void {
    const { ok, end } = scanString(this.#source, quote);
    this.#at = end;
    if (ok) {
      this.#push('string', start, end);
      return;
    }
    this.#at = start;
    // A bracket whose closing may be in the string isn't reported too.
    this.#brackets = [];
    const mark = /^('''|"""|'|")/.exec(this.#source.slice(quote, quote + 3))?.[0] ?? '';
    const lineLength = this.#source.slice(start, end).search(/[\r\n]|$/);
    const span = { start, end: start + lineLength };
    this.#reject(syntaxError('the string is never closed', span, `end it with ${mark}`), end);
  }

  #number(): void {
    const start = this.#at;
    const scanned = scanNumber(this.#source, start);
    if (!scanned.ok) {
      const { message, hint, end } = scanned;
      this.#reject(syntaxError(message, { start, end }, hint), end);
    } else {
      this.#at = scanned.end;
      this.#push('number', start, scanned.end);
    }
  }

  #operator(): void {
    const start = this.#at;
    const foreign = foreignOperator(this.#source, start);
    const text = foreign === undefined ? this.#longestOperator() : undefined;
    if (text !== undefined) {
      this.#acceptOperator(text);
      return;
    }
    const { message, hint, length } = foreign ?? invalidCharacter(this.#source, start);
    this.#reject(syntaxError(message, { start, end: start + length }, hint), start + length);
  }

  #longestOperator(): string | undefined {
    for (const [index, operators] of OPERATORS_BY_LENGTH.entries()) {
      const text = this.#source.slice(this.#at, this.#at + OPERATORS_BY_LENGTH.length - index);
      if (operators.has(text)) return text;
    }
    return undefined;
  }

  #acceptOperator(text: string): void {
    const start = this.#at;
    const end = start + text.length;
    let problem: Diagnostic | undefined;
    if (text in CLOSING_BRACKETS) {
      this.#brackets.push({ kind: 'operator', text, span: { start, end } });
    } else if (text === ')' || text === ']' || text === '}') {
      problem = this.#bracketProblem(this.#brackets.pop(), text, { start, end });
    }
    if (problem === undefined) {
      this.#push('operator', start, end);
      this.#at = end;
    } else {
      this.#reject(problem, end);
    }
  }

  #bracketProblem(opener: Token | undefined, text: string, span: Span): Diagnostic | undefined {
    if (opener === undefined) {
      const hint = text === '}' ? 'blocks end where the indentation ends' : 'remove it or open it before';
      return syntaxError(`this '${text}' closes nothing`, span, hint);
    }
    const needed = CLOSING_BRACKETS[opener.text];
    if (needed === text) return undefined;
    const line = lineOf(this.#source, opener.span.start);
    const where = line === lineOf(this.#source, span.start) ? '' : ` opened on line ${line}`;
    return syntaxError(`'${text}' does not close the '${opener.text}'${where}`, span, `write '${needed}'`);
  }

  /** Names the innermost open bracket, as CPython does, and leaves them all. */
  #reportUnclosed(): void {
    const opener = this.#brackets.at(-1);
    if (opener === undefined) return;
    this.#brackets = [];
    this.#push('error', this.#at, this.#at);
    const close = CLOSING_BRACKETS[opener.text] ?? '';
    const opensBlock = opener.text === '{' && /^\{[ \t]*[\r\n]/.test(this.#source.slice(opener.span.start));
    const hint = opensBlock ? `blocks begin with ':' and are indented` : `add the missing '${close}'`;
    this.#diagnostics.push(syntaxError(`this '${opener.text}' is never closed`, opener.span, hint));
  }

  // ---- layout

  /** Skips blank and comment lines, then turns the change of indentation into tokens. */
  #beginLine(): void {
    for (;;) {
      const lineStart = this.#at;
      const blank = this.#match(BLANK);
      if (this.#source[this.#at] === '#') this.#commentLine();
      if (this.#match(LINE_END) !== '') continue;
      if (this.#at < this.#source.length && !/^\\\r?\n/.test(this.#source.slice(this.#at, this.#at + 3))) {
        this.#indentTo(blank, lineStart);
      }
      return;
    }
  }

  /** A `# type: (…) -> …` on the line below a `def` belongs to the line of the `def`. */
  #commentLine(): void {
    this.#comment();
    const newline = this.#tokens.at(-1);
    if (
      newline?.kind === 'newline' &&
      this.#lineComment !== undefined &&
      !this.#typeComments.has(newline.span.end)
    ) {
      this.#typeComments.set(newline.span.end, this.#lineComment);
    }
    this.#lineComment = undefined;
  }

  #indentTo(blank: string, lineStart: number): void {
    const indentation = measure(blank);
    const current = this.#indentations.at(-1) ?? indentation;
    const span = { start: lineStart, end: this.#at };
    if (disagree(indentation, current)) this.#reportMixedTabs(span);
    if (indentation.columns > current.columns) {
      this.#indentations.push(indentation);
      this.#push('indent', span.start, span.end);
    } else if (indentation.columns < current.columns) {
      this.#dedentTo(indentation, span);
    }
  }

  #dedentTo(indentation: Indentation, span: Span): void {
    while ((this.#indentations.at(-2)?.columns ?? -1) >= indentation.columns) {
      this.#indentations.pop();
      this.#push('dedent', span.end, span.end);
    }
    const current = this.#indentations.at(-1);
    const outer = this.#indentations.at(-2);
    if (current === undefined || current.columns === indentation.columns) {
      if (current !== undefined && disagree(indentation, current)) this.#reportMixedTabs(span);
      return;
    }
    // Between two levels the line counts as one of the inner block, so that it gives one diagnostic.
    const inner = current.columns;
    const choices = outer === undefined ? `${inner}` : `${inner} or ${outer.columns}`;
    const message = `this indentation of ${indentation.columns} matches no block around it`;
    this.#diagnostics.push(syntaxError(message, span, `indent by ${choices} columns`));
  }

  #reportMixedTabs(span: Span): void {
    const message = 'tabs and spaces are mixed, so that the block depends on the width of a tab';
    if (this.#diagnostics.at(-1)?.span.start === span.start) return;
    this.#diagnostics.push(syntaxError(message, span, 'indent with spaces only'));
  }
}

function measure(blank: string): Indentation {
  let columns = 0;
  let columnsWithNarrowTabs = 0;
  for (const character of blank) {
    if (character === '\f') {
      columns = 0;
      columnsWithNarrowTabs = 0;
    } else {
      columns = character === '\t' ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
      columnsWithNarrowTabs += 1;
    }
  }
  return { columns, columnsWithNarrowTabs };
}

function disagree(a: Indentation, b: Indentation): boolean {
  return Math.sign(a.columns - b.columns) !== Math.sign(a.columnsWithNarrowTabs - b.columnsWithNarrowTabs);
}
