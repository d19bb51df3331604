import koffi, { type LibraryHandle } from 'koffi';
import {
  type Callback,
  type ContextRef,
  DIAGNOSTIC_HANDLER,
  type DiagnosticInfoRef,
  FATAL_ERROR_HANDLER,
  type MemoryBufferRef,
  type MessageRef,
  type ModuleRef,
  OUT,
  type Out,
  ownedString,
  REF,
  type TargetDataRef,
} from './references.ts';

/** Core.h, IRReader.h, Analysis.h, BitWriter.h, ErrorHandling.h, Support.h: contexts, modules, messages. */
export function bindCore(library: LibraryHandle) {
  const disposeMessage: (message: MessageRef) => void = library.func('LLVMDisposeMessage', 'void', [REF]);
  const message = ownedString(library);
  return {
    disposeMessage,
    contextCreate: library.func('LLVMContextCreate', REF, []) as () => ContextRef,
    contextDispose: library.func('LLVMContextDispose', 'void', [REF]) as (context: ContextRef) => void,
    contextSetDiagnosticHandler: library.func('LLVMContextSetDiagnosticHandler', 'void', [
      REF,
      koffi.pointer(DIAGNOSTIC_HANDLER),
      REF,
    ]) as (context: ContextRef, handler: Callback, data: number) => void,
    diagnosticDescription: library.func('LLVMGetDiagInfoDescription', message, [REF]) as (
      info: DiagnosticInfoRef,
    ) => string,
    diagnosticSeverity: library.func('LLVMGetDiagInfoSeverity', 'int', [REF]) as (
      info: DiagnosticInfoRef,
    ) => number,
    installFatalErrorHandler: library.func('LLVMInstallFatalErrorHandler', 'void', [
      koffi.pointer(FATAL_ERROR_HANDLER),
    ]) as (handler: Callback) => void,
    createMemoryBufferCopy: library.func('LLVMCreateMemoryBufferWithMemoryRangeCopy', REF, [
      'void *',
      'size_t',
      'str',
    ]) as (data: Uint8Array, byteLength: number, name: string) => MemoryBufferRef,
    disposeMemoryBuffer: library.func('LLVMDisposeMemoryBuffer', 'void', [REF]) as (
      buffer: MemoryBufferRef,
    ) => void,
    bufferStart: library.func('LLVMGetBufferStart', REF, [REF]) as (buffer: MemoryBufferRef) => number,
    bufferSize: library.func('LLVMGetBufferSize', 'size_t', [REF]) as (buffer: MemoryBufferRef) => number,
    /** Takes the buffer, also when it fails. */
    parseIr: library.func('LLVMParseIRInContext', 'int', [REF, REF, OUT, OUT]) as (
      context: ContextRef,
      buffer: MemoryBufferRef,
      module: Out<ModuleRef>,
      message: Out<MessageRef>,
    ) => number,
    createModule: library.func('LLVMModuleCreateWithNameInContext', REF, ['str', REF]) as (
      name: string,
      context: ContextRef,
    ) => ModuleRef,
    disposeModule: library.func('LLVMDisposeModule', 'void', [REF]) as (module: ModuleRef) => void,
    verifyModule: library.func('LLVMVerifyModule', 'int', [REF, 'int', OUT]) as (
      module: ModuleRef,
      action: number,
      message: Out<MessageRef>,
    ) => number,
    printModule: library.func('LLVMPrintModuleToString', message, [REF]) as (module: ModuleRef) => string,
    /** Takes the second module. */
    linkModules: library.func('LLVMLinkModules2', 'int', [REF, REF]) as (
      module: ModuleRef,
      added: ModuleRef,
    ) => number,
    stripModuleDebugInfo: library.func('LLVMStripModuleDebugInfo', 'int', [REF]) as (
      module: ModuleRef,
    ) => number,
    writeBitcode: library.func('LLVMWriteBitcodeToMemoryBuffer', REF, [REF]) as (
      module: ModuleRef,
    ) => MemoryBufferRef,
    getTriple: library.func('LLVMGetTarget', 'str', [REF]) as (module: ModuleRef) => string,
    setTriple: library.func('LLVMSetTarget', 'void', [REF, 'str']) as (
      module: ModuleRef,
      triple: string,
    ) => void,
    setModuleDataLayout: library.func('LLVMSetModuleDataLayout', 'void', [REF, REF]) as (
      module: ModuleRef,
      layout: TargetDataRef,
    ) => void,
    loadLibraryPermanently: library.func('LLVMLoadLibraryPermanently', 'int', ['str']) as (
      fileName: string | null,
    ) => number,
    searchForAddressOfSymbol: library.func('LLVMSearchForAddressOfSymbol', REF, ['str']) as (
      name: string,
    ) => number,
  };
}
