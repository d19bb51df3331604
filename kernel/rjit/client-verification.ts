import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RemoteError } from '../../backend/contract/remote-error.ts';

/** What this file uses of the optional package llvm-bindings (LLVM 14). */
interface LlvmBindings {
  readonly LLVMContext: new () => object;
  readonly SMDiagnostic: new () => object;
  parseIRFile(path: string, diagnostic: object, context: object): object | null;
  /** True when the module is broken. */
  verifyModule(module: object): boolean;
}

/**
 * Checks a module's text with LLVM in this process. It costs LLVM's memory (48 MB) at the first use, so it is done only
 * when asked for; the server verifies every module in any case, and says more.
 *
 * @throws RemoteError `unsupported` without llvm-bindings, `ir-verify` for a module that LLVM refuses
 */
export function verifyOnClient(ir: string): void {
  const llvm = loadBindings();
  // The package parses files only.
  const folder = mkdtempSync(join(tmpdir(), 'rjit-verify-'));
  try {
    const file = join(folder, 'module.ll');
    writeFileSync(file, ir);
    const module = llvm.parseIRFile(file, new llvm.SMDiagnostic(), new llvm.LLVMContext());
    if (!module) throw new RemoteError('ir-parse', 'llvm-bindings (LLVM 14) could not read the module');
    if (llvm.verifyModule(module)) {
      throw new RemoteError('ir-verify', 'llvm-bindings (LLVM 14) finds the module broken');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadBindings(): LlvmBindings {
  let loaded: unknown;
  try {
    loaded = createRequire(import.meta.url)('llvm-bindings');
  } catch (cause) {
    throw new RemoteError(
      'unsupported',
      '--verify needs the package llvm-bindings, which could not be loaded; install it with LLVM 14 ' +
        '(npm install llvm-bindings, docs/DEPENDENCIES.md says what it needs), or leave --verify out',
      { cause },
    );
  }
  if (!isBindings(loaded)) {
    throw new RemoteError('unsupported', 'the installed llvm-bindings has no parseIRFile and verifyModule');
  }
  return loaded;
}

function isBindings(loaded: unknown): loaded is LlvmBindings {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const names = ['LLVMContext', 'SMDiagnostic', 'parseIRFile', 'verifyModule'] as const;
  return names.every((name) => name in loaded && typeof Reflect.get(loaded, name) === 'function');
}
