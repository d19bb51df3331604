import koffi, { type LibraryHandle } from 'koffi';
import {
  type Callback,
  ERROR_REPORTER,
  type ErrorRef,
  type ExecutionSessionRef,
  type GeneratorRef,
  type JitDylibRef,
  type JitTargetMachineBuilderRef,
  type LljitBuilderRef,
  type LljitRef,
  type MemoryBufferRef,
  OUT,
  type Out,
  REF,
  type ResourceTrackerRef,
  type TargetMachineRef,
} from './references.ts';

/** LLJIT.h and Orc.h: making an LLJIT. */
export function bindOrc(library: LibraryHandle) {
  return {
    createLljitBuilder: library.func('LLVMOrcCreateLLJITBuilder', REF, []) as () => LljitBuilderRef,
    /** Takes the target machine builder. */
    setJitTargetMachineBuilder: library.func('LLVMOrcLLJITBuilderSetJITTargetMachineBuilder', 'void', [
      REF,
      REF,
    ]) as (builder: LljitBuilderRef, machineBuilder: JitTargetMachineBuilderRef) => void,
    /** Takes (and destroys) the target machine. */
    jitTargetMachineBuilderFrom: library.func('LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine', REF, [
      REF,
    ]) as (machine: TargetMachineRef) => JitTargetMachineBuilderRef,
    /** Takes the builder, also when it fails. */
    createLljit: library.func('LLVMOrcCreateLLJIT', REF, [OUT, REF]) as (
      jit: Out<LljitRef>,
      builder: LljitBuilderRef,
    ) => ErrorRef | 0,
    disposeLljit: library.func('LLVMOrcDisposeLLJIT', REF, [REF]) as (jit: LljitRef) => ErrorRef | 0,
    globalPrefix: library.func('LLVMOrcLLJITGetGlobalPrefix', 'int8', [REF]) as (jit: LljitRef) => number,
    mainJitDylib: library.func('LLVMOrcLLJITGetMainJITDylib', REF, [REF]) as (jit: LljitRef) => JitDylibRef,
    processSymbolsGenerator: library.func('LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess', REF, [
      OUT,
      'int8',
      REF,
      REF,
    ]) as (generator: Out<GeneratorRef>, prefix: number, filter: number, data: number) => ErrorRef | 0,
    /** The JITDylib takes the generator. */
    addGenerator: library.func('LLVMOrcJITDylibAddGenerator', 'void', [REF, REF]) as (
      dylib: JitDylibRef,
      generator: GeneratorRef,
    ) => void,
  };
}

/** LLJIT.h and Orc.h: code going in and out of an LLJIT. */
export function bindOrcSession(library: LibraryHandle) {
  return {
    executionSession: library.func('LLVMOrcLLJITGetExecutionSession', REF, [REF]) as (
      jit: LljitRef,
    ) => ExecutionSessionRef,
    /** The reporter takes each error it is given. */
    setErrorReporter: library.func('LLVMOrcExecutionSessionSetErrorReporter', 'void', [
      REF,
      koffi.pointer(ERROR_REPORTER),
      REF,
    ]) as (session: ExecutionSessionRef, reporter: Callback, data: number) => void,
    createResourceTracker: library.func('LLVMOrcJITDylibCreateResourceTracker', REF, [REF]) as (
      dylib: JitDylibRef,
    ) => ResourceTrackerRef,
    removeResources: library.func('LLVMOrcResourceTrackerRemove', REF, [REF]) as (
      tracker: ResourceTrackerRef,
    ) => ErrorRef | 0,
    releaseResourceTracker: library.func('LLVMOrcReleaseResourceTracker', 'void', [REF]) as (
      tracker: ResourceTrackerRef,
    ) => void,
    /** Takes the buffer, also when it fails. */
    addObjectFile: library.func('LLVMOrcLLJITAddObjectFileWithRT', REF, [REF, REF, REF]) as (
      jit: LljitRef,
      tracker: ResourceTrackerRef,
      buffer: MemoryBufferRef,
    ) => ErrorRef | 0,
    lookup: library.func('LLVMOrcLLJITLookup', REF, [REF, OUT, 'str']) as (
      jit: LljitRef,
      address: Out<number>,
      name: string,
    ) => ErrorRef | 0,
  };
}
