import { type PackedLayout, packedLayout } from '../contract/packed.ts';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType } from '../contract/types.ts';
import { valueCodec } from '../contract/value-codec.ts';
import { callFailure } from './call-failure.ts';
import { CallRecordMemory } from './call-record-memory.ts';
import { CodeLoader, type MadeCode } from './code-loader.ts';
import { parseCompileOptions } from './compile-options.ts';
import { Guard } from './guard.ts';
import { OUTCOME } from './guard-runtime.ts';
import { Lljit } from './lljit.ts';
import type { Llvm } from './llvm.ts';
import type { LoadedFunction } from './loaded-function.ts';
import { runMap } from './map-call.ts';
import { addressOfBytes, mapColumns } from './map-columns.ts';
import { ModuleCompiler } from './module-compiler.ts';
import type { ObjectCache } from './object-cache.ts';
import { aligned, type PlacedMemory, relocate, returnedByteLength, startOfMemory } from './placed-memory.ts';
import { mapPrivate, type NativeMemory, unmap } from './posix.ts';
import { baselineTarget, Target, type TargetDescription, type TargetOptions } from './target.ts';
import { probeTarget } from './target-probe.ts';

export interface JitOptions extends TargetOptions {
  /** A file for the call record (call-record.ts), which the supervisor reads. Private memory without one. */
  readonly callRecordPath?: string;
  /** Keeps compiled objects on disk. None without it. */
  readonly objectCache?: ObjectCache;
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
  /** In the order of the request. */
  readonly functions: readonly { readonly handle: number; readonly symbol: string }[];
  /** parse, verify, optimize, codegen and link, as far as they were needed, and total. */
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  /** No code had to be generated. */
  readonly cached: boolean;
}

/** What goes back to the caller. Copies; but large memory is that of the arguments. */
export interface CallReply {
  /** Packed. */
  readonly result: Uint8Array;
  /** As much of the call's memory as was asked for. */
  readonly memory: Uint8Array;
}

const NO_MEMORY = new Uint8Array(0);

const CALL_MEMORY_BYTE_LENGTH = 64 * 1024;
/** The result's area comes first in the call memory, then the arguments. */
const ARGUMENTS_OFFSET = 1024;
const ARGUMENTS_CAPACITY = CALL_MEMORY_BYTE_LENGTH - ARGUMENTS_OFFSET;

/** Compiles and calls functions in this process. One a process, on one thread; each session has its own. */
export class Jit {
  readonly target: TargetDescription;
  readonly #target: Target;
  readonly #compiler: ModuleCompiler;
  readonly #lljit: Lljit;
  readonly #loader: CodeLoader;
  readonly #record: CallRecordMemory;
  readonly #guard: Guard;
  readonly #functions = new Map<number, LoadedFunction>();
  /** What other threads compile, in the order it was asked for. */
  readonly #aside = new Set<CompileRequest>();
  readonly #callMemory: NativeMemory;
  readonly #argumentBytes: Uint8Array;
  readonly #argumentView: DataView;
  readonly #resultBytes: Uint8Array;
  readonly #resultWords: Float64Array;
  readonly #restoreFatalErrorHandler: () => void;
  #nextHandle = 1;

