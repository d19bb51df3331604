import koffi from 'koffi';
import { RemoteError } from '../contract/remote-error.ts';
import {
  ERROR_REPORTER,
  type ErrorRef,
  type GeneratorRef,
  type JitDylibRef,
  type LljitRef,
  type Out,
  type ResourceTrackerRef,
} from './c-api/references.ts';
import { type MemoryBuffer, throwIfError } from './handles.ts';
import type { Llvm } from './llvm.ts';
import type { Target } from './target.ts';

/** Linked code: `remove` frees it. Nothing may run or hold an address in it then. */
export interface LinkedObject {
  /** @throws RemoteError `unresolved-symbol`, naming what is missing. */
  addressOf(symbol: string): number;
  remove(): void;
}

/** An ORC LLJIT with one JITDylib, which also sees the symbols of this process. Owns all code linked into it. */
export class Lljit {
  readonly #llvm: Llvm;
  readonly #ref: LljitRef;
  readonly #dylib: JitDylibRef;
  /** What ORC reported since the last lookup; the error of the lookup itself says only that it failed. */
  readonly #reports: string[] = [];
  readonly #reporter: bigint;

  constructor(llvm: Llvm, target: Target) {
    const { api } = llvm;
    this.#llvm = llvm;
    const builder = api.createLljitBuilder();
    // The clone moves into the machine builder, which moves into the builder, which moves into the LLJIT.
    api.setJitTargetMachineBuilder(builder, api.jitTargetMachineBuilderFrom(target.cloneMachine()));
    const jit: Out<LljitRef> = [0];
    throwIfError(api, api.createLljit(jit, builder), 'unsupported');
    this.#ref = present(jit);
    this.#dylib = api.mainJitDylib(this.#ref);
    this.#reporter = koffi.register((_context: number, error: ErrorRef) => {
      this.#reports.push(api.errorMessage(error));
    }, koffi.pointer(ERROR_REPORTER));
    api.setErrorReporter(api.executionSession(this.#ref), this.#reporter, 0);
    this.#addProcessSymbols();
  }

  /**
   * Takes the object and links it. Its symbols must be new to this LLJIT.
   *
   * @throws RemoteError `compile-failed` when the linker refuses the object.
   */
  link(object: MemoryBuffer): LinkedObject {
    const { api } = this.#llvm;
    const tracker = api.createResourceTracker(this.#dylib);
    const error = api.addObjectFile(this.#ref, tracker, object.ref);
    if (error !== 0) {
      this.#release(tracker);
      throwIfError(api, error, 'compile-failed');
    }
    return {
      addressOf: (symbol) => this.#lookup(symbol),
      remove: () => this.#release(tracker),
    };
  }

  dispose(): void {
    throwIfError(this.#llvm.api, this.#llvm.api.disposeLljit(this.#ref), 'compile-failed');
    koffi.unregister(this.#reporter);
  }

  #addProcessSymbols(): void {
    const { api } = this.#llvm;
    const generator: Out<GeneratorRef> = [0];
    const error = api.processSymbolsGenerator(generator, api.globalPrefix(this.#ref), 0, 0);
    throwIfError(api, error, 'unsupported');
    api.addGenerator(this.#dylib, present(generator));
  }

  #lookup(symbol: string): number {
    const { api } = this.#llvm;
    const address: Out<number> = [0];
    this.#reports.length = 0;
    const error = api.lookup(this.#ref, address, symbol);
    if (error !== 0) {
      const summary = api.errorMessage(error);
      throw new RemoteError('unresolved-symbol', [...this.#reports, summary].join('; '));
    }
    return present(address);
  }

  #release(tracker: ResourceTrackerRef): void {
    const { api } = this.#llvm;
    const error = api.removeResources(tracker);
    api.releaseResourceTracker(tracker);
    throwIfError(api, error, 'compile-failed');
  }
}

function present<T extends number>(out: Out<T>): T {
  const [value] = out;
  if (value === 0) throw new Error('libLLVM reported success and returned NULL');
  return value;
}
