import koffi from 'koffi';
import { RemoteError, type RemoteErrorCode } from '../contract/remote-error.ts';
import type { LlvmApi } from './c-api/bind.ts';
import {
  type ContextRef,
  DIAGNOSTIC_HANDLER,
  type DiagnosticInfoRef,
  type ErrorRef,
  type MemoryBufferRef,
  type MessageRef,
  type ModuleRef,
  type Out,
  type PassBuilderOptionsRef,
  type TargetMachineRef,
  type Threaded,
} from './c-api/references.ts';
import { takeMessage } from './c-strings.ts';

/*
 * Who owns what. Each class here owns the one reference it wraps: `dispose` frees it, once, and using it later is a
 * bug. A module must be disposed before its context. Ownership moves in three places only, all on LLVM's side of the
 * C API: parsing takes the text buffer; making an LLJIT takes its target machine; adding an object takes its buffer
 * (lljit.ts).
 */

/** A context and what LLVM reported about its modules. Lives for one compilation, so that nothing piles up. */
export class Context {
  readonly ref: ContextRef;
  readonly #api: LlvmApi;

  constructor(api: LlvmApi) {
    this.#api = api;
    this.ref = api.contextCreate();
    api.contextSetDiagnosticHandler(this.ref, diagnosticHandler(api), this.ref);
    reports.set(this.ref, []);
  }

  /** Errors since the last call, as LLVM worded them (a backend's "unsupported …" or a bad inline assembly). */
  takeErrors(): readonly string[] {
    return reports.get(this.ref)?.splice(0) ?? [];
  }

  dispose(): void {
    reports.delete(this.ref);
    this.#api.contextDispose(this.ref);
  }
}

const reports = new Map<ContextRef, string[]>();
const diagnosticHandlers = new Map<LlvmApi, bigint>();
const SEVERITY_ERROR = 0;

/**
 * Without a handler of its own a context answers an error by ending the process. One callback serves all contexts of
 * a library, because each costs one of koffi's limited trampolines.
 */
function diagnosticHandler(api: LlvmApi): bigint {
  const known = diagnosticHandlers.get(api);
  if (known !== undefined) return known;
  const handler = koffi.register((info: DiagnosticInfoRef, context: ContextRef) => {
    if (api.diagnosticSeverity(info) !== SEVERITY_ERROR) return;
    reports.get(context)?.push(api.diagnosticDescription(info));
  }, koffi.pointer(DIAGNOSTIC_HANDLER));
  diagnosticHandlers.set(api, handler);
  return handler;
}

/** A module in a context that outlives it. */
export class Module {
  readonly ref: ModuleRef;
  readonly #api: LlvmApi;

  private constructor(api: LlvmApi, ref: ModuleRef) {
    this.#api = api;
    this.ref = ref;
  }

  /**
   * @param name appears in LLVM's messages as a file name.
   * @throws RemoteError `ir-parse` with LLVM's message: line, column, the line itself and a caret.
   */
  static parse(api: LlvmApi, context: Context, text: string, name: string): Module {
    const bytes = Buffer.from(text);
    const buffer = api.createMemoryBufferCopy(bytes, bytes.byteLength, name);
    const module: Out<ModuleRef> = [0];
    const message: Out<MessageRef> = [0];
    const failed = api.parseIr(context.ref, buffer, module, message);
    const [ref] = module;
    if (failed !== 0 || ref === 0) throw new RemoteError('ir-parse', takeMessage(api, message));
    return new Module(api, ref);
  }

