import type { LibraryHandle } from 'koffi';
import {
  type ErrorRef,
  type MemoryBufferRef,
  type MessageRef,
  type ModuleRef,
  OUT,
  type Out,
  ownedString,
  type PassBuilderOptionsRef,
  REF,
  type TargetDataRef,
  type TargetMachineRef,
  type TargetRef,
  type Threaded,
} from './references.ts';

/** Target.h, TargetMachine.h, Transforms/PassBuilder.h, Error.h. */
export function bindTarget(library: LibraryHandle) {
  const message = ownedString(library);
  const errorMessage = ownedString(library, 'LLVMDisposeErrorMessage');
  return {
    defaultTriple: library.func('LLVMGetDefaultTargetTriple', message, []) as () => string,
    hostCpuName: library.func('LLVMGetHostCPUName', message, []) as () => string,
    hostCpuFeatures: library.func('LLVMGetHostCPUFeatures', message, []) as () => string,
    targetFromTriple: library.func('LLVMGetTargetFromTriple', 'int', ['str', OUT, OUT]) as (
      triple: string,
      target: Out<TargetRef>,
      message: Out<MessageRef>,
    ) => number,
    createTargetMachine: library.func('LLVMCreateTargetMachine', REF, [
      REF,
      'str',
      'str',
      'str',
      'int',
      'int',
      'int',
    ]) as (
      target: TargetRef,
      triple: string,
      cpu: string,
      features: string,
      optimizationLevel: number,
      relocationModel: number,
      codeModel: number,
    ) => TargetMachineRef | 0,
    disposeTargetMachine: library.func('LLVMDisposeTargetMachine', 'void', [REF]) as (
      machine: TargetMachineRef,
    ) => void,
    createTargetDataLayout: library.func('LLVMCreateTargetDataLayout', REF, [REF]) as (
      machine: TargetMachineRef,
    ) => TargetDataRef,
    disposeTargetData: library.func('LLVMDisposeTargetData', 'void', [REF]) as (
      layout: TargetDataRef,
    ) => void,
    dataLayoutText: library.func('LLVMCopyStringRepOfTargetData', message, [REF]) as (
      layout: TargetDataRef,
    ) => string,
    emitToMemoryBuffer: library.func('LLVMTargetMachineEmitToMemoryBuffer', 'int', [
      REF,
      REF,
      'int',
      OUT,
      OUT,
    ]) as Threaded<
      (
        machine: TargetMachineRef,
        module: ModuleRef,
        fileType: number,
        message: Out<MessageRef>,
        buffer: Out<MemoryBufferRef>,
      ) => number
    >,
    createPassBuilderOptions: library.func(
      'LLVMCreatePassBuilderOptions',
      REF,
      [],
    ) as () => PassBuilderOptionsRef,
    disposePassBuilderOptions: library.func('LLVMDisposePassBuilderOptions', 'void', [REF]) as (
      options: PassBuilderOptionsRef,
    ) => void,
    setSlpVectorization: library.func('LLVMPassBuilderOptionsSetSLPVectorization', 'void', [REF, 'int']) as (
      options: PassBuilderOptionsRef,
      enabled: number,
    ) => void,
    runPasses: library.func('LLVMRunPasses', REF, [REF, 'str', REF, REF]) as Threaded<
      (
        module: ModuleRef,
        passes: string,
        machine: TargetMachineRef,
        options: PassBuilderOptionsRef,
      ) => ErrorRef | 0
    >,
    /** Takes the error. */
    errorMessage: library.func('LLVMGetErrorMessage', errorMessage, [REF]) as (error: ErrorRef) => string,
  };
}