  private constructor(llvm: Llvm, options: JitOptions) {
    this.#target = new Target(llvm, options);
    this.target = this.#target.description;
    this.#compiler = new ModuleCompiler(llvm, this.#target);
    this.#lljit = new Lljit(llvm, this.#target);
    this.#loader = new CodeLoader({
      llvm,
      target: this.target,
      compiler: this.#compiler,
      lljit: this.#lljit,
      cache: options.objectCache,
    });
    this.#record = new CallRecordMemory(options.callRecordPath);
    this.#restoreFatalErrorHandler = onFatalError(llvm, (message) => this.#record.writeMessage(message));
    this.#guard = new Guard(this.#compiler, this.#lljit, this.#record);
    this.#callMemory = mapPrivate(CALL_MEMORY_BYTE_LENGTH);
    this.#argumentBytes = new Uint8Array(this.#callMemory.buffer, ARGUMENTS_OFFSET);
    this.#argumentView = new DataView(this.#callMemory.buffer, ARGUMENTS_OFFSET);
    this.#resultBytes = new Uint8Array(this.#callMemory.buffer, 0, ARGUMENTS_OFFSET);
    this.#resultWords = new Float64Array(this.#callMemory.buffer, 0, ARGUMENTS_OFFSET / 8);
  }

  /**
   * Compiles for this machine's processor, or for the one in `options`; where that code doesn't run, as on virtual
   * machines that hide some of their processor, for any processor of the architecture. `target` tells which.
   *
   * @throws RemoteError `unsupported` where compiled functions can't run (other systems than 64-bit Linux)
   */
  static create(llvm: Llvm, options: JitOptions = {}): Jit {
    const jit = new Jit(llvm, options);
    if (probeTarget(jit.#compiler, jit.#lljit, jit.#guard) === OUTCOME.returned) return jit;
    jit.dispose();
    return new Jit(llvm, { ...options, ...baselineTarget() });
  }

  /**
   * Compiles a module and makes its functions callable. Other modules may define the same names.
   *
   * @param made what `makeAside` has made of the same request
   * @throws RemoteError `ir-parse`, `ir-verify`, `unresolved-symbol`, `unsupported`, `too-large`, `bad-request` or
   * `compile-failed`
   */
  compile(request: CompileRequest, made?: MadeCode): CompileReport {
    const started = performance.now();
    const options = parseCompileOptions(request.options ?? {});
    if (request.functions.length === 0) {
      throw new RemoteError('bad-request', 'a module to compile names no functions; name the ones to call');
    }
    const layouts = request.functions.map(checkedLayout);
    this.#record.beginCompile(Buffer.from(request.functions[0]?.symbol ?? ''));
    try {
      const { module, phaseMicroseconds, cached } = this.#loader.load(request.ir, request.functions, made);
      // One use for each handle, counted down by `drop`.
      module.users += request.functions.length - 1;
      const functions = request.functions.map((spec, index) => {
        const layout = layouts[index] ?? checkedLayout(spec);
        const packedAddress = module.packedAddresses[index] ?? 0;
        const handle = this.#add({ ...spec, layout, options, module, index, packedAddress });
        return { handle, symbol: spec.symbol };
      });
      const total = (performance.now() - started) * 1000;
      return { functions, phaseMicroseconds: { ...phaseMicroseconds, total }, cached };
    } finally {
      this.#record.end();
    }
  }

  /**
   * Makes the code for a request on another thread; `compile` then only links it. Several may be under way at once, and
   * one that crashes LLVM ends the process, as in `compile`.
   *
   * @returns undefined, by the promise, where there is such code already
   * @throws RemoteError as `compile`, by the promise
   */
  async makeAside(request: CompileRequest): Promise<MadeCode | undefined> {
    const [first] = request.functions;
    this.#aside.add(request);
    this.#writeAside();
    try {
      return first && (await this.#loader.makeAside(request.ir, request.functions));
    } finally {
      this.#aside.delete(request);
      this.#writeAside();
    }
  }

  /**
   * Waits for `makeAside`; this process counts as compiling meanwhile.
   *
   * @param begun what it has returned, where it was called before
   */
  async codeOf(
    request: CompileRequest,
    begun?: Promise<MadeCode | undefined>,
  ): Promise<MadeCode | undefined> {
    this.#record.beginCompile(Buffer.from(request.functions[0]?.symbol ?? ''));
    try {
      return await (begun ?? this.makeAside(request));
    } finally {
      this.#record.end();
    }
  }

  /** Should LLVM crash, it may be any of them. */
  #writeAside(): void {
    const [, ...others] = [...this.#aside].map(({ functions }) => functions[0]?.symbol);
    this.#record.writeMessage(others.length === 0 ? '' : `compiled at the same time: ${others.join(', ')}`);
  }

  /** Writes into the call record which message of a client what follows belongs to. */
  beginRequest(id: number): void {
    this.#record.beginRequest(id);
  }

  /**
   * Calls a function with packed arguments, and the memory that comes with them (call-memory.ts). Memory that is too
   * large for the call memory stays where it is, and the function writes there.
   *
   * @throws RemoteError `unknown-function`, `bad-argument`, `jit-raise`, `jit-crash` or `cancelled`. After a `jit-crash`
   * the process's memory can't be trusted: answer, then replace it.
   */
  call(handle: number, args: Uint8Array): CallReply {
    const called = this.#function(handle);
    const { layout } = called;
    const start = startOfMemory(called, args);
    const memory = start === undefined ? undefined : this.#placeMemory(layout, args, start);
    if (memory === undefined) this.#argumentBytes.set(args);
    // Unused bytes of a result are 0; plain stores take a tenth of the time of fill().
    for (let word = 0; word < layout.resultByteLength / 8; word += 1) this.#resultWords[word] = 0;
    const { address } = this.#callMemory;
    this.#record.beginCall(handle, called.symbolBytes);
    const outcome = this.#guard.call(called.packedAddress, address + ARGUMENTS_OFFSET, address);
    this.#record.end();
    if (outcome !== OUTCOME.returned) throw this.#failure(called, outcome);
    const result = this.#resultBytes.slice(0, layout.resultByteLength);
    return { result, memory: memory === undefined ? NO_MEMORY : this.#returned(memory) };
  }

  /**
   * Calls a function for each element of its columns: packed arrays of the parameters' natural widths, or one element
   * that stands for all.
   *
   * @param allocate makes the memory of the results, which may have anything in it
   * @returns the results, `length` elements of their natural width
   * @throws RemoteError as `call`, or `too-large`
   */
  map(
    handle: number,
    length: number,
    columns: readonly Uint8Array[],
    allocate: (byteLength: number) => Uint8Array = Buffer.allocUnsafeSlow,
  ): Uint8Array {
    const called = this.#function(handle);
    const checked = mapColumns(called.signature, length, columns);
    this.#record.beginCompile(called.symbolBytes);
    let loopAddress: number;
    try {
      loopAddress = this.#loader.mapAddress(called.module, called.index);
    } finally {
      this.#record.end();
    }
    const { byteLength } = valueCodec(called.signature.result);
    this.#record.beginCall(handle, called.symbolBytes);
    try {
      const loop = (args: number, results: number) => this.#guard.call(loopAddress, args, results);
      const outcome = runMap(loop, this.#callMemory, length, checked, byteLength, allocate);
      if ('result' in outcome) return outcome.result;
      throw this.#failure(called, outcome.outcome);
    } finally {
      this.#record.end();
    }
  }

  /**
   * The optimised IR or the assembly of a function and what it calls in its module.
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
      this.#loader.release(found.module);
    }
  }

  /** Frees everything and gives the process's signals back. */
  dispose(): void {
    this.drop([...this.#functions.keys()]);
    this.#guard.dispose();
    this.#lljit.dispose();
    this.#target.dispose();
    this.#restoreFatalErrorHandler();
    this.#record.dispose();
    unmap(this.#callMemory);
  }

  #placeMemory(layout: PackedLayout, args: Uint8Array, start: number): PlacedMemory {
    const returned = returnedByteLength(args, start);
    let memory: PlacedMemory;
    if (args.byteLength <= ARGUMENTS_CAPACITY) {
      this.#argumentBytes.set(args);
      const bytes = this.#argumentBytes.subarray(start, args.byteLength);
      const address = this.#callMemory.address + ARGUMENTS_OFFSET + start;
      memory = { bytes, address, returnedByteLength: returned };
    } else {
      this.#argumentBytes.set(args.subarray(0, layout.argumentsByteLength));
      const bytes = aligned(args.subarray(start));
      memory = { bytes, address: addressOfBytes(bytes), returnedByteLength: returned };
    }
    relocate(layout, this.#argumentView, memory);
    return memory;
  }

  #returned({ bytes, returnedByteLength }: PlacedMemory): Uint8Array {
    const isCallMemory = bytes.buffer === this.#callMemory.buffer;
    return isCallMemory ? bytes.slice(0, returnedByteLength) : bytes.subarray(0, returnedByteLength);
  }

  #failure(called: LoadedFunction, outcome: number): RemoteError {
    const lineOf = (instruction: bigint) => this.#loader.lineAt(called.module, Number(instruction));
    return callFailure(called, outcome, this.#record, lineOf);
  }

  #add(loaded: Omit<LoadedFunction, 'handle' | 'symbolBytes'>): number {
    const handle = this.#nextHandle++;
    this.#functions.set(handle, { ...loaded, handle, symbolBytes: Buffer.from(loaded.symbol) });
    return handle;
  }

  #function(handle: number): LoadedFunction {
    const found = this.#functions.get(handle);
    if (found === undefined) {
      throw new RemoteError('unknown-function', `no function has the handle ${handle}; compile it again`);
    }
    return found;
  }
}

/** @returns what puts the former handler back */
function onFatalError(llvm: Llvm, handler: (message: string) => void): () => void {
  const previous = llvm.onFatalError;
  llvm.onFatalError = handler;
  return () => {
    llvm.onFatalError = previous;
  };
}

function checkedLayout({ name, signature }: FunctionSpec) {
  const layout = packedLayout(signature);
  if (layout.resultByteLength > ARGUMENTS_OFFSET) {
    throw new RemoteError(
      'too-large',
      `${name} returns ${layout.resultByteLength} bytes, ${ARGUMENTS_OFFSET} are allowed`,
    );
  }
  if (layout.argumentsByteLength <= ARGUMENTS_CAPACITY) return layout;
  throw new RemoteError(
    'too-large',
    `${name} takes ${layout.argumentsByteLength} bytes of arguments, ${ARGUMENTS_CAPACITY} are allowed`,
  );
}
