import koffi, { type LibraryHandle, type TypeObject } from 'koffi';

/**
 * References to LLVM's objects: addresses as plain numbers, because user-space addresses fit in 48 bits and koffi
 * passes a number faster than a bigint. 0 is LLVM's NULL.
 */
declare const brand: unique symbol;
type Ref<Name extends string> = number & { readonly [brand]: Name };

export type ContextRef = Ref<'LLVMContextRef'>;
export type ModuleRef = Ref<'LLVMModuleRef'>;
export type ValueRef = Ref<'LLVMValueRef'>;
export type TypeRef = Ref<'LLVMTypeRef'>;
export type AttributeRef = Ref<'LLVMAttributeRef'>;
export type MemoryBufferRef = Ref<'LLVMMemoryBufferRef'>;
export type TargetRef = Ref<'LLVMTargetRef'>;
export type TargetMachineRef = Ref<'LLVMTargetMachineRef'>;
export type TargetDataRef = Ref<'LLVMTargetDataRef'>;
export type PassBuilderOptionsRef = Ref<'LLVMPassBuilderOptionsRef'>;
export type ErrorRef = Ref<'LLVMErrorRef'>;
export type MessageRef = Ref<'char *, owned by the caller'>;
export type LljitBuilderRef = Ref<'LLVMOrcLLJITBuilderRef'>;
export type LljitRef = Ref<'LLVMOrcLLJITRef'>;
export type JitDylibRef = Ref<'LLVMOrcJITDylibRef'>;
export type ResourceTrackerRef = Ref<'LLVMOrcResourceTrackerRef'>;
export type ExecutionSessionRef = Ref<'LLVMOrcExecutionSessionRef'>;
export type GeneratorRef = Ref<'LLVMOrcDefinitionGeneratorRef'>;
export type JitTargetMachineBuilderRef = Ref<'LLVMOrcJITTargetMachineBuilderRef'>;
export type DiagnosticInfoRef = Ref<'LLVMDiagnosticInfoRef'>;

/** Where a C function writes one result: pass `[0]`, read element 0 afterwards. */
export type Out<T> = [T | 0];
/** A C function pointer made by `koffi.register`. */
export type Callback = bigint;

/** A C function that koffi can also run on a thread of node's pool. */
export type Threaded<F extends (...args: never[]) => unknown> = F & {
  async(...args: [...Parameters<F>, (error: Error | null, result: ReturnType<F>) => void]): void;
};

/** How koffi passes a reference, and how C hands one back through a pointer. */
export const REF = 'uintptr_t';
export const OUT: ReturnType<typeof koffi.out> = koffi.out(koffi.pointer(REF));

export const DIAGNOSTIC_HANDLER = koffi.proto('void rjit_diagnostic_handler(uintptr_t, uintptr_t)');
export const FATAL_ERROR_HANDLER = koffi.proto('void rjit_fatal_error_handler(const char *)');
export const ERROR_REPORTER = koffi.proto('void rjit_error_reporter(uintptr_t, uintptr_t)');

/** A `char *` that LLVM allocated: koffi copies it, then frees it with `disposer`. */
export function ownedString(library: LibraryHandle, disposer = 'LLVMDisposeMessage'): TypeObject {
  return koffi.disposable('str', library.func(disposer, 'void', ['void *']));
}
