import koffi, { type LibraryHandle } from 'koffi';
import type { Out } from './references.ts';

/** `LLVMGetVersion` exists since LLVM 16; without it the version is read from a bitcode file's identification. */
export function bindGetVersion(
  library: LibraryHandle,
): (major: Out<number>, minor: Out<number>, patch: Out<number>) => void {
  const unsigned = koffi.out(koffi.pointer('unsigned int'));
  return library.func('LLVMGetVersion', 'void', [unsigned, unsigned, unsigned]);
}

/** Options of LLVM's command line tools, for the whole process. Unknown or repeated ones end it. */
export function bindParseCommandLineOptions(
  library: LibraryHandle,
): (count: number, words: readonly string[], overview: string) => void {
  return library.func('LLVMParseCommandLineOptions', 'void', ['int', 'const char **', 'str']);
}

/** `stage` is TargetInfo, Target, TargetMC, AsmPrinter or AsmParser; `architecture` as LLVM spells it (X86). */
export function bindInitializeTarget(
  library: LibraryHandle,
  architecture: string,
  stage: string,
): () => void {
  return library.func(`LLVMInitialize${architecture}${stage}`, 'void', []);
}
