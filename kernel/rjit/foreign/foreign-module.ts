import { joinModules } from '../../../backend/contract/linked-modules.ts';
import { mangledSymbol } from '../../../backend/contract/mangle.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { shiftFileLabels } from '../../../backend/contract/source-location.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import type { GivenSignature } from '../../compiler/assign-signatures.ts';
import type { CompiledModule, Overload } from '../../compiler/compile.ts';
import type { Result } from '../../compiler/diagnostic.ts';
import { irString } from '../../compiler/emit/ir-values.ts';
import { assignForeignSignatures, functionsFor } from '../../compiler/foreign/assign-foreign-signatures.ts';
import type { ForeignFunction, ForeignOverload } from '../../compiler/foreign/foreign-function.ts';
import { withBridges } from '../../compiler/foreign/ir-imports.ts';
import type { ProgramBefore } from '../../compiler/link.ts';
import { verifyOnClient } from '../client-verification.ts';
import { CompileError } from '../compile-error.ts';
import { CompiledTogether } from '../compiled-together.ts';
import { type FunctionModule, type IrTarget, optionNames } from '../function-module.ts';
import type { SessionNames } from '../session-names.ts';
import type { ModuleOptions } from '../source-module.ts';
import { importFunctions } from './imported-functions.ts';

/** What foreign compilers are told of the server. */
export type ForeignTarget = Pick<IrTarget, 'triple' | 'llvmMajor'>;

/** How the functions of a module become IR that defines the overloads' symbols. */
export interface ForeignCompiler<F extends ForeignFunction> {
  generate(overloads: readonly ForeignOverload<F>[], target: ForeignTarget): Promise<string>;
  generateSync(overloads: readonly ForeignOverload<F>[], target: ForeignTarget): string;
}

export interface ForeignModuleOptions<F extends ForeignFunction> {
  readonly functions: readonly F[];
  readonly compiler: ForeignCompiler<F>;
  readonly place: { readonly source: string; readonly fileName: string };
  /** `C`, as people read it. */
  readonly languageName: string;
  readonly options: ModuleOptions;
  /** Where the functions of other cells are found; absent where there are none. */
  readonly names?: SessionNames | undefined;
}

const NOTHING_BEFORE: ProgramBefore = { files: [], raises: [] };

/** The functions of a cell whose language another compiler understands. All are compiled together. */
export class ForeignModule<F extends ForeignFunction> implements FunctionModule {
  readonly compiledTogether = new CompiledTogether();
  readonly #options: ForeignModuleOptions<F>;
  #overloads: readonly ForeignOverload<F>[] = [];
  /** By what it was made for, so that a server's second compilation costs nothing here. */
  readonly #generated = new Map<string, string>();

  private constructor(options: ForeignModuleOptions<F>) {
    this.#options = options;
  }

  /** @throws CompileError where the signatures don't fit the functions; RemoteError where the compiler fails */
  static async define<F extends ForeignFunction>(
    options: ForeignModuleOptions<F>,
    signatures: readonly GivenSignature[],
    target: ForeignTarget,
  ): Promise<ForeignModule<F>> {
    const module = new ForeignModule(options);
    module.#overloads = module.#resultOf(assignForeignSignatures(options.functions, signatures));
    const ir = await options.compiler.generate(module.#overloads, target);
    module.#generated.set(keyOf(target), module.#named(ir));
    // What it calls of other cells is there, and fits.
    module.#withImports(ir, target, NOTHING_BEFORE);
    return module;
  }

  get optionNames(): readonly string[] {
    return optionNames(this.#options.options);
  }

  get exportedNames(): readonly string[] {
    const names = new Set(this.#overloads.map(({ definition }) => definition.name));
    const ordered = this.#options.functions.map(({ name }) => name).filter((name) => names.has(name));
    return [...new Set(ordered)];
  }

  signaturesOf(functionName: string): readonly FunctionType[] {
    return this.#overloads
      .filter(({ definition }) => definition.name === functionName)
      .map(({ signature }) => signature);
  }

  add(functionName: string, signatures: readonly FunctionType[]): void {
    const added = signatures.flatMap((signature) => {
      const [definition] = this.#resultOf(functionsFor(this.#options.functions, { functionName, signature }));
      return definition === undefined ? [] : { definition, signature };
    });
    this.#overloads = [...this.#overloads, ...added];
    this.#generated.clear();
    this.compiledTogether.clear();
  }

  compile(_overloads: readonly Overload[], target: IrTarget, before = NOTHING_BEFORE): CompiledModule {
    const { ir, files, raises } = this.#withImports(this.#irFor(target), target, before);
    if (this.#options.options.verify === true) verifyOnClient(ir);
    const functions = this.#overloads.map(({ definition: { name }, signature }) => ({
      name,
      signature,
      symbol: mangledSymbol(name, signature),
    }));
    return { ir, functions, raises, files, warnings: [] };
  }

  #withImports(ir: string, target: ForeignTarget, before: ProgramBefore) {
    const { place, names } = this.#options;
    const own = shiftFileLabels(ir, before.files.length);
    const known = { files: [...before.files, place], raises: before.raises };
    if (names === undefined) return { ir: own, ...known };
    const { symbols, modules, files, raises } = importFunctions(own, { place, names }, target, known);
    return { ir: joinModules([withBridges(own, symbols), ...modules]), files, raises };
  }

  typed(): never {
    throw new RemoteError(
      'unsupported',
      `functions in ${this.#options.languageName} can't be run locally; only those in TypeScript and Python can`,
    );
  }

  #irFor(target: ForeignTarget): string {
    const key = keyOf(target);
    const generated =
      this.#generated.get(key) ?? this.#named(this.#options.compiler.generateSync(this.#overloads, target));
    this.#generated.set(key, generated);
    return generated;
  }

  /** Compilers name a source that they read from standard input `-`, or as they like. */
  #named(ir: string): string {
    const name = irString(this.#options.place.fileName);
    return ir.replace(/^source_filename = "(?:-|<[\w ]*>)"$/m, () => `source_filename = "${name}"`);
  }

  #resultOf<T>(result: Result<T>): T {
    if (result.ok) return result.value;
    throw new CompileError(result.diagnostics, this.#options.place);
  }
}

function keyOf({ triple, llvmMajor }: ForeignTarget): string {
  return `${llvmMajor} ${triple}`;
}
