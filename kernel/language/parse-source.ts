import { createRequire } from 'node:module';
import { type ImaginaryLiterals, imaginaryAt, maskImaginaryLiterals } from './imaginary-literals.ts';
import { isSyntaxNode, type SyntaxNode } from './syntax-tree.ts';

// Through `require`: the ESM loader would first search half a megabyte for export names (28 ms more).
const require = createRequire(import.meta.url);
let parser: typeof import('@babel/parser') | undefined;

/** Loaded when the first source is parsed: a session can run its first cell sooner, if that is a plain one. */
function babel(): typeof import('@babel/parser') {
  if (parser !== undefined) return parser;
  // A try before may have been ended halfway by an interrupt, or be under way below this very call, which is that of a
  // subshell's cell: Node would give the half that is there.
  delete require.cache[require.resolve('@babel/parser')];
  parser = require('@babel/parser') as typeof import('@babel/parser');
  return parser;
}

/** Where and why the source is not TypeScript. Line and column are 1-based. */
export interface SourceError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  /** The parser's stable name of what is wrong, e.g. `UnterminatedTemplate`. */
  readonly reason: string;
}

export interface ParsedSource {
  readonly program: SyntaxNode;
  /** What the parser read: the source with spaces for the `j` of imaginary literals. */
  readonly masked: string;
  readonly imaginary: ImaginaryLiterals;
  /** True when the source only parses with JSX. */
  readonly jsx: boolean;
}

export type ParseResult =
  | ({ readonly ok: true } & ParsedSource)
  | { readonly ok: false; readonly error: SourceError };

/**
 * Parses a cell or a module: modules' syntax and top-level await, but sloppy mode as in a script, because that is
 * how cells run (`x = 1` without a declaration is fine). Tries JSX second, since it takes `<T>x` away.
 */
export function parseSource(source: string): ParseResult {
  const plain = parseWithImaginary(source, false);
  if (plain.ok || !/<[\w>]/u.test(source)) return plain;
  const jsx = parseWithImaginary(source, true);
  return jsx.ok ? jsx : plain;
}

function parseWithImaginary(source: string, jsx: boolean): ParseResult {
  let text = source;
  let imaginary: ImaginaryLiterals = new Set();
  for (;;) {
    const result = parseOnce(text, jsx);
    if ('program' in result) return { ok: true, program: result.program, masked: text, imaginary, jsx };
    const { error } = result;
    // The parser reads `3.4` and then objects to the identifier that touches it; its word is what tells a
    // literal from the same characters in a string, a comment or a regular expression.
    if (error.reason !== 'NumberIdentifier' || imaginary.has(error.offset)) return { ok: false, error };
    if (imaginaryAt(source, error.offset) === undefined) return { ok: false, error };
    ({ text, ends: imaginary } = maskImaginaryLiterals(source, error.offset, imaginary));
  }
}

function parseOnce(text: string, jsx: boolean): { program: SyntaxNode } | { error: SourceError } {
  try {
    const file = babel().parse(text, {
      sourceType: 'module',
      strictMode: false,
      allowUndeclaredExports: true,
      attachComment: false,
      plugins: [
        'typescript',
        'decorators-legacy',
        'decoratorAutoAccessors',
        'explicitResourceManagement',
        ...(jsx ? (['jsx'] as const) : []),
      ],
    });
    if (!isSyntaxNode(file.program)) throw new TypeError('the parser returned a tree without offsets');
    return { program: file.program };
  } catch (thrown) {
    const error = asSourceError(thrown, text);
    if (error === undefined) throw thrown;
    return { error };
  }
}

/** What a message can name: a word, a number, or the longest operator. */
const TOKEN = /[\p{ID_Start}$_#@][\p{ID_Continue}$]*|\d[\w.]*|[-+*/%&|^<>=!?]+|\.{3}|=>|./uy;

const clearerMessages = new Map([
  [
    "Unexpected reserved word 'await'",
    "'await' is only allowed in async functions and at the top level of a cell",
  ],
]);

function asSourceError(thrown: unknown, text: string): SourceError | undefined {
  if (!(thrown instanceof SyntaxError) || !('loc' in thrown) || !('pos' in thrown)) return undefined;
  const { loc, pos } = thrown;
  if (typeof pos !== 'number' || typeof loc !== 'object' || loc === null) return undefined;
  if (!('line' in loc) || typeof loc.line !== 'number') return undefined;
  if (!('column' in loc) || typeof loc.column !== 'number') return undefined;
  const reason = 'reasonCode' in thrown && typeof thrown.reasonCode === 'string' ? thrown.reasonCode : '';
  const message = thrown.message.replace(/ \(\d+:\d+\)$/u, '').replace(/\.$/u, '');
  return {
    message: clearerMessages.get(message) ?? withToken(message, text, pos),
    line: loc.line,
    column: loc.column + 1,
    offset: pos,
    reason,
  };
}

/** The parser says what it expected, but not what it found. */
function withToken(message: string, text: string, offset: number): string {
  if (!/^Unexpected token(?:,|$)/u.test(message)) return message;
  TOKEN.lastIndex = offset;
  const found =
    text.slice(offset).trim() === '' ? 'end of the code' : `token '${TOKEN.exec(text)?.[0] ?? ''}'`;
  return message.replace('token', () => found);
}
