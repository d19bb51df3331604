import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { SignatureError } from '../../backend/contract/signature-error.ts';
import { parseSignatures, type Templates } from '../../backend/contract/template-signatures.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import { type Value, valueCodec } from '../../backend/contract/value-codec.ts';
import { argumentsKey, plainValue, typesOfArguments } from './argument-type.ts';
import { type CallOptions, throwIfAborted } from './call-options.ts';
import { callableBase } from './callable.ts';
import { CompileError } from './compile-error.ts';
import { describeIr } from './describe.ts';
import type { FunctionDescription, FunctionModule } from './function-module.ts';
import { type FunctionReport, reportBundle } from './function-report.ts';
import type { CallTarget, IoClient, RequestOptions } from './io/io-client.ts';
import { callLocally } from './local-call.ts';
import { type Column, elementTypes, mappable, packColumns, resultColumn } from './map-columns.ts';
import { chooseOverload } from './overload-choice.ts';
import { type CompileTimes, type DefinitionCount, RemoteOverload } from './remote-overload.ts';

/** A call: waits for the result. */
type ValueFunction = (...args: readonly unknown[]) => Value;

const NO_OPTIONS: CallOptions = {};

export interface AsyncCalls {
  (...args: readonly unknown[]): Promise<Value>;
  /** `foo.map`, as a promise. Reads the arrays until it is settled. */
  map(...columns: readonly unknown[]): Promise<Column>;
}

/** The ways to call a function, all under the same options. */
export interface BoundFunction extends ValueFunction {
  readonly async: AsyncCalls;
  map(...columns: readonly unknown[]): Column;
}

export interface RemoteFunctionOptions {
  readonly module: FunctionModule;
  readonly name: string;
  readonly io: IoClient;
  /** What functions are there: a new one, or a new overload, may change what the others call. */
  readonly definitions: DefinitionCount;
  /** 0 for none. */
  readonly timeoutMs: () => number;
}

/**
 * A function whose body runs on the server. `foo(1, 3)` waits for the result, `await foo.async(1, 3)` doesn't block.
 * Overloads are compiled when they are first called.
 */
export class RemoteFunction extends callableBase<ValueFunction>() {
  readonly async: AsyncCalls;
  readonly #options: RemoteFunctionOptions;
  readonly #overloads: RemoteOverload[] = [];
  /** The choice for each tuple of argument types that has been seen. */
  readonly #choices = new Map<string, RemoteOverload>();

