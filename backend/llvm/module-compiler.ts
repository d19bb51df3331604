import { splitModules } from '../contract/linked-modules.ts';
import { Compilation, type CompiledObject, PhaseClock, pipelineFor, withoutErrors } from './compilation.ts';
import { Context, Module } from './handles.ts';
import type { Llvm } from './llvm.ts';
import { checkFunctions, type ExpectedFunction } from './module-check.ts';
import { linkLibrary } from './module-linking.ts';
import { type ModuleFacts, prepareModule } from './module-preparation.ts';
import type { Target } from './target.ts';

/** How LLVM's messages name the text it reads: `<ir>:3:10: error: …`. */
const TEXT_NAME = '<ir>';
const NOTHING_ADDED: ReadonlySet<string> = new Set();

export interface CompileInput {
  readonly ir: string;
  /** What `ir` must define. */
  readonly functions: readonly ExpectedFunction[];
  /** IR appended to it: the entries, which alone stay visible to the linker. */
  readonly entryText: string;
  readonly entryNames: ReadonlySet<string>;
}

/** Turns IR text into machine code, or into text to read, for one target. Keeps nothing between calls. */
export class ModuleCompiler {
  readonly #llvm: Llvm;
  readonly #target: Target;

  constructor(llvm: Llvm, target: Target) {
    this.#llvm = llvm;
    this.#target = target;
  }

  /** @throws RemoteError `ir-parse`, `ir-verify`, `unresolved-symbol` or `unsupported`, or `compile-failed` */
  compile(input: CompileInput): CompiledObject {
    return this.begin(input).finish();
  }

  /**
   * Everything up to the optimiser: a small part of the time, which asks LLVM a great many small questions.
   *
   * @throws RemoteError `ir-parse`, `ir-verify`, `unresolved-symbol` or `unsupported`
   */
  begin(input: CompileInput): Compilation {
    const context = new Context(this.#llvm.api);
    try {
      const clock = new PhaseClock();
      const module = this.#parse(context, input);
      try {
        const parse = clock.lap();
        checkFunctions(this.#llvm.api, module, input.functions, input.entryNames);
        module.verify();
        const facts = this.#prepare(context, module, input.entryNames);
        const prepared = { context, module, facts, phases: { parse, verify: clock.lap() } };
        return new Compilation(this.#llvm, this.#target, prepared);
      } catch (error) {
        module.dispose();
        throw error;
      }
    } catch (error) {
      context.dispose();
      throw error;
    }
  }

  /** Optimised IR or assembly of what `symbol` needs, under its own name and without entries. */
  describe(ir: string, expected: ExpectedFunction, form: 'opt' | 'asm'): string {
    return this.#inContext((context) => {
      const { api } = this.#llvm;
      const [text = '', ...libraryTexts] = splitModules(ir);
      const libraries = this.#parseLibraries(context, libraryTexts);
      const module = Module.parse(api, context, text, TEXT_NAME);
      try {
        this.#link(context, module, libraries);
        checkFunctions(api, module, [expected], NOTHING_ADDED);
        module.verify();
        const facts = this.#prepare(context, module, new Set([expected.symbol]));
        // Line tables are for faults; to a reader they are noise.
        api.stripModuleDebugInfo(module.ref);
        module.optimize(this.#target.machine, pipelineFor(facts));
        if (form === 'opt') return module.print();
        const assembly = withoutErrors(context, module.emit(this.#target.machine, 'assembly'));
        const text = assembly.bytes().toString();
        assembly.dispose();
        return text;
      } finally {
        module.dispose();
      }
    });
  }

  /**
   * The text and its entries are parsed in one go, the fast way. Where that fails, the text is read alone, so that the
   * error is about the text and not about an entry that calls it.
   */
  #parse(context: Context, input: CompileInput): Module {
    const { api } = this.#llvm;
    const [text = '', ...libraryTexts] = splitModules(input.ir);
    const libraries = this.#parseLibraries(context, libraryTexts);
    try {
      const module = Module.parse(api, context, `${text}\n${input.entryText}`, TEXT_NAME);
      return this.#linked(context, module, libraries);
    } catch (error) {
      const alone = Module.parse(api, context, text, TEXT_NAME);
      try {
        checkFunctions(api, alone, input.functions, NOTHING_ADDED);
      } finally {
        alone.dispose();
      }
      throw error;
    }
  }

  /** `module`, or nothing of it where that fails. */
  #linked(context: Context, module: Module, libraries: readonly Module[]): Module {
    try {
      this.#link(context, module, libraries);
      return module;
    } catch (error) {
      module.dispose();
      throw error;
    }
  }

  /**
   * To be called before the module is parsed that they are for: LLVM 15 takes the style of all pointers in a context
   * from the first that it reads, and then knows no `ptr` any more. Those that are never linked go with the context.
   */
  #parseLibraries(context: Context, texts: readonly string[]): readonly Module[] {
    return texts.map((text) => Module.parse(this.#llvm.api, context, text, TEXT_NAME));
  }

  #link(context: Context, module: Module, libraries: readonly Module[]): void {
    for (const library of libraries) linkLibrary(this.#llvm.api, context, module, library, this.#target);
  }

  #prepare(context: Context, module: Module, keep: ReadonlySet<string>): ModuleFacts {
    return prepareModule(this.#llvm.api, context, module, this.#target, keep);
  }

  #inContext<T>(body: (context: Context) => T): T {
    const context = new Context(this.#llvm.api);
    try {
      return body(context);
    } finally {
      context.dispose();
    }
  }
}
