import type { LibraryHandle } from 'koffi';
import { bindCore } from './ir.ts';
import { bindOrc, bindOrcSession } from './orc.ts';
import { bindTarget } from './target.ts';
import { bindValues } from './values.ts';

/** The functions of LLVM's C API that rjit calls, all of which LLVM 14 and later have. Signatures only: no logic. */
export type LlvmApi = ReturnType<typeof bindLlvm>;

/** @throws Error of koffi's, naming the first function that the library lacks */
export function bindLlvm(library: LibraryHandle) {
  return {
    ...bindCore(library),
    ...bindValues(library),
    ...bindTarget(library),
    ...bindOrc(library),
    ...bindOrcSession(library),
  };
}