  constructor(options: RemoteFunctionOptions) {
    super((...args) => this.#choose(args).call(args.map(plainValue), options.timeoutMs()));
    this.#options = options;
    this.async = this.#asyncCalls(NO_OPTIONS);
    Object.defineProperty(this, 'name', { value: options.name, configurable: true });
    for (const signature of options.module.signaturesOf(options.name)) this.#add(signature);
  }

  /**
   * Adds an overload: `foo.signature('double(double, double)')`, or several: `foo.signature('T(T), T = [int8, int16]')`.
   *
   * @throws CompileError when the text isn't a signature or the function doesn't compile for it; nothing is added then
   */
  signature(text: string, { templates = {} }: { readonly templates?: Templates } = {}): this {
    const { module, name } = this.#options;
    const signatures = this.#parse(text, templates).map(({ label, ...signature }) => {
      if (label === undefined || label === name) return signature;
      const message = `the signature is for ${label}; this function is ${name}`;
      throw this.#signatureError(message, text, 0, text.length);
    });
    module.add(name, signatures);
    for (const signature of signatures) this.#add(signature);
    this.#options.definitions.count += 1;
    return this;
  }

  /** The overloads, as `int64(int64, int64)`. */
  get signatures(): readonly string[] {
    return this.#overloads.map(({ signature }) => formatType(signature));
  }

  /** The options it is compiled with, such as `fastmath`; none by default. */
  get options(): readonly string[] {
    return this.#options.module.optionNames;
  }

  /** Its source and what stands there about it. */
  get description(): FunctionDescription | undefined {
    const { module, name } = this.#options;
    return module.describe?.(name);
  }

  /** The LLVM IR of all overloads, as it is sent to the server. */
  get ir(): string {
    const { module, io } = this.#options;
    return module.compile(this.#overloads, io.target()).ir;
  }

  /** The IR after the server's optimiser, an overload after the other. */
  get optimized(): string {
    return this.#emit('opt');
  }

  /** The server's machine code as assembly. */
  get asm(): string {
    return this.#emit('asm');
  }

  /** By signature, for the overloads that are compiled: where the time went. */
  get compileTimes(): Readonly<Record<string, CompileTimes>> {
    const entries = this.#overloads.flatMap(({ signature, times }) =>
      times ? [[formatType(signature), times] as const] : [],
    );
    return Object.fromEntries(entries);
  }

  /**
   * A view for notebooks: `display(foo.report)` shows source, IR, optimised IR, assembly and times. It is not the view of
   * `foo` itself, for it differs between machines and runs, and a notebook's results should not.
   */
  get report(): object {
    return { [Symbol.for('Jupyter.display')]: () => reportBundle(this.#report()) };
  }

  /** Runs the source in this process instead, with the same types and checks, to compare. */
  local(...args: readonly unknown[]): Value {
    return callLocally(this.#options.module, this.#choose(args), args.map(plainValue));
  }

  /**
   * Applies the function to each element of typed arrays (or plain arrays); scalars go with every element. Waits.
   * The result is the typed array of the result's type; complex results are pairs in a Float64Array or Float32Array.
   */
  map(...columns: readonly unknown[]): Column {
    return this.#map(columns, NO_OPTIONS);
  }

  /** The same function, to be called under these options: `foo.with({ signal, timeoutMs: 500 }).async(1, 3)`. */
  with(options: CallOptions): BoundFunction {
    const call = (...args: readonly unknown[]): Value => {
      throwIfAborted(this.#options.name, options.signal);
      return this.#choose(args).call(args.map(plainValue), this.#timeoutMs(options));
    };
    const map = (...columns: readonly unknown[]): Column => this.#map(columns, options);
    return Object.assign(call, { async: this.#asyncCalls(options), map });
  }

  /** Compiles every overload now, before the first call; the server does several at a time. */
  compile(): this {
    RemoteOverload.compileAll(this.#overloads);
    return this;
  }

  /** What the server holds of this function, and does no longer need to. */
  forget(): readonly CallTarget[] {
    return this.#overloads.flatMap((overload) => overload.forget() ?? []);
  }

  /** What `called` was made of. */
  static definitionOf(called: RemoteFunction): { readonly module: FunctionModule; readonly name: string } {
    const { module, name } = called.#options;
    return { module, name };
  }

  override toString(): string {
    return describeIr('cpu', this.ir, this.options);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const signatures = this.signatures.map((text) => `'${text}'`).join(', ');
    const options = this.options.length === 0 ? '' : ` (${this.options.join(', ')})`;
    return `${this.#options.name}[${signatures}]${options}`;
  }

  #report(): FunctionReport {
    const reached = (read: () => string): string | undefined => {
      try {
        return read();
      } catch (error) {
        if (error instanceof RemoteError) return undefined;
        throw error;
      }
    };
    const ir = reached(() => this.ir);
    return {
      name: this.#options.name,
      options: this.options,
      source: this.description?.source,
      ir,
      optimized: ir === undefined ? undefined : reached(() => this.optimized),
      asm: ir === undefined ? undefined : reached(() => this.asm),
      overloads: Object.fromEntries(
        this.#overloads.map(({ signature, times }) => [formatType(signature), times]),
      ),
    };
  }

  #parse(text: string, templates: Templates): readonly FunctionType[] {
    try {
      return parseSignatures(text, templates);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      throw this.#signatureError(error.message, text, error.start, error.end);
    }
  }

  #signatureError(message: string, text: string, start: number, end: number): CompileError {
    const diagnostic = { code: 'signature', message, span: { start, end } };
    return new CompileError([diagnostic], { source: text, fileName: 'signature' });
  }

  /** An overload for the same types replaces the earlier one. */
  #add(signature: FunctionType): void {
    const overload = new RemoteOverload(this.#options, signature);
    const same = this.#overloads.findIndex(({ symbol }) => symbol === overload.symbol);
    if (same === -1) this.#overloads.push(overload);
    this.#choices.clear();
  }

  #choose(args: readonly unknown[]): RemoteOverload {
    const key = argumentsKey(args);
    let overload = this.#choices.get(key);
    if (!overload) {
      overload = chooseOverload(this.#overloads, typesOfArguments(this.#options.name, args));
      this.#choices.set(key, overload);
    }
    return overload;
  }

  #asyncCalls(options: CallOptions): AsyncCalls {
    return Object.assign((...args: readonly unknown[]) => this.#callAsync(args, options), {
      map: (...columns: readonly unknown[]) => this.#mapAsync(columns, options),
    });
  }

  async #callAsync(args: readonly unknown[], options: CallOptions): Promise<Value> {
    const limits = { timeoutMs: this.#timeoutMs(options), signal: options.signal };
    return await this.#choose(args).callAsync(args.map(plainValue), limits);
  }

  #map(columns: readonly unknown[], options: CallOptions): Column {
    throwIfAborted(this.#options.name, options.signal);
    const { overload, packed } = this.#prepareMap(columns);
    const limits = this.#mapLimits(options, packed.length);
    const bytes = overload.onServer((target) =>
      this.#options.io.map(mapCommand(target, overload, packed), limits),
    );
    return resultColumn(overload.signature.result, bytes);
  }

  async #mapAsync(columns: readonly unknown[], options: CallOptions): Promise<Column> {
    const { overload, packed } = this.#prepareMap(columns);
    const limits = this.#mapLimits(options, packed.length);
    const bytes = await overload.onServerAsync(
      (target) => this.#options.io.mapAsync(mapCommand(target, overload, packed), limits),
      options.signal,
    );
    return resultColumn(overload.signature.result, bytes);
  }

  #mapLimits(options: CallOptions, total: number): RequestOptions {
    const { signal, onProgress } = options;
    const timeoutMs = this.#timeoutMs(options);
    return { timeoutMs, signal, onProgress: onProgress && ((done) => onProgress({ done, total })) };
  }

  #timeoutMs({ timeoutMs }: CallOptions): number {
    return timeoutMs ?? this.#options.timeoutMs();
  }

  #prepareMap(args: readonly unknown[]) {
    const { name } = this.#options;
    const overload = chooseOverload(mappable(name, this.#overloads), elementTypes(name, args));
    return { overload, packed: packColumns(name, overload.signature, args) };
  }

  #emit(what: 'opt' | 'asm'): string {
    const { io } = this.#options;
    const texts = this.#overloads.map((overload) =>
      overload.onServer(({ handle, epoch }) => io.requestSync('emit', { handle, epoch, what })),
    );
    return texts.join('\n');
  }
}

function mapCommand(target: CallTarget, overload: RemoteOverload, packed: ReturnType<typeof packColumns>) {
  return {
    handle: target.handle,
    epoch: target.epoch,
    ...packed,
    resultElementByteLength: valueCodec(overload.signature.result).byteLength,
  };
}
