import koffi, { type LibraryHandle } from 'koffi';

/**
 * Signatures of the functions of LLVM's C API that rjit calls (llvm-c/*.h, LLVM 14 and later). No logic here.
 *
 * References are addresses as plain numbers: user-space addresses fit in 48 bits, and koffi passes a number faster
 * than a bigint. 0 is LLVM's NULL.
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

export type LlvmApi = ReturnType<typeof bindLlvm>;

const REF = 'uintptr_t';
const OUT = koffi.out(koffi.pointer(REF));

export const DIAGNOSTIC_HANDLER = koffi.proto('void rjit_diagnostic_handler(uintptr_t, uintptr_t)');
export const FATAL_ERROR_HANDLER = koffi.proto('void rjit_fatal_error_handler(const char *)');
export const ERROR_REPORTER = koffi.proto('void rjit_error_reporter(uintptr_t, uintptr_t)');

export function bindLlvm(library: LibraryHandle) {
  return {
    ...bindCore(library),
    ...bindValues(library),
    ...bindTarget(library),
    ...bindOrc(library),
    ...bindOrcSession(library),
  };
}

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

/** Core.h, IRReader.h, Analysis.h, BitWriter.h, ErrorHandling.h, Support.h: contexts, modules, messages. */
function bindCore(library: LibraryHandle) {
  const disposeMessage: (message: MessageRef) => void = library.func('LLVMDisposeMessage', 'void', [REF]);
  const ownedString = koffi.disposable('str', library.func('LLVMDisposeMessage', 'void', ['void *']));
  return {
    disposeMessage,
    contextCreate: library.func('LLVMContextCreate', REF, []) as () => ContextRef,
    contextDispose: library.func('LLVMContextDispose', 'void', [REF]) as (context: ContextRef) => void,
    contextSetDiagnosticHandler: library.func('LLVMContextSetDiagnosticHandler', 'void', [
      REF,
      koffi.pointer(DIAGNOSTIC_HANDLER),
      REF,
    ]) as (context: ContextRef, handler: Callback, data: number) => void,
    diagnosticDescription: library.func('LLVMGetDiagInfoDescription', ownedString, [REF]) as (
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
    printModule: library.func('LLVMPrintModuleToString', ownedString, [REF]) as (module: ModuleRef) => string,
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

/** Core.h: walking and changing what a module defines. */
function bindValues(library: LibraryHandle) {
  const ownedString = koffi.disposable('str', library.func('LLVMDisposeMessage', 'void', ['void *']));
  const first = (name: string) => library.func(name, REF, [REF]) as (module: ModuleRef) => ValueRef | 0;
  const next = (name: string) => library.func(name, REF, [REF]) as (value: ValueRef) => ValueRef | 0;
  return {
    getNamedFunction: library.func('LLVMGetNamedFunction', REF, [REF, 'str']) as (
      module: ModuleRef,
      name: string,
    ) => ValueRef | 0,
    firstFunction: first('LLVMGetFirstFunction'),
    nextFunction: next('LLVMGetNextFunction'),
    firstGlobal: first('LLVMGetFirstGlobal'),
    nextGlobal: next('LLVMGetNextGlobal'),
    firstAlias: first('LLVMGetFirstGlobalAlias'),
    nextAlias: next('LLVMGetNextGlobalAlias'),
    firstUse: next('LLVMGetFirstUse'),
    valueName: library.func('LLVMGetValueName2', 'str', [REF, koffi.out(koffi.pointer('size_t'))]) as (
      value: ValueRef,
      byteLength: Out<number>,
    ) => string,
    isDeclaration: library.func('LLVMIsDeclaration', 'int', [REF]) as (global: ValueRef) => number,
    isGlobalConstant: library.func('LLVMIsGlobalConstant', 'int', [REF]) as (global: ValueRef) => number,
    isThreadLocal: library.func('LLVMIsThreadLocal', 'int', [REF]) as (global: ValueRef) => number,
    globalValueType: library.func('LLVMGlobalGetValueType', REF, [REF]) as (global: ValueRef) => TypeRef,
    printType: library.func('LLVMPrintTypeToString', ownedString, [REF]) as (type: TypeRef) => string,
    setLinkage: library.func('LLVMSetLinkage', 'void', [REF, 'int']) as (
      global: ValueRef,
      linkage: number,
    ) => void,
    getLinkage: library.func('LLVMGetLinkage', 'int', [REF]) as (global: ValueRef) => number,
    setVisibility: library.func('LLVMSetVisibility', 'void', [REF, 'int']) as (
      global: ValueRef,
      visibility: number,
    ) => void,
    getComdat: library.func('LLVMGetComdat', REF, [REF]) as (global: ValueRef) => number,
    setComdat: library.func('LLVMSetComdat', 'void', [REF, REF]) as (
      global: ValueRef,
      comdat: number,
    ) => void,
    createStringAttribute: library.func('LLVMCreateStringAttribute', REF, [
      REF,
      'str',
      'unsigned int',
      'str',
      'unsigned int',
    ]) as (
      context: ContextRef,
      key: string,
      keyByteLength: number,
      value: string,
      valueByteLength: number,
    ) => AttributeRef,
    addAttribute: library.func('LLVMAddAttributeAtIndex', 'void', [REF, 'unsigned int', REF]) as (
      target: ValueRef,
      index: number,
      attribute: AttributeRef,
    ) => void,
    removeStringAttribute: library.func('LLVMRemoveStringAttributeAtIndex', 'void', [
      REF,
      'unsigned int',
      'str',
      'unsigned int',
    ]) as (target: ValueRef, index: number, key: string, keyByteLength: number) => void,
  };
}

/** Target.h, TargetMachine.h, Transforms/PassBuilder.h, Error.h. */
function bindTarget(library: LibraryHandle) {
  const ownedString = koffi.disposable('str', library.func('LLVMDisposeMessage', 'void', ['void *']));
  const ownedErrorText = koffi.disposable('str', library.func('LLVMDisposeErrorMessage', 'void', ['void *']));
  return {
    defaultTriple: library.func('LLVMGetDefaultTargetTriple', ownedString, []) as () => string,
    hostCpuName: library.func('LLVMGetHostCPUName', ownedString, []) as () => string,
    hostCpuFeatures: library.func('LLVMGetHostCPUFeatures', ownedString, []) as () => string,
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
    dataLayoutText: library.func('LLVMCopyStringRepOfTargetData', ownedString, [REF]) as (
      layout: TargetDataRef,
    ) => string,
    emitToMemoryBuffer: library.func('LLVMTargetMachineEmitToMemoryBuffer', 'int', [
      REF,
      REF,
      'int',
      OUT,
      OUT,
    ]) as (
      machine: TargetMachineRef,
      module: ModuleRef,
      fileType: number,
      message: Out<MessageRef>,
      buffer: Out<MemoryBufferRef>,
    ) => number,
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
    runPasses: library.func('LLVMRunPasses', REF, [REF, 'str', REF, REF]) as (
      module: ModuleRef,
      passes: string,
      machine: TargetMachineRef,
      options: PassBuilderOptionsRef,
    ) => ErrorRef | 0,
    /** Takes the error. */
    errorMessage: library.func('LLVMGetErrorMessage', ownedErrorText, [REF]) as (error: ErrorRef) => string,
  };
}

/** LLJIT.h and Orc.h: making an LLJIT. */
function bindOrc(library: LibraryHandle) {
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
function bindOrcSession(library: LibraryHandle) {
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
