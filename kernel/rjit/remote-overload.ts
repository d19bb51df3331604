import type { CompileRequest } from '../../backend/contract/compile-messages.ts';
import { formatType } from '../../backend/contract/format-type.ts';
import { mangledSymbol } from '../../backend/contract/mangle.ts';
import { PackedSignature } from '../../backend/contract/packed.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import type { Value } from '../../backend/contract/value-codec.ts';
import type { CompiledModule } from '../compiler/compile.ts';
import { callError, throwIfAborted, unlessAborted } from './call-options.ts';
import type { Linked } from './compiled-together.ts';
import type { FunctionModule, IrTarget } from './function-module.ts';
import { GatheredMemory } from './gathered-memory.ts';
import type { CallTarget, IoClient, RequestOptions } from './io/io-client.ts';
import type { CompileOutcome } from './io/requests.ts';

/** How often a call compiles again because the server has lost the function: more often, and something is wrong. */
const MAX_COMPILATIONS = 3;

/** How an overload was compiled. */
export interface CompileTimes {
  readonly frontEndMs: number;
  /** Of the server, by phase: parse, verify, optimize, codegen, link, total. */
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  /** From the object cache of the server. */
  readonly cached: boolean;
}

/** Grows with every function and overload that is defined, so that a comparison tells whether something is new. */
export interface DefinitionCount {
  count: number;
}

interface OverloadOptions {
  readonly module: FunctionModule;
  readonly name: string;
  readonly io: IoClient;
  readonly definitions: DefinitionCount;
}

interface FrontEndResult {
  readonly module: CompiledModule;
  readonly target: IrTarget;
  /** Of the definitions it was made from. */
  readonly count: number;
  readonly frontEndMs: number;
}

/**
 * One signature of a remote function. It is compiled at the first call; when the server has lost it since (a restart, a
 * new session), it is compiled again, which is safe because an unknown function has not run.
 */
export class RemoteOverload {
  readonly functionName: string;
  readonly signature: FunctionType;
  readonly symbol: string;
  readonly packed: PackedSignature;
  readonly #module: FunctionModule;
  readonly #io: IoClient;
  readonly #definitions: DefinitionCount;
  #compiled: CallTarget | undefined;
  /** What `#compiled` was compiled from, where that may change with the functions of other modules. */
  #linked: Linked | undefined;
  #files: CompiledModule['files'] = [];
  #compiling: Promise<CallTarget> | undefined;
  times: CompileTimes | undefined;

  constructor({ module, name, io, definitions }: OverloadOptions, signature: FunctionType) {
    this.functionName = name;
    this.signature = signature;
    this.symbol = mangledSymbol(name, signature);
    this.packed = new PackedSignature(signature);
    this.#module = module;
    this.#io = io;
    this.#definitions = definitions;
  }

