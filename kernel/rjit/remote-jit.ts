/** The package's public API: compile functions here, run them on a server. */
import type { Complex } from '../../backend/contract/complex.ts';
import { SignatureError } from '../../backend/contract/signature-error.ts';
import { parseSignatures, type Templates } from '../../backend/contract/template-signatures.ts';
import type { GivenSignature } from '../compiler/assign-signatures.ts';
import type { Span } from '../compiler/diagnostic.ts';
import { detectForeignLanguage, type SourceLanguage } from '../compiler/foreign/detect-foreign.ts';
import { signatureDiagnostic } from '../compiler/signature-diagnostic.ts';
import type { TypedArray } from '../compiler/typed-arrays.ts';
import type { BackendControl } from './backend-control.ts';
import { callableBase } from './callable.ts';
import { CompileError } from './compile-error.ts';
import type { FunctionModule } from './function-module.ts';
import { IoClient } from './io/io-client.ts';
import type { Endpoint, ServerAddress, ServerStatus } from './io/requests.ts';
import { RemoteFunction } from './remote-function.ts';
import type { DefinitionCount } from './remote-overload.ts';
import { endpointOf, type ServerChoice } from './server-choice.ts';
import { type Scope, SessionNames } from './session-names.ts';
import { type ModuleOptions, SourceModule } from './source-module.ts';
import type { TypedValue } from './typed-value.ts';

export { Complex } from '../../backend/contract/complex.ts';
export { RemoteError, type RemoteErrorCode } from '../../backend/contract/remote-error.ts';
export type { BackendControl } from './backend-control.ts';
export type { CallOptions, MapProgress } from './call-options.ts';
export { requestCancel } from './cancel.ts';
export { CompileError } from './compile-error.ts';
export type { ServerStatus } from './io/requests.ts';
export { NdArray, ndarray } from './nd-array.ts';
export { RemoteFunction } from './remote-function.ts';
export type { ServerChoice } from './server-choice.ts';
export type { NamedValue, Scope } from './session-names.ts';
export {
  complex,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  TypedValue,
  uint8,
  uint16,
  uint32,
  uint64,
} from './typed-value.ts';

/** RBC's own port. */
const DEFAULT_PORT = 11532;
const DEFAULT_HOST = 'localhost';
/** As RBC's line names it, but without the folder of this machine, so that notebooks' outputs stay equal. */
const THRIFT_FILE = 'rjit-kernel/backend/contract/remotejit.thrift';

export interface RemoteJITOptions extends ServerChoice {
  /** Who owns the managed backend; by default this client starts and stops its own. */
  readonly backend?: BackendControl;
  /** A call that takes longer is stopped and fails with `timeout`. 0, the default, for none. */
  readonly timeoutMs?: number;
  /** Looks up what names mean that functions use and don't define; only functions of this client by default. */
  readonly scope?: Scope;
  /** Where the lines about the server's start and stop go; nowhere by default. */
  readonly write?: (text: string) => void;
}

/** A signature that stands in the source it is for, or in what is shown of it. */
interface PlacedSignature {
  readonly text: string;
  readonly span: Span;
}

export interface Definition {
  readonly source: string;
  /** Shown in diagnostics, e.g. `In[4]`. */
  readonly fileName: string;
  /** Detected from the source where it is absent. */
  readonly language?: SourceLanguage;
  /** Compiles the source instead: reads it on standard input and writes LLVM IR to standard output. */
  readonly command?: string;
  readonly signatures: readonly (string | PlacedSignature)[];
  /** What diagnostics show instead of `source`, of the same length: a cell whose header `source` has as blanks. */
  readonly shown?: string;
  readonly options?: ModuleOptions;
  /** Numbers and typed arrays that the functions may use by name: they are part of the code, as they are now. */
  readonly constants?: Constants;
}

/** What can stand in compiled code under a name of its own. */
export type Constants = Readonly<
  Record<string, number | bigint | boolean | Complex | TypedValue | TypedArray>
>;

export interface ServerOptions {
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** False waits until the server ends, as RBC does. Default true. */
  readonly background?: boolean;
}

/** Gives a function its signatures: `rjit('int64(int64, int64)')(function foo(a, b) { return a + b; })`. */
type FunctionCompiler = (body: (...args: never[]) => unknown) => RemoteFunction;
type Decorator = (...signatures: readonly (string | DecoratorOptions)[]) => FunctionCompiler;

