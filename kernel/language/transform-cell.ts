import { blankTypes } from './blank-types.ts';
import { type ParsedCell, parseCellSource } from './cell-source.ts';
import { findConstantAssignment } from './constant-assignments.ts';
import { type Declaration, DeclaredNames, topLevelDeclarations } from './declared-names.ts';
import { NotErasable } from './erased-ranges.ts';
import { rewriteImaginaryLiterals } from './imaginary-literals.ts';
import { parseSource, type SourceError } from './parse-source.ts';
import { chainMaps, type Position, type PositionMap, positionMap } from './position-map.ts';
import { reconcileDeclarations, unlockConstants } from './reconcile-declarations.ts';
import { showsResult } from './result-visibility.ts';
import { rewriteAwaits } from './rewrite-awaits.ts';
import { blankTypeOnlyModules, type CellRuntimeNames, rewriteCellModules } from './rewrite-cell-modules.ts';
import { renameShadowed, ShadowedGlobals } from './shadowed-globals.ts';
import { SourceEdits } from './source-edits.ts';
import { childList, childNode, forEachChild, nameOf, type SyntaxNode } from './syntax-tree.ts';
import { transpileInThread } from './transpile-thread.ts';

export interface TransformOptions {
  readonly fileName: string;
  readonly runtime: CellRuntimeNames;
  /** What earlier cells of the session declared; none by default. */
  readonly declared?: DeclaredNames;
  /** Names of the platform, which a cell's declarations must not hide from the modules of the process. */
  readonly globalNames?: ReadonlySet<string>;
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
  | TransformFailure;

interface TransformFailure {
  readonly ok: false;
  readonly error: CellSyntaxError;
}

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
  const parsed = parseCellSource(source);
  if (!parsed.ok) return failure('SyntaxError', parsed.error.message, parsed.error);
  return new CellTransform(parsed, options).run();
}

/** JavaScript, but for declarations that V8 would refuse. */
interface Lowered {
  readonly ok: true;
  readonly code: string;
  readonly map: PositionMap | undefined;
  readonly compiled: boolean;
}

type Settled =
  | {
      readonly ok: true;
      readonly code: string;
      readonly map: PositionMap | undefined;
      readonly declarations: readonly Declaration[];
    }
  | { readonly ok: false; readonly error: SourceError };

class CellTransform {
  readonly #parsed: ParsedCell;
  readonly #options: TransformOptions;
  readonly #declared: DeclaredNames;
  /** What the cell declares, by the names it uses. */
  readonly #written: readonly Declaration[];
  readonly #shadowed: ShadowedGlobals;

  constructor(parsed: ParsedCell, options: TransformOptions) {
    this.#parsed = parsed;
    this.#options = options;
    this.#declared = options.declared ?? new DeclaredNames();
    this.#written = topLevelDeclarations(parsed.program);
    this.#shadowed = new ShadowedGlobals(options.globalNames ?? new Set(), this.#declared, this.#written);
  }

  run(): TransformResult | Promise<TransformResult> {
    const { program, text, map } = this.#parsed;
    const assignment = findConstantAssignment(program, (name) => this.#isConstant(name));
    if (assignment !== undefined) {
      const position = positionAt(text, assignment.offset);
      const message = `Assignment to constant variable '${assignment.name}'`;
      return failure('TypeError', message, map?.(position) ?? position);
    }
    const erased = this.#erase();
    if (erased !== undefined) return this.#finish(erased);
    return this.#compile().then((lowered) => (lowered.ok ? this.#finish(lowered) : lowered));
  }

  #isConstant(name: string): boolean {
    const own = this.#written.find((declaration) => declaration.name === name);
    if (own !== undefined) return own.isConstant === true;
    return this.#declared.isConstant(this.#shadowed.bindingName(name));
  }

  #erase(): Lowered | undefined {
    const edits = this.#runtimeEdits();
    try {
      blankTypes(this.#parsed.program, edits, this.#parsed.masked);
      return { ok: true, ...edits.apply(), compiled: false };
    } catch (thrown) {
      if (thrown instanceof NotErasable) return undefined;
      throw thrown;
    }
  }

  async #compile(): Promise<Lowered | TransformFailure> {
    const edits = this.#runtimeEdits();
    blankTypeOnlyModules(this.#parsed.program, edits);
    const typed = edits.apply();
    const { jsx, map: parsedMap } = this.#parsed;
    const response = await transpileInThread({ source: typed.code, fileName: this.#options.fileName, jsx });
    if (!response.ok) {
      const position = positionAt(typed.code, response.offset);
      const inCell = chainMaps(parsedMap, typed.map)?.(position) ?? position;
      return failure('SyntaxError', response.message, inCell);
    }
    const map = chainMaps(
      typed.map,
      positionMap(() => response.sourceMap),
    );
    return { ok: true, code: response.code, map, compiled: true };
  }

  /** Everything that cells may say and neither JavaScript nor TypeScript understands in a script. */
  #runtimeEdits(): SourceEdits {
    const { program, text, imaginary } = this.#parsed;
    const { runtime } = this.#options;
    const edits = new SourceEdits(text);
    rewriteCellModules(program, edits, runtime, (name) => this.#shadowed.bindingName(name));
    unlockConstants(program, edits);
    if (text.includes('await')) rewriteAwaits(program, edits, runtime.resumed);
    if (imaginary.size > 0) rewriteImaginaryLiterals(program, edits, imaginary);
    renameShadowed(program, edits, this.#shadowed.namesIn(program));
    return edits;
  }

  #finish(lowered: Lowered): TransformResult {
    const { program, text, map: parsedMap } = this.#parsed;
    const settled = this.#settleDeclarations(lowered);
    if (!settled.ok) {
      const position = chainMaps(parsedMap, lowered.map)?.(settled.error) ?? settled.error;
      return failure('SyntaxError', settled.error.message, position);
    }
    const map = chainMaps(parsedMap, chainMaps(lowered.map, settled.map));
    const { code, declarations } = settled;
    return { ok: true, code, ...(map && { map }), declarations, showsResult: showsResult(program, text) };
  }

  #settleDeclarations({ code, compiled }: Lowered): Settled {
    const own = this.#written.map((one) => ({ ...one, name: this.#shadowed.bindingName(one.name) }));
    if (!compiled && !own.some((declaration) => this.#declared.refuses(declaration))) {
      return { ok: true, code, map: undefined, declarations: own };
    }
    const script = parseSource(code);
    // The compiler lets some errors pass, such as an `await` in an enum.
    if (!script.ok) return script;
    const edits = new SourceEdits(code);
    unlockConstants(script.program, edits);
    const fresh = new Set(
      [...compiledNames(this.#parsed.program)].map((name) => this.#shadowed.bindingName(name)),
    );
    const found = reconcileDeclarations(script.program, edits, this.#declared, fresh);
    const constants = new Set(own.filter(({ isConstant }) => isConstant).map(({ name }) => name));
    const declarations = found.map((one) =>
      constants.has(one.name) ? { ...one, isConstant: true as const } : one,
    );
    return { ok: true, ...edits.apply(), declarations };
  }
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

function failure(
  name: CellSyntaxError['name'],
  message: string,
  { line, column }: Position,
): TransformFailure {
  return { ok: false, error: { name, message, line, column } };
}

function positionAt(text: string, offset: number): Position {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