  /** Waits for the result. @throws RemoteError */
  call(args: readonly unknown[], timeoutMs: number): Value {
    for (let compilations = 0; ; compilations += 1) {
      const target = this.#current() ?? this.compile();
      const outcome = this.#io.call(target, args, timeoutMs);
      if (outcome.kind === 'value') return outcome.value;
      if (outcome.kind === 'bad-argument') throw this.#badArgument(outcome.index, outcome.problem);
      if (!this.#isLost(outcome.error, compilations)) throw this.#named(outcome.error);
      this.#lose();
    }
  }

  async callAsync(args: readonly unknown[], options: RequestOptions): Promise<Value> {
    // The elements of arrays count as they are now, also where they are sent only after a compilation.
    const waits = this.#compiled === undefined && this.packed.layout.memoryParameters.length > 0;
    const passed = waits ? new GatheredMemory(args).freeze() : args;
    return this.onServerAsync((target) => {
      const started = this.#io.callAsync(target, passed, options);
      if ('kind' in started) throw this.#badArgument(started.index, started.problem);
      return started;
    }, options.signal);
  }

  /** Does something with the compiled function, compiling first where it must. */
  onServer<T>(use: (target: CallTarget) => T): T {
    for (let compilations = 0; ; compilations += 1) {
      try {
        return use(this.#current() ?? this.compile());
      } catch (caught) {
        if (!(caught instanceof RemoteError) || !this.#isLost(caught, compilations)) throw caught;
        this.#lose();
      }
    }
  }

  async onServerAsync<T>(
    use: (target: CallTarget) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    for (let compilations = 0; ; compilations += 1) {
      try {
        throwIfAborted(this.functionName, signal);
        return await use(this.#current() ?? (await unlessAborted(this.#compileAsync(), signal)));
      } catch (error) {
        const caught = callError(this.functionName, signal, error);
        if (!(caught instanceof RemoteError)) throw caught;
        if (!this.#isLost(caught, compilations)) throw this.#named(caught);
        this.#lose();
      }
    }
  }

  /** Compiles on the server and waits. */
  compile(): CallTarget {
    const made = this.#madeTogether();
    if (made) return made;
    const front = this.#compileIr(this.#io.target());
    const [outcome] = this.#io.requestSync('compile', [commandOf(front.module)]);
    return this.#accept(outcome, front);
  }

  /** Compiles all overloads of a function side by side, and waits. */
  static compileAll(overloads: readonly RemoteOverload[]): void {
    const [first] = overloads;
    if (first === undefined) return;
    if (first.#module.compiledTogether !== undefined) {
      for (const overload of overloads) overload.compile();
      return;
    }
    const target = first.#io.target();
    const fronts = overloads.map((overload) => ({ overload, front: overload.#compileIr(target) }));
    const requests = fronts.map(({ front }) => commandOf(front.module));
    const outcomes = first.#io.requestSync('compile', requests);
    fronts.forEach(({ overload, front }, index) => {
      overload.#accept(outcomes[index], front);
    });
  }

  /** The packed arguments. @throws RemoteError `bad-argument` in the words of a call */
  pack(args: readonly unknown[]): Uint8Array {
    const bytes = new Uint8Array(this.packed.layout.argumentsByteLength);
    const bad = this.packed.write(new DataView(bytes.buffer), 0, args);
    if (bad) throw this.#badArgument(bad.index, bad.problem);
    return bytes;
  }

  /** What the server still holds of this overload, to be dropped there. */
  forget(): CallTarget | undefined {
    const target = this.#compiled ?? this.#madeTogether();
    this.#compiled = undefined;
    return target;
  }

  #compileAsync(): Promise<CallTarget> {
    // Calls that come meanwhile wait for the same compilation.
    this.#compiling ??= this.#startCompilation().finally(() => {
      this.#compiling = undefined;
    });
    return this.#compiling;
  }

  async #startCompilation(): Promise<CallTarget> {
    const made = this.#madeTogether();
    if (made) return made;
    const front = this.#compileIr(await this.#io.request('target', {}));
    const [outcome] = await this.#io.request('compile', [commandOf(front.module)]);
    return this.#accept(outcome, front);
  }

  #compileIr(target: IrTarget): FrontEndResult {
    const { count } = this.#definitions;
    const startedAt = performance.now();
    const overload = { functionName: this.functionName, signature: this.signature };
    const module = this.#module.compile([overload], target);
    return { module, target, count, frontEndMs: performance.now() - startedAt };
  }

  /**
   * What is compiled, unless a function that it calls is another one by now; then that is dropped.
   *
   * @throws CompileError when it can't be compiled with the functions there are now
   */
  #current(): CallTarget | undefined {
    const linked = this.#linked;
    const compiled = this.#compiled;
    if (!compiled || !linked || linked.count === this.#definitions.count) return compiled;
    const { module, count } = this.#compileIr(linked.target);
    if (module.ir === linked.ir) {
      this.#linked = { ...linked, count };
      return compiled;
    }
    this.#lose();
    // A server that has gone keeps nothing to free.
    const { epoch, handle } = compiled;
    this.#io.request('drop', { epoch, handles: [handle] }).catch(() => undefined);
    return undefined;
  }

  #accept(
    outcome: CompileOutcome | undefined,
    { module, target, count, frontEndMs }: FrontEndResult,
  ): CallTarget {
    if (!outcome) throw new Error(`nothing came of the compilation of ${this.symbol}`);
    const { epoch, handles, phaseMicroseconds, cached } = outcome;
    const found = handles.find(({ symbol }) => symbol === this.symbol);
    if (!found) throw new RemoteError('protocol', `the server compiled the module without ${this.symbol}`);
    const isWritten = module.functions.find(({ symbol }) => symbol === this.symbol)?.writes ?? [];
    this.#compiled = { handle: found.handle, epoch, packed: this.packed, isWritten };
    this.#files = module.files;
    this.#linked = module.files.length > 1 ? { ir: module.ir, target, count } : undefined;
    this.#module.compiledTogether?.keep(outcome, module, this.#linked);
    this.times = { frontEndMs, phaseMicroseconds, cached };
    return this.#compiled;
  }

  /** What another function's compilation has made of this overload. */
  #madeTogether(): CallTarget | undefined {
    const made = this.#module.compiledTogether?.find(this.symbol);
    this.#compiled = made && { ...made, packed: this.packed, isWritten: [] };
    if (made) this.#linked = this.#module.compiledTogether?.linked;
    this.#files = this.#module.compiledTogether?.files ?? [];
    return this.#compiled;
  }

  #lose(): void {
    if (this.#compiled) this.#module.compiledTogether?.lose(this.#compiled);
    this.#compiled = undefined;
  }

  #isLost(error: RemoteError, compilations: number): boolean {
    return error.code === 'unknown-function' && compilations < MAX_COMPILATIONS;
  }

  #badArgument(index: number, problem: string): RemoteError {
    return new RemoteError('bad-argument', `argument ${index + 1} of ${this.functionName}: ${problem}`, {
      functionName: this.functionName,
    });
  }

  /** The user knows the function by its own name, and can be shown the line that failed. */
  #named(error: RemoteError): RemoteError {
    const { code, detail, fileName } = error;
    const source = this.#files.find((file) => file.fileName === fileName)?.source;
    if (error.functionName !== undefined && source === undefined) return error;
    const { functionName = this.functionName, signalName, address, line, cause } = error;
    return new RemoteError(code, detail, {
      functionName,
      signalName,
      address,
      fileName,
      line,
      source,
      cause,
    });
  }
}

function commandOf({ ir, functions, raises, files }: CompiledModule): CompileRequest {
  return {
    ir,
    functions: functions.map(({ name, signature, symbol }) => ({
      name,
      signature: formatType(signature),
      symbol,
    })),
    options: {
      files: JSON.stringify(files.map(({ fileName }) => fileName)),
      ...(raises.length === 0 ? {} : { raises: JSON.stringify(raises) }),
    },
  };
}
