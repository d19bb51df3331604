import type { PackedLayout } from '../contract/packed.ts';
import { packedLayout } from '../contract/packed.ts';
import type { RaiseMessage } from '../contract/raise-kinds.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType } from '../contract/types.ts';
import { callFailure } from './call-failure.ts';
import { CallRecordMemory } from './call-record-memory.ts';
import { parseCompileOptions } from './compile-options.ts';
import { Guard } from './guard.ts';
import { OUTCOME } from './guard-runtime.ts';
import { type LinkedObject, Lljit } from './lljit.ts';
import type { Llvm } from './llvm.ts';
import { ModuleCompiler } from './module-compiler.ts';
import { type Entry, packedEntryText } from './packed-entry.ts';
import { mapPrivate, type NativeMemory, unmap } from './posix.ts';
import { Target, type TargetDescription, type TargetOptions } from './target.ts';

export interface JitOptions extends TargetOptions {
  /** A file for the call record (call-record.ts), which the supervisor reads. Private memory without one. */
  readonly callRecordPath?: string;
}

export interface FunctionSpec {
  /** As the user named it. */
  readonly name: string;
  readonly signature: FunctionType;
  /** As the module defines it: the mangled name. */
  readonly symbol: string;
}

export interface CompileRequest {
  readonly ir: string;
  readonly functions: readonly FunctionSpec[];
  /** As in remotejit.thrift; compile-options.ts lists them. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface CompileReport {
  readonly functions: readonly { readonly handle: number; readonly symbol: string }[];
  /** parse, verify, optimize, codegen, link, total */
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  readonly cached: boolean;
}

/** The code of one `compile`, freed with the last of its functions. */
interface LoadedModule {
  readonly ir: string;
  readonly code: LinkedObject;
  liveFunctions: number;
}

interface LoadedFunction extends FunctionSpec {
  readonly handle: number;
  readonly module: LoadedModule;
  readonly raises: readonly RaiseMessage[];
  readonly layout: PackedLayout;
  readonly packedAddress: number;
  /** `symbol` in UTF-8, for the call record. */
  readonly symbolBytes: Uint8Array;
}

const CALL_MEMORY_BYTE_LENGTH = 64 * 1024;
const RESULT_OFFSET = 0;
const ARGUMENTS_OFFSET = 64;
const ARGUMENTS_CAPACITY = CALL_MEMORY_BYTE_LENGTH - ARGUMENTS_OFFSET;

/** Compiles and calls functions in this process. One a process, on one thread; each session has its own. */
export class Jit {
  readonly target: TargetDescription;
  readonly #target: Target;
  readonly #compiler: ModuleCompiler;
  readonly #lljit: Lljit;
  readonly #record: CallRecordMemory;
  readonly #guard: Guard;
  readonly #functions = new Map<number, LoadedFunction>();
  readonly #callMemory: NativeMemory;
  readonly #argumentBytes: Uint8Array;
  readonly #resultBytes: Uint8Array;
  #nextHandle = 1;
  #nextModule = 1;

  private constructor(llvm: Llvm, options: JitOptions) {
    this.#target = new Target(llvm, options);
    this.target = this.#target.description;
    this.#compiler = new ModuleCompiler(llvm, this.#target);
    this.#lljit = new Lljit(llvm, this.#target);
    this.#record = new CallRecordMemory(options.callRecordPath);
    llvm.onFatalError = (message) => this.#record.writeMessage(message);
    this.#guard = new Guard(this.#compiler, this.#lljit, this.#record);
    this.#callMemory = mapPrivate(CALL_MEMORY_BYTE_LENGTH);
    this.#argumentBytes = new Uint8Array(this.#callMemory.buffer, ARGUMENTS_OFFSET);
    this.#resultBytes = new Uint8Array(this.#callMemory.buffer, RESULT_OFFSET, ARGUMENTS_OFFSET);
  }

  /** @throws RemoteError `unsupported` where compiled functions can't run (other systems than 64-bit Linux) */
  static create(llvm: Llvm, options: JitOptions = {}): Jit {
    return new Jit(llvm, options);
  }

