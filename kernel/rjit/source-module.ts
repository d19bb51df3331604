import { joinModules } from '../../backend/contract/linked-modules.ts';
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import { assignSignatures, type GivenSignature } from '../compiler/assign-signatures.ts';
import { type CompiledModule, compileProgram, type Overload } from '../compiler/compile.ts';
import type { CoreModule, FunctionDefinition, Language } from '../compiler/core.ts';
import type { Result } from '../compiler/diagnostic.ts';
import type { HirModule } from '../compiler/hir.ts';
import {
  type Library,
  type LinkedName,
  type LinkResult,
  type LinkUnit,
  linkProgram,
  type SourcePlace,
  type UnitOptions,
} from '../compiler/link.ts';
import { parseModule } from '../compiler/parse-module.ts';
import { parseTypeScriptFunction } from '../compiler/typescript/parse-typescript.ts';
import { verifyOnClient } from './client-verification.ts';
import { CompileError } from './compile-error.ts';
import {
  type FunctionDescription,
  type FunctionModule,
  type IrTarget,
  optionNames,
} from './function-module.ts';
import type { SessionNames } from './session-names.ts';

export interface ModuleText {
  readonly source: string;
  /** Shown in diagnostics, e.g. `In[4]`. */
  readonly fileName: string;
  /** Detected from the source where it is absent. */
  readonly language?: Language;
  /** What diagnostics show instead of `source`, of the same length: a cell whose header `source` has as blanks. */
  readonly shown?: string;
}

export interface ModuleOptions extends UnitOptions {
  /** Verifies the IR in this process before it is sent; needs the optional package llvm-bindings. */
  readonly verify?: boolean;
}

/** The functions that one cell, or one call of a decorator, defined; all overloads of its functions live here. */
export class SourceModule implements FunctionModule, LinkUnit {
  readonly core: CoreModule;
  readonly place: SourcePlace;
  readonly options: ModuleOptions;
  readonly #names: SessionNames;
  readonly #overloads: Overload[] = [];

  private constructor(core: CoreModule, place: SourcePlace, names: SessionNames, options: ModuleOptions) {
    this.core = core;
    this.place = place;
    this.options = options;
    this.#names = names;
  }

  /** @throws CompileError with the parser's diagnostics */
  static parse(text: ModuleText, names: SessionNames, options: ModuleOptions = {}): SourceModule {
    const place = { source: text.shown ?? text.source, fileName: text.fileName };
    return new SourceModule(resultOf(parseModule(text), place), place, names, options);
  }

  /** From a function's own text, as `toString()` gives it. @throws CompileError */
  static parseFunction(
    source: string,
    name: string,
    names: SessionNames,
    options: ModuleOptions = {},
  ): SourceModule {
    const text = { source, fileName: name };
    const parsed = parseTypeScriptFunction(source, name, name);
    return new SourceModule(resultOf(parsed, text), text, names, options);
  }

  get optionNames(): readonly string[] {
    return optionNames(this.options);
  }

  get unit(): LinkUnit {
    return this;
  }

  /** Gives each function its signatures. @throws CompileError where they don't fit, by count or by type */
  assign(signatures: readonly GivenSignature[]): void {
    const overloads = resultOf(assignSignatures(this.core, signatures), this.place);
    this.#link(overloads);
    this.#overloads.push(...overloads);
  }

  /** @throws CompileError, and then no overload is added */
  add(functionName: string, signatures: readonly FunctionType[]): void {
    const overloads = signatures.map((signature) => ({ functionName, signature }));
    this.#link(overloads);
    this.#overloads.push(...overloads);
  }

  describe(functionName: string): FunctionDescription | undefined {
    const definition = this.core.functions.find(({ name }) => name === functionName);
    if (definition === undefined) return undefined;
    const { parameters, documentation, span } = definition;
    return {
      language: this.core.language,
      parameterNames: parameters.map(({ name }) => name),
      ...(documentation !== undefined && { documentation }),
      source: this.core.source.slice(span.start, span.end),
    };
  }

  signaturesOf(functionName: string): readonly FunctionType[] {
    return this.#overloads.filter((one) => one.functionName === functionName).map((one) => one.signature);
  }

  /** Names of the functions that can be called from outside, in the order of the source. */
  get exportedNames(): readonly string[] {
    const names = new Set(this.#overloads.map((one) => one.functionName));
    return this.core.functions.map(({ name }) => name).filter((name) => names.has(name));
  }

  find(name: string): LinkedName | undefined {
    return this.#names.find(name);
  }

  get outerNames(): readonly string[] {
    return this.#names.names;
  }

  /** IR for `overloads` and all they call, of other modules, too. @throws CompileError */
  compile(overloads: readonly Overload[], target: IrTarget): CompiledModule {
    const { value, libraries } = this.#link(overloads);
    const compiled = withLibraries(compileProgram(value, target), libraries, target);
    if (this.options.verify === true) verifyOnClient(compiled.ir);
    return compiled;
  }

  /** The typed functions, for the interpreter. @throws CompileError */
  typed(overload: Overload): HirModule {
    return this.#link([overload]).value;
  }

  #link(overloads: readonly Overload[]): Extract<LinkResult, { ok: true }> {
    const linked = linkProgram(this, overloads);
    if (linked.ok) return linked;
    throw new CompileError(linked.diagnostics, linked.unit.place);
  }

  /**
   * The overloads and those of the other functions they can reach: an overload that doesn't compile spoils only the
   * functions that call it.
   */
  withCallees(overloads: readonly Overload[]): readonly Overload[] {
    const reachable = overloads.flatMap(({ functionName }) => {
      const reached = reachableFrom(functionName, this.core);
      reached.delete(functionName);
      return this.#overloads.filter((one) => reached.has(one.functionName));
    });
    const all = new Map<string, Overload>();
    for (const overload of [...reachable, ...overloads]) {
      all.set(mangledSymbol(overload.functionName, overload.signature), overload);
    }
    return [...all.values()];
  }
}

function resultOf<T>(result: Result<T>, place: SourcePlace): T {
  if (result.ok) return result.value;
  throw new CompileError(result.diagnostics, place);
}

function withLibraries(
  program: CompiledModule,
  libraries: readonly Library[],
  target: IrTarget,
): CompiledModule {
  const modules = [program.ir];
  let { files, raises } = program;
  for (const library of libraries) {
    // The libraries that SessionNames finds are modules.
    if (!isFunctionModule(library)) throw new Error('a library that is no module');
    const compiled = library.compile([], target, { files, raises });
    modules.push(compiled.ir);
    ({ files, raises } = compiled);
  }
  return { ...program, ir: joinModules(modules), files, raises };
}

function isFunctionModule(library: Library): library is FunctionModule {
  return 'compile' in library;
}

function reachableFrom(name: string, { functions }: CoreModule): Set<string> {
  const definitions = new Map(functions.map((definition) => [definition.name, definition]));
  const reached = new Set<string>([name]);
  for (const current of reached) {
    const definition = definitions.get(current);
    if (!definition) continue;
    for (const mentioned of namesIn(definition)) if (definitions.has(mentioned)) reached.add(mentioned);
  }
  return reached;
}

/** Every name that occurs in a function; a local variable that hides a function only makes the answer too large. */
function namesIn(definition: FunctionDefinition): Set<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('kind' in node && node.kind === 'name' && 'name' in node) names.add(String(node.name));
    for (const child of Object.values(node)) visit(child);
  };
  visit(definition.body);
  visit(definition.parameters);
  return names;
}