/** Goes behind the signatures. */
export interface DecoratorOptions {
  readonly constants?: Constants;
  /** What template variables of the signatures stand for: `{ T: ['int32', 'float64'] }`. */
  readonly templates?: Templates;
}

/**
 * A client of one server. Called with signatures, it returns what compiles a function for them.
 *
 * ```ts
 * import { complex, RemoteJIT } from 'rjit-kernel';
 *
 * const rjit = new RemoteJIT({ host: 'localhost', port: 0 });
 * await rjit.startServer();
 * const foo = rjit('int64(int64, int64)')(function foo(a, b) {
 *   return a + b;
 * });
 * console.log(foo(1, 3)); // prints 4
 * foo.signature('float64(float64, float64)').signature('complex128(complex128, complex128)');
 * console.log(foo(1.2, 3), String(foo(1, complex(0, 3.4)))); // prints 4.2 (1+3.4j)
 * console.log(await foo.async(2, 4)); // prints 6
 * console.log(foo.map(Float64Array.of(1, 2), 0.5).join()); // prints 1.5,2.5
 * console.log(await foo.with({ signal: AbortSignal.timeout(5000) }).async(2, 5)); // prints 7
 * await rjit.close();
 * ```
 *
 * The connection is made at the first use. `close` ends it; a program that waits for nothing else ends without it, too.
 */
export class RemoteJIT extends callableBase<Decorator>() {
  readonly #io: IoClient;
  readonly #options: RemoteJITOptions;
  readonly #functions = new Map<string, RemoteFunction>();
  readonly #definitions: DefinitionCount = { count: 0 };
  #address: ServerAddress;

  /** @param ioThread the module of the thread that owns the connections; tests give another */
  constructor(options: RemoteJITOptions = {}, ioThread?: URL) {
    super(
      (...signatures) =>
        (body) =>
          this.#compileFunction(body, signatures),
    );
    this.#options = options;
    this.#address = { host: options.host ?? DEFAULT_HOST, port: options.port ?? DEFAULT_PORT };
    this.#io = new IoClient(this.#firstEndpoint(), ioThread);
  }

