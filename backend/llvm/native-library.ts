import koffi, { type LibraryHandle } from 'koffi';

/**
 * Koffi runs calls, and so LLVM and compiled functions, on stacks of its own with a guard page below. 8 MiB is what a
 * Linux program expects of its main thread's stack.
 */
const CALL_STACK_BYTE_LENGTH = 8 * 1024 * 1024;

let configured = false;

/** Loads a library for koffi; all of the backend's go through here, because koffi is configured before the first. */
export function loadNativeLibrary(path: string): LibraryHandle {
  if (!configured) {
    koffi.config({
      sync_stack_size: CALL_STACK_BYTE_LENGTH,
      async_stack_size: CALL_STACK_BYTE_LENGTH,
    });
    configured = true;
  }
  return koffi.load(path);
}