  /** @throws RemoteError `ir-verify` with every complaint of LLVM's verifier. */
  verify(): void {
    const message: Out<MessageRef> = [0];
    const broken = this.#api.verifyModule(this.ref, RETURN_STATUS, message);
    const text = takeMessage(this.#api, message);
    if (broken !== 0) throw new RemoteError('ir-verify', text);
  }

  /** @throws RemoteError `compile-failed` when LLVM refuses the pipeline. */
  optimize(machine: TargetMachineRef, passes: string): void {
    const options = this.#passOptions();
    const error = this.#api.runPasses(this.ref, passes, machine, options);
    this.#api.disposePassBuilderOptions(options);
    throwIfError(this.#api, error, 'compile-failed');
  }

  /** On another thread, with a machine that no other uses meanwhile. */
  async optimizeAside(machine: TargetMachineRef, passes: string): Promise<void> {
    const options = this.#passOptions();
    const error = await onThread(this.#api.runPasses, this.ref, passes, machine, options);
    this.#api.disposePassBuilderOptions(options);
    throwIfError(this.#api, error, 'compile-failed');
  }

  #passOptions(): PassBuilderOptionsRef {
    const options = this.#api.createPassBuilderOptions();
    this.#api.setSlpVectorization(options, 1);
    return options;
  }

  /** @throws RemoteError `compile-failed` when the target can't emit it. */
  emit(machine: TargetMachineRef, fileType: EmittedFile): MemoryBuffer {
    const message: Out<MessageRef> = [0];
    const buffer: Out<MemoryBufferRef> = [0];
    const failed = this.#api.emitToMemoryBuffer(machine, this.ref, FILE_TYPES[fileType], message, buffer);
    return this.#emitted(failed, message, buffer);
  }

  /** On another thread, with a machine that no other uses meanwhile. */
  async emitAside(machine: TargetMachineRef, fileType: EmittedFile): Promise<MemoryBuffer> {
    const message: Out<MessageRef> = [0];
    const buffer: Out<MemoryBufferRef> = [0];
    const { emitToMemoryBuffer } = this.#api;
    const type = FILE_TYPES[fileType];
    const failed = await onThread(emitToMemoryBuffer, machine, this.ref, type, message, buffer);
    return this.#emitted(failed, message, buffer);
  }

  #emitted(failed: number, message: Out<MessageRef>, [ref]: Out<MemoryBufferRef>): MemoryBuffer {
    if (failed !== 0 || ref === 0) {
      throw new RemoteError('compile-failed', takeMessage(this.#api, message) || 'LLVM emitted nothing');
    }
    return new MemoryBuffer(this.#api, ref);
  }

  print(): string {
    return this.#api.printModule(this.ref);
  }

  dispose(): void {
    this.#api.disposeModule(this.ref);
  }
}

/** What LLVM reports meanwhile, by callbacks, this thread hears when its event loop turns. */
function onThread<F extends (...args: never[]) => unknown>(
  call: Threaded<F>,
  ...args: Parameters<F>
): Promise<ReturnType<F>> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

const RETURN_STATUS = 2;

export type EmittedFile = 'assembly' | 'object';
const FILE_TYPES: Readonly<Record<EmittedFile, number>> = { assembly: 0, object: 1 };

export class MemoryBuffer {
  readonly ref: MemoryBufferRef;
  readonly #api: LlvmApi;

  constructor(api: LlvmApi, ref: MemoryBufferRef) {
    this.#api = api;
    this.ref = ref;
  }

  static copyOf(api: LlvmApi, bytes: Uint8Array, name: string): MemoryBuffer {
    return new MemoryBuffer(api, api.createMemoryBufferCopy(bytes, bytes.byteLength, name));
  }

  /** A copy: the buffer's own bytes may go to another owner. */
  bytes(): Buffer {
    const address = BigInt(this.#api.bufferStart(this.ref));
    return Buffer.from(new Uint8Array(koffi.view(address, this.#api.bufferSize(this.ref))));
  }

  dispose(): void {
    this.#api.disposeMemoryBuffer(this.ref);
  }
}

/** Takes the error and throws it as `code`. */
export function throwIfError(api: LlvmApi, error: ErrorRef | 0, code: RemoteErrorCode): void {
  if (error !== 0) throw new RemoteError(code, api.errorMessage(error));
}
