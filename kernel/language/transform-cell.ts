import { blankTypes } from './blank-types.ts';
import { findConstantAssignment } from './constant-assignments.ts';
import { type Declaration, DeclaredNames, topLevelDeclarations } from './declared-names.ts';
import { NotErasable } from './erased-ranges.ts';
import { rewriteImaginaryLiterals } from './imaginary-literals.ts';
import { type ParsedSource, parseSource, type SourceError } from './parse-source.ts';
import { chainMaps, type Position, type PositionMap, positionMap } from './position-map.ts';
import { reconcileDeclarations, unlockConstants } from './reconcile-declarations.ts';
import { showsResult } from './result-visibility.ts';
import { rewriteAwaits } from './rewrite-awaits.ts';
import { type CellRuntimeNames, rewriteCellModules } from './rewrite-cell-modules.ts';
import { SourceEdits } from './source-edits.ts';
import { childList, childNode, forEachChild, nameOf, type SyntaxNode, skipTrivia } from './syntax-tree.ts';
import { transpileInThread } from './transpile-thread.ts';

export interface TransformOptions {
  readonly fileName: string;
  readonly runtime: CellRuntimeNames;
  /** What earlier cells of the session declared; none by default. */
  readonly declared?: DeclaredNames;
}

export type TransformResult =
  | {
      readonly ok: true;
      /** A script for V8's REPL mode. */
      readonly code: string;
      /** From positions in `code` to positions in the cell; absent when they are the same. */
      readonly map?: PositionMap;
      readonly declarations: readonly Declaration[];
      readonly showsResult: boolean;
    }
  | { readonly ok: false; readonly error: CellSyntaxError };

