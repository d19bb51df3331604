import type { CompileRequest, FunctionSpec } from '../contract/compile-messages.ts';
import { PackedSignature } from '../contract/packed.ts';
import { parseSignature } from '../contract/parse-type.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType } from '../contract/types.ts';
import type { MadeCode } from '../llvm/code-loader.ts';
import type { CompileReport, Jit } from '../llvm/jit.ts';
import type { RestorableModule } from './worker-messages.ts';

export interface CompiledFunction {
  readonly handle: number;
  readonly name: string;
  readonly symbol: string;
  readonly signature: FunctionType;
  /** For callers that have values instead of packed bytes: RBC's. */
  readonly codec: PackedSignature;
  /** libLLVM's side of it; another one after each restart. */
  readonly jitHandle: number;
  readonly module: RestorableModule;
}

export interface CompileOutcome {
  readonly functions: readonly CompiledFunction[];
  readonly report: CompileReport;
}

export interface RestoreOutcome {
  readonly failures: readonly { readonly id: number; readonly message: string }[];
  /** Modules whose code came from the cache. */
  readonly cachedCount: number;
}

/** Keeps the supervisor's copy, from which the next worker is made equal to this one. */
export interface ModuleJournal {
  compiled(module: RestorableModule): void;
  dropped(moduleIds: readonly number[]): void;
}

/** What a session has compiled: handles that stay the same when the worker is replaced, and RBC's names. */
export class CompiledFunctions {
  readonly #jit: Jit;
  readonly #journal: ModuleJournal;
  readonly #maxIrByteLength: number;
  readonly #byHandle = new Map<number, CompiledFunction>();
  /** RBC calls by name and mangled signature; the latest definition counts. */
  readonly #bySymbol = new Map<string, CompiledFunction>();
  #irByteLength = 0;
  #nextId = 1;

  constructor(jit: Jit, journal: ModuleJournal, maxIrByteLength: number) {
    this.#jit = jit;
    this.#journal = journal;
    this.#maxIrByteLength = maxIrByteLength;
  }

  get(handle: number): CompiledFunction {
    const found = this.#byHandle.get(handle);
    if (found) return found;
    throw new RemoteError(
      'unknown-function',
      `no function has handle ${handle} in this session; it was dropped, or compiled in another session`,
    );
  }

  findSymbol(symbol: string): CompiledFunction | undefined {
    return this.#bySymbol.get(symbol);
  }

  symbols(): string[] {
    return [...this.#bySymbol.keys()];
  }

  /** `Jit.makeAside`, for `compile` to take. */
  async makeAside(request: CompileRequest): Promise<MadeCode | undefined> {
    return this.#jit.makeAside(withSignatures(request));
  }

  /** Compiles on another thread. @param begun what `makeAside` has returned, where it was called before */
  async compileAside(
    request: CompileRequest,
    begun?: Promise<MadeCode | undefined>,
  ): Promise<CompileOutcome> {
    return this.compile(request, await this.#jit.codeOf(withSignatures(request), begun));
  }

  /** @throws RemoteError from the compilation, or `too-large` when the session's share of memory is used up */
  compile(source: CompileRequest, made?: MadeCode): CompileOutcome {
    if (this.#irByteLength + source.ir.length > this.#maxIrByteLength) {
      throw new RemoteError(
        'too-large',
        `this session keeps ${this.#irByteLength} bytes of IR compiled, ${this.#maxIrByteLength} are allowed; ` +
          'drop functions that are no longer needed',
      );
    }
    const id = this.#nextId++;
    const functions = source.functions.map((spec) => ({ ...spec, handle: this.#nextId++ }));
    const module: RestorableModule = { id, ir: source.ir, functions, options: source.options };
    const outcome = this.#add(module, made);
    this.#journal.compiled(module);
    return outcome;
  }

  /** Compiles again what another worker of this session had, under the same handles. */
  restore(nextId: number, modules: readonly RestorableModule[]): RestoreOutcome {
    this.#nextId = Math.max(this.#nextId, nextId);
    const failures: { id: number; message: string }[] = [];
    let cachedCount = 0;
    for (const module of modules) {
      try {
        if (this.#add(module).report.cached) cachedCount += 1;
      } catch (error) {
        failures.push({ id: module.id, message: RemoteError.from(error).message });
      }
    }
    return { failures, cachedCount };
  }

  /** Frees functions; a handle that is not known is none of the caller's problems. */
  drop(handles: readonly number[]): void {
    const dropped = handles.flatMap((handle) => this.#byHandle.get(handle) ?? []);
    for (const compiled of dropped) {
      this.#byHandle.delete(compiled.handle);
      if (this.#bySymbol.get(compiled.symbol) === compiled) this.#bySymbol.delete(compiled.symbol);
    }
    this.#jit.drop(dropped.map((compiled) => compiled.jitHandle));
    const modules = new Set(dropped.map((compiled) => compiled.module));
    const unused = [...modules].filter(
      (module) => !module.functions.some((spec) => this.#byHandle.has(spec.handle)),
    );
    for (const module of unused) this.#irByteLength -= module.ir.length;
    if (unused.length > 0) this.#journal.dropped(unused.map((module) => module.id));
  }

  #add(module: RestorableModule, made?: MadeCode): CompileOutcome {
    const functions = module.functions.map(withSignature);
    const report = this.#jit.compile({ ir: module.ir, functions, options: module.options }, made);
    const compiled = functions.map((spec) => {
      const jitHandle = report.functions.find((found) => found.symbol === spec.symbol)?.handle;
      if (jitHandle === undefined) throw new RemoteError('compile-failed', `${spec.symbol} was not compiled`);
      return { ...spec, codec: new PackedSignature(spec.signature), jitHandle, module };
    });
    for (const entry of compiled) {
      this.#byHandle.set(entry.handle, entry);
      this.#bySymbol.set(entry.symbol, entry);
    }
    this.#irByteLength += module.ir.length;
    return { functions: compiled, report };
  }
}

function withSignatures(request: CompileRequest) {
  return { ...request, functions: request.functions.map(withSignature) };
}

function withSignature<T extends FunctionSpec>(spec: T): Omit<T, 'signature'> & { signature: FunctionType } {
  try {
    return { ...spec, signature: parseSignature(spec.signature) };
  } catch (error) {
    throw RemoteError.from(error, 'bad-request');
  }
}
