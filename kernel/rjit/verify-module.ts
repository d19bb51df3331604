/**
 * Verifies the module in the file named by its argument with llvm-bindings (LLVM 14). A process of its own, because
 * the package crashes on text that it can't parse. It says its verdict by its exit code.
 */
import { createRequire } from 'node:module';
import { VerifyExit } from './verify-exit.ts';

interface LlvmBindings {
  readonly LLVMContext: new () => object;
  readonly SMDiagnostic: new () => object;
  parseIRFile(path: string, diagnostic: object, context: object): object | null;
  /** True when the module is broken. */
  verifyModule(module: object): boolean;
}

process.exitCode = verdict(process.argv[2] ?? '');

function verdict(file: string): number {
  const llvm = loadBindings();
  if (!llvm) return VerifyExit.notInstalled;
  const module = llvm.parseIRFile(file, new llvm.SMDiagnostic(), new llvm.LLVMContext());
  if (!module) return VerifyExit.notParsed;
  return llvm.verifyModule(module) ? VerifyExit.broken : VerifyExit.sound;
}

function loadBindings(): LlvmBindings | undefined {
  try {
    const loaded: unknown = createRequire(import.meta.url)('llvm-bindings');
    return isBindings(loaded) ? loaded : undefined;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function isBindings(loaded: unknown): loaded is LlvmBindings {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const names = ['LLVMContext', 'SMDiagnostic', 'parseIRFile', 'verifyModule'] as const;
  return names.every((name) => name in loaded && typeof Reflect.get(loaded, name) === 'function');
}