  /**
   * Defines the functions of a source text. A function of the same name that was defined before is forgotten here and
   * on the server.
   *
   * @returns those that can be called, in the order of the source
   * @throws CompileError with all that is wrong with the source
   */
  async define(definition: Definition): Promise<readonly RemoteFunction[]> {
    const given = definition.signatures.flatMap((one) => parseGiven(one));
    const module = await this.#moduleOf(definition, given);
    return module.exportedNames.map((name) => this.#define(module, name));
  }

  async #moduleOf(
    { source, fileName, language, command, shown, options, constants }: Definition,
    given: readonly GivenSignature[],
  ): Promise<FunctionModule> {
    const named = command === undefined ? (language ?? detectForeignLanguage(source)) : { command };
    const more = shown === undefined ? {} : { shown };
    if (named === undefined || named === 'python' || named === 'typescript') {
      const text = { source, fileName, ...(named === undefined ? {} : { language: named }), ...more };
      const module = SourceModule.parse(text, this.#names(constants), options);
      module.assign(given);
      return module;
    }
    const { defineForeign } = await import('./foreign/define-foreign.ts');
    const names = this.#names();
    return defineForeign(
      { source, fileName, language: named, options: options ?? {}, names, ...more },
      given,
      {
        // Without a server the functions are checked for the likely one.
        target: await this.#io.request('target', {}).catch(() => undefined),
        write: (text) => this.#options.write?.(text),
      },
    );
  }

  /**
   * Starts a server of our own, which ends with this process; restarts it when it runs already.
   *
   * @throws RemoteError `port-in-use`, `unsupported` (no libLLVM), …
   */
  async startServer({ host, port, background = true }: ServerOptions = {}): Promise<ServerAddress> {
    const { backend, write } = this.#options;
    const wanted = { host: host ?? this.#address.host, port: port ?? this.#wantedPort() };
    this.#address = backend ? await backend.start(wanted) : await this.#io.startServer(wanted);
    if (backend) this.#io.setEndpoint({ kind: 'file', path: backend.endpointFile });
    write?.(`staring rpc.thrift server: ${THRIFT_FILE}`);
    if (!background) await this.#io.request('serverEnd', {});
    return this.#address;
  }

  /** Stops the server that `startServer`, or whoever owns the backend, has started. */
  async stopServer(): Promise<void> {
    const { backend, write } = this.#options;
    if (backend) {
      await backend.stop();
      this.#io.setEndpoint({ kind: 'file', path: backend.endpointFile });
    } else {
      await this.#io.stopServer();
    }
    write?.('... rpc.thrift server stopped\n');
  }

  /**
   * Uses another server from now on: `connect('rjits://build.example:7890', { tokenFile, caFile })`.
   *
   * @throws RemoteError `unreachable`, `unauthorized`, `bad-request` for a choice that can't be meant
   */
  async connect(server: string | ServerChoice, more: ServerChoice = {}): Promise<void> {
    const choice = typeof server === 'string' ? { ...more, url: server } : { ...server, ...more };
    const endpoint = endpointOf(choice, this.#address);
    if (endpoint.kind === 'address') this.#address = { host: endpoint.host, port: endpoint.port };
    this.#io.setEndpoint(endpoint);
    await this.#io.request('target', {});
  }

  /** Which server is used and what it holds. @throws RemoteError when there is none */
  async status(): Promise<ServerStatus> {
    return await this.#io.request('status', {});
  }

  /** Stops every call that is under way. False when none was. */
  async cancel(): Promise<boolean> {
    return await this.#io.request('cancel', {});
  }

  /** Ends the connection, and the server that this client started. */
  async close(): Promise<void> {
    await this.#io.close();
  }

  #firstEndpoint(): Endpoint {
    const { backend, url, host, port, endpointFile } = this.#options;
    const choosesServer = [url, host, port, endpointFile].some((given) => given !== undefined);
    if (backend && !choosesServer) return { kind: 'file', path: backend.endpointFile };
    return endpointOf(this.#options, this.#address);
  }

  /** A backend that nobody gave a port takes any that is free. */
  #wantedPort(): number {
    return this.#options.backend && this.#options.port === undefined ? 0 : this.#address.port;
  }

  #compileFunction(
    body: (...args: never[]) => unknown,
    given: readonly (string | DecoratorOptions)[],
  ): RemoteFunction {
    const signatures = given.filter((one) => typeof one === 'string');
    const options = given.filter((one) => typeof one === 'object');
    const constants: Constants = Object.assign({}, ...options.map((one) => one.constants ?? {}));
    const name = body.name === '' ? 'anonymous' : body.name;
    const module = SourceModule.parseFunction(body.toString(), name, this.#names(constants));
    const templates: Templates = Object.assign({}, ...options.map((one) => one.templates ?? {}));
    module.assign(signatures.flatMap((text) => parseGiven(text, templates)));
    return this.#define(module, module.exportedNames[0] ?? name);
  }

  /** Call when names may mean other functions than before: callers look again. */
  namesChanged(): void {
    this.#definitions.count += 1;
  }

  #names(constants: Constants = {}): SessionNames {
    const scope = this.#options.scope ?? (() => undefined);
    return new SessionNames({ constants, scope, functions: this.#functions });
  }

  #define(module: FunctionModule, name: string): RemoteFunction {
    const timeoutMs = () => this.#options.timeoutMs ?? 0;
    const definitions = this.#definitions;
    const defined = new RemoteFunction({ module, name, io: this.#io, definitions, timeoutMs });
    this.#drop(this.#functions.get(name));
    this.#functions.set(name, defined);
    definitions.count += 1;
    return defined;
  }

  /** Frees an earlier definition's code. Whoever still holds the function may call it: it compiles again. */
  #drop(earlier: RemoteFunction | undefined): void {
    const byEpoch = new Map<number, number[]>();
    for (const { handle, epoch } of earlier?.forget() ?? []) {
      byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), handle]);
    }
    for (const [epoch, handles] of byEpoch) {
      // A server that has gone keeps nothing to free.
      this.#io.request('drop', { epoch, handles }).catch(() => undefined);
    }
  }
}

/** @throws CompileError pointing into the signature */
function parseGiven(given: string | PlacedSignature, templates: Templates = {}): readonly GivenSignature[] {
  const { text, ...place } = typeof given === 'string' ? { text: given } : given;
  try {
    return parseSignatures(text, templates).map((signature) => ({ signature, ...place }));
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new CompileError([signatureDiagnostic(error)], { source: text, fileName: 'signature' });
  }
}
