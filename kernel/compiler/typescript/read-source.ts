import type { ParserOptions } from '@babel/parser';
import type { Diagnostic } from '../diagnostic.ts';
import { syntaxError } from '../parse-diagnostic.ts';
import { loadBabel } from './load-babel.cts';
import { type BabelError, toDiagnostic } from './syntax-errors.ts';

const OPTIONS: ParserOptions = {
  sourceType: 'module',
  plugins: ['typescript'],
  errorRecovery: true,
  attachComment: false,
};

/** Errors after which every node is as its type says; after others, Babel leaves null where a node is missing. */
const LEAVES_WHOLE_TREE: ReadonlySet<string> = new Set([
  'DeclarationMissingInitializer',
  'IllegalBreakContinue',
  'IllegalReturn',
  'InvalidLhs',
  'LabelRedeclaration',
  'MissingSemicolon',
  'ParamDupe',
  'StrictOctalLiteral',
  'UnexpectedKeyword',
  'UnexpectedNumericSeparator',
  'UnexpectedReservedWord',
  'UnexpectedSuper',
  'VarRedeclaration',
  'YieldNotInGeneratorFunction',
]);

export interface BabelReading<Tree> {
  /** Absent where Babel found no way on that leaves a whole tree. */
  readonly tree?: Tree;
  readonly diagnostics: readonly Diagnostic[];
  /** The end offsets of imaginary literals, behind their `j`. */
  readonly imaginaryEnds: ReadonlySet<number>;
}

interface Recovered {
  readonly errors: readonly BabelError[] | null;
}

/** Parses a module; `3.4j` is a number in it. */
export function readModule(text: string): BabelReading<ReturnType<ReturnType<typeof loadBabel>['parse']>> {
  return read(text, (plain) => loadBabel().parse(plain, OPTIONS));
}

/** Parses one expression; `3.4j` is a number in it. */
export function readExpression(
  text: string,
): BabelReading<ReturnType<ReturnType<typeof loadBabel>['parseExpression']>> {
  return read(text, (plain) => loadBabel().parseExpression(plain, OPTIONS));
}

/**
 * Babel has no imaginary literals, but says where an identifier follows a number directly. There, and only there, a
 * `j` is one: in strings, comments, templates and regular expressions it never complains. The `j` becomes a digit, so
 * that all offsets stay, and Babel reads on from the start.
 */
function read<Tree extends Recovered>(source: string, parse: (text: string) => Tree): BabelReading<Tree> {
  const imaginaryEnds = new Set<number>();
  let text = source;
  for (;;) {
    try {
      const tree = parse(text);
      const diagnostics = firstOfEachLine(tree.errors ?? []).map((error) => toDiagnostic(error, source));
      const isWhole = (tree.errors ?? []).every(({ reasonCode }) => LEAVES_WHOLE_TREE.has(reasonCode));
      return { ...(isWhole ? { tree } : {}), diagnostics, imaginaryEnds };
    } catch (error) {
      const first = imaginarySuffix(error, text);
      if (first === undefined) return { diagnostics: [fatal(error, source)], imaginaryEnds };
      for (const at of [first, ...suffixesBehind(text, first)]) {
        imaginaryEnds.add(at + 1);
        text = withDigit(text, at);
      }
    }
  }
}

/** A missing semicolon is one mistake, however many Babel needs to go on. */
function firstOfEachLine(errors: readonly BabelError[]): BabelError[] {
  const isSemicolon = ({ reasonCode }: BabelError) => reasonCode === 'MissingSemicolon';
  return errors.filter(
    (error, index) =>
      !isSemicolon(error) ||
      !errors.slice(0, index).some((other) => isSemicolon(other) && other.loc.line === error.loc.line),
  );
}

function isBabelError(error: unknown): error is BabelError {
  return error instanceof SyntaxError && 'pos' in error && 'reasonCode' in error;
}

function fatal(error: unknown, source: string): Diagnostic {
  if (isBabelError(error)) return toDiagnostic(error, source);
  // V8's stack overflow: Babel recurses with the depth of the source.
  if (error instanceof RangeError) {
    return syntaxError(
      'the source is nested too deeply',
      { start: 0, end: 0 },
      'split it into several functions',
    );
  }
  throw error;
}

/** The offset of the `j` behind a number, where that is what Babel stumbled over. */
function imaginarySuffix(error: unknown, text: string): number | undefined {
  if (!isBabelError(error) || error.reasonCode !== 'NumberIdentifier') return undefined;
  const isSuffix = /^[0-9.][jJ](?![\p{ID_Continue}$\\])/u.test(text.slice(error.pos - 1, error.pos + 3));
  return isSuffix ? error.pos : undefined;
}

/** Comments and strings; what may begin a template or a regular expression; imaginary literals. */
const PIECES =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`|(?<![\w$)\]\s])\s*\/|(?<![\w$.])(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?(?<suffix>[jJ])(?![\w$\\])/g;

/**
 * The suffixes of further imaginary literals, so that Babel needn't stumble over each of them: it would read all from
 * the start each time. Those behind a template or what may be a regular expression are left to Babel.
 */
function suffixesBehind(text: string, first: number): number[] {
  const found: number[] = [];
  const pieces = new RegExp(PIECES);
  pieces.lastIndex = first + 1;
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    if (match[0] === '`' || /^\s*\/$/.test(match[0])) break;
    if (match.groups?.suffix !== undefined) found.push(match.index + match[0].length - 1);
  }
  return found;
}

/** `3.4j` to `3.40`, and `0j` to `10`, as `00` would be an octal literal. */
function withDigit(text: string, at: number): string {
  const isLoneZero = /(?:^|[^\w.])0$/.test(text.slice(Math.max(0, at - 2), at));
  const before = isLoneZero ? `${text.slice(0, at - 1)}1` : text.slice(0, at);
  return `${before}0${text.slice(at + 1)}`;
}