/** Line and column are 1-based. */
export interface CellSyntaxError {
  readonly name: 'SyntaxError' | 'TypeError';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/**
 * One cell of TypeScript (magics removed) to what V8's REPL mode runs. Types become white space, so that nothing
 * moves; what white space can't express goes through the TypeScript compiler in its own thread. Only that makes the
 * result a promise.
 */
export function transformCell(
  source: string,
  options: TransformOptions,
): TransformResult | Promise<TransformResult> {
  const parsed = parseCell(source);
  if (!parsed.ok) return failure('SyntaxError', parsed.error.message, parsed.error);
  const declared = options.declared ?? new DeclaredNames();
  const own = topLevelDeclarations(parsed.program);
  const assignment = findConstantAssignment(parsed.program, own, declared);
  if (assignment !== undefined) {
    const position = positionAt(parsed.text, assignment.offset);
    const message = `Assignment to constant variable '${assignment.name}'`;
    return failure('TypeError', message, parsed.map?.(position) ?? position);
  }
  const erased = erase(parsed, options);
  if (erased !== undefined) return settle({ parsed, lowered: erased, own, declared });
  return compile(parsed, options).then((lowered) =>
    lowered.ok ? settle({ parsed, lowered, own, declared }) : lowered,
  );
}

function settle(input: SettleInput): TransformResult {
  const { parsed, lowered } = input;
  const settled = settleDeclarations(input);
  if (!settled.ok) {
    const position = chainMaps(parsed.map, lowered.map)?.(settled.error) ?? settled.error;
    return failure('SyntaxError', settled.error.message, position);
  }
  const map = chainMaps(parsed.map, chainMaps(lowered.map, settled.map));
  return {
    ok: true,
    code: settled.code,
    ...(map && { map }),
    declarations: settled.declarations,
    showsResult: showsResult(parsed.program, parsed.text),
  };
}

function failure(
  name: CellSyntaxError['name'],
  message: string,
  { line, column }: Position,
): { readonly ok: false; readonly error: CellSyntaxError } {
  return { ok: false, error: { name, message, line, column } };
}

interface ParsedCell extends ParsedSource {
  /** What was parsed: the source, or the source in parentheses. */
  readonly text: string;
  readonly map: PositionMap | undefined;
}

/** A cell that is an object literal (`{ a: 1 }`) is one, and not a block with a label. */
function parseCell(source: string): ({ ok: true } & ParsedCell) | { ok: false; error: SourceError } {
  if (source[skipTrivia(source, 0)] === '{') {
    const text = `(${source}\n)`;
    const result = parseSource(text);
    if (result.ok && isObjectLiteral(result.program)) {
      const map = ({ line, column }: Position): Position => ({
        line,
        column: line === 1 ? column - 1 : column,
      });
      return { ...result, text, map };
    }
  }
  const result = parseSource(source);
  return result.ok ? { ...result, text: source, map: undefined } : result;
}

function isObjectLiteral(program: SyntaxNode): boolean {
  const [statement, ...others] = childList(program, 'body');
  if (statement === undefined || others.length > 0) return false;
  return childNode(statement, 'expression')?.type === 'ObjectExpression';
}

/** JavaScript, but for declarations that V8 would refuse. */
interface Lowered {
  readonly ok: true;
  readonly code: string;
  readonly map: PositionMap | undefined;
  readonly compiled: boolean;
}

function erase(parsed: ParsedCell, options: TransformOptions): Lowered | undefined {
  const edits = runtimeEdits(parsed, options.runtime);
  try {
    blankTypes(parsed.program, edits, parsed.masked);
    return { ok: true, ...edits.apply(), compiled: false };
  } catch (thrown) {
    if (thrown instanceof NotErasable) return undefined;
    throw thrown;
  }
}

async function compile(
  parsed: ParsedCell,
  options: TransformOptions,
): Promise<Lowered | { readonly ok: false; readonly error: CellSyntaxError }> {
  const typed = runtimeEdits(parsed, options.runtime).apply();
  const response = await transpileInThread({
    source: typed.code,
    fileName: options.fileName,
    jsx: parsed.jsx,
  });
  if (!response.ok) {
    const position = positionAt(typed.code, response.offset);
    return failure('SyntaxError', response.message, chainMaps(parsed.map, typed.map)?.(position) ?? position);
  }
  const map = chainMaps(
    typed.map,
    positionMap(() => response.sourceMap),
  );
  return { ok: true, code: response.code, map, compiled: true };
}

/** Everything that cells may say and neither JavaScript nor TypeScript understands in a script. */
function runtimeEdits({ program, text, imaginary }: ParsedCell, runtime: CellRuntimeNames): SourceEdits {
  const edits = new SourceEdits(text);
  rewriteCellModules(program, edits, runtime);
  unlockConstants(program, edits);
  if (text.includes('await')) rewriteAwaits(program, edits, runtime.resumed);
  if (imaginary.size > 0) rewriteImaginaryLiterals(program, edits, imaginary);
  return edits;
}

interface SettleInput {
  readonly parsed: ParsedCell;
  readonly lowered: Lowered;
  /** What the cell declares. */
  readonly own: readonly Declaration[];
  readonly declared: DeclaredNames;
}

type Settled =
  | {
      readonly ok: true;
      readonly code: string;
      readonly map: PositionMap | undefined;
      readonly declarations: readonly Declaration[];
    }
  | { readonly ok: false; readonly error: SourceError };

function settleDeclarations({ parsed, lowered, own, declared }: SettleInput): Settled {
  const { code, compiled } = lowered;
  if (!compiled && !own.some((declaration) => declared.refuses(declaration))) {
    return { ok: true, code, map: undefined, declarations: own };
  }
  const script = parseSource(code);
  // The compiler lets some errors pass, such as an `await` in an enum.
  if (!script.ok) return script;
  const edits = new SourceEdits(code);
  unlockConstants(script.program, edits);
  const found = reconcileDeclarations(script.program, edits, declared, compiledNames(parsed.program));
  const constants = new Set(own.filter(({ isConstant }) => isConstant).map(({ name }) => name));
  const declarations = found.map((one) =>
    constants.has(one.name) ? { ...one, isConstant: true as const } : one,
  );
  return { ok: true, ...edits.apply(), declarations };
}

/** Names of enums and namespaces, of which the compiler makes a `var` that keeps the members of earlier runs. */
function compiledNames(program: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    const id = childNode(node, 'id');
    const isCompiled = node.type === 'TSEnumDeclaration' || node.type === 'TSModuleDeclaration';
    if (isCompiled && id?.type === 'Identifier') names.add(nameOf(id));
    if (node.type.startsWith('Export')) forEachChild(node, visit);
  };
  for (const statement of childList(program, 'body')) visit(statement);
  return names;
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