  /**
   * Compiles a module and makes its functions callable. Other modules may define the same names.
   *
   * @throws RemoteError `ir-parse`, `ir-verify`, `unresolved-symbol`, `unsupported` or `compile-failed`
   */
  compile(request: CompileRequest): CompileReport {
    const started = performance.now();
    const { raises } = parseCompileOptions(request.options ?? {});
    const specs = request.functions.map((spec) => ({ ...spec, layout: packedLayout(spec.signature) }));
    const id = this.#nextModule++;
    const entries = specs.map((spec, index) => packedEntry(spec, `${id}.${index}`));
    this.#record.beginCompile(Buffer.from(specs[0]?.symbol ?? ''));
    try {
      const { object, phases } = this.#compiler.compile({
        ir: request.ir,
        functions: specs,
        entryText: entries.map(packedEntryText).join('\n'),
        entryNames: new Set(entries.map((entry) => entry.name)),
      });
      const linkStarted = performance.now();
      const code = this.#lljit.link(object);
      const addresses = this.#addressesOf(code, entries);
      const module: LoadedModule = { ir: request.ir, code, liveFunctions: specs.length };
      const functions = specs.map((spec, index) =>
        this.#add({ ...spec, module, raises, packedAddress: addresses[index] ?? 0 }),
      );
      const link = microsecondsSince(linkStarted);
      return {
        functions,
        phaseMicroseconds: { ...phases, link, total: microsecondsSince(started) },
        cached: false,
      };
    } finally {
      this.#record.end();
    }
  }

  /**
   * Calls a function with packed arguments.
   *
   * @returns its packed result, a copy
   * @throws RemoteError `unknown-function`, `bad-argument`, `jit-raise`, `jit-crash` or `cancelled`. After a `jit-crash`
   * the process's memory can't be trusted: answer, then replace it.
   */
  call(handle: number, args: Uint8Array): Uint8Array {
    const called = this.#function(handle);
    const { layout } = called;
    if (args.byteLength !== layout.argumentsByteLength) throw wrongLength(called, args.byteLength);
    this.#argumentBytes.set(args);
    this.#resultBytes.fill(0, 0, layout.resultByteLength);
    const { address } = this.#callMemory;
    this.#record.beginCall(handle, called.symbolBytes);
    const outcome = this.#guard.call(
      called.packedAddress,
      address + ARGUMENTS_OFFSET,
      address + RESULT_OFFSET,
    );
    this.#record.end();
    if (outcome !== OUTCOME.returned) throw callFailure(called, outcome, this.#record);
    return this.#resultBytes.slice(0, layout.resultByteLength);
  }

  /**
   * The optimised IR or the assembly that the function's module has for it.
   *
   * @throws RemoteError `unknown-function`
   */
  emit(handle: number, form: 'opt' | 'asm'): string {
    const found = this.#function(handle);
    return this.#compiler.describe(found.module.ir, found, form);
  }

  /** Forgets functions; a module's code is freed with its last one. Unknown handles are no error. */
  drop(handles: readonly number[]): void {
    for (const handle of handles) {
      const found = this.#functions.get(handle);
      if (found === undefined) continue;
      this.#functions.delete(handle);
      found.module.liveFunctions -= 1;
      if (found.module.liveFunctions === 0) found.module.code.remove();
    }
  }

  dispose(): void {
    this.drop([...this.#functions.keys()]);
    this.#guard.dispose();
    this.#lljit.dispose();
    this.#target.dispose();
    this.#record.dispose();
    unmap(this.#callMemory);
  }

  #add(loaded: Omit<LoadedFunction, 'handle' | 'symbolBytes'>): LoadedFunction {
    if (loaded.layout.argumentsByteLength > ARGUMENTS_CAPACITY) {
      throw new RemoteError(
        'too-large',
        `${loaded.name} has more arguments than ${ARGUMENTS_CAPACITY} bytes hold`,
      );
    }
    const handle = this.#nextHandle++;
    const added = { ...loaded, handle, symbolBytes: Buffer.from(loaded.symbol) };
    this.#functions.set(handle, added);
    return added;
  }

  #addressesOf(code: LinkedObject, entries: readonly Entry[]): readonly number[] {
    try {
      return entries.map((entry) => code.addressOf(entry.name));
    } catch (error) {
      code.remove();
      throw error;
    }
  }

  #function(handle: number): LoadedFunction {
    const found = this.#functions.get(handle);
    if (found === undefined) {
      throw new RemoteError('unknown-function', `no function has the handle ${handle}; compile it again`);
    }
    return found;
  }
}

function packedEntry(spec: FunctionSpec, suffix: string): Entry {
  return { name: `${spec.symbol}.packed.${suffix}`, callee: spec.symbol, signature: spec.signature };
}

function wrongLength(called: LoadedFunction, byteLength: number): RemoteError {
  return new RemoteError(
    'bad-argument',
    `${byteLength} bytes of arguments arrived, but ${called.name} takes ${called.layout.argumentsByteLength}`,
    { functionName: called.name },
  );
}

function microsecondsSince(start: number): number {
  return (performance.now() - start) * 1000;
}
