import type { LibraryHandle } from 'koffi';
import koffi from 'koffi';
import { RemoteError } from '../contract/remote-error.ts';
import { bindLlvm, type LlvmApi } from './c-api/bind.ts';
import { bindGetVersion, bindInitializeTarget } from './c-api/options.ts';
import { FATAL_ERROR_HANDLER, type Out } from './c-api/references.ts';
import { findLibrary, type LoadedLibrary, SUPPORTED_MAJORS } from './library.ts';
import { useVectorMath } from './vector-math.ts';

/** A loaded libLLVM with the machine's own target initialised. Lives as long as the process. */
export interface Llvm {
  readonly api: LlvmApi;
  readonly libraryPath: string;
  /** "19.1.7" */
  readonly version: string;
  readonly major: number;
  /** Vectorised loops call libmvec. */
  readonly vectorMath: boolean;
  /** LLVM calls it with its last words before it ends the process: a fatal error can't be recovered from. */
  onFatalError: (message: string) => void;
}

/**
 * Loads libLLVM and prepares the machine's own target.
 *
 * @throws RemoteError `unsupported` when no library is found, or the one found is too old or lacks this target.
 */
export function openLlvm(environment: NodeJS.ProcessEnv = process.env): Llvm {
  const library = findLibrary(environment);
  const api = bindApi(library);
  const version = readVersion(library.handle, api);
  const major = Number.parseInt(version, 10);
  if (major < Math.min(...SUPPORTED_MAJORS)) {
    throw new RemoteError(
      'unsupported',
      `${library.path} is LLVM ${version}, but rjit needs 14 or later; install libllvm19 or set RJIT_LLVM`,
    );
  }
  initializeTarget(library);
  // The process itself first: without it no symbol is found at all. libm and libgcc_s may be local to other libraries.
  for (const name of [null, 'libm.so.6', 'libgcc_s.so.1']) api.loadLibraryPermanently(name);
  const vectorMath = useVectorMath(library.handle, api, library.path, major);
  const llvm: Llvm = { api, libraryPath: library.path, version, major, vectorMath, onFatalError: () => {} };
  api.installFatalErrorHandler(
    koffi.register((message: string) => llvm.onFatalError(message), koffi.pointer(FATAL_ERROR_HANDLER)),
  );
  return llvm;
}

function bindApi(library: LoadedLibrary): LlvmApi {
  try {
    return bindLlvm(library.handle);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RemoteError(
      'unsupported',
      `${library.path} is not a libLLVM that rjit can use (14 to 19): ${reason}; set RJIT_LLVM to one that is`,
      { cause: error },
    );
  }
}

const LLVM_ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = {
  x64: 'X86',
  arm64: 'AArch64',
};

function initializeTarget(library: LoadedLibrary): void {
  const architecture = LLVM_ARCHITECTURES[process.arch];
  if (architecture === undefined) {
    throw new RemoteError(
      'unsupported',
      `the backend runs on x64 and arm64, and this machine is ${process.arch}; connect to a server instead`,
    );
  }
  for (const stage of ['TargetInfo', 'Target', 'TargetMC', 'AsmPrinter', 'AsmParser']) {
    bindInitializeTarget(library.handle, architecture, stage)();
  }
}

function readVersion(library: LibraryHandle, api: LlvmApi): string {
  const getVersion = optionally(() => bindGetVersion(library));
  if (getVersion === undefined) return versionFromBitcode(api);
  const parts: [Out<number>, Out<number>, Out<number>] = [[0], [0], [0]];
  getVersion(...parts);
  return parts.map(([part]) => part).join('.');
}

function optionally<T>(bind: () => T): T | undefined {
  try {
    return bind();
  } catch {
    return undefined; // koffi throws for a symbol that this version of the library doesn't have
  }
}

/** The symbol table block of every bitcode file ends with its producer, "14.0.6". */
function versionFromBitcode(api: LlvmApi): string {
  const context = api.contextCreate();
  const module = api.createModule('version', context);
  const buffer = api.writeBitcode(module);
  const address = api.bufferStart(buffer);
  const text = Buffer.from(koffi.view(BigInt(address), api.bufferSize(buffer))).toString('latin1');
  api.disposeMemoryBuffer(buffer);
  api.disposeModule(module);
  api.contextDispose(context);
  return /(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? '0.0.0';
}
