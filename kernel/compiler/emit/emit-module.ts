import type { HirModule } from '../hir.ts';
import { FunctionEmitter } from './function-emitter.ts';
import { IrModule, type Target } from './ir-module.ts';
import { functionTypes } from './ir-types.ts';

/** The module as LLVM IR text: what LLVM 14 to 19 and HeavyDB read. */
export function emitModule(hir: HirModule, target: Target): string {
  const module = new IrModule(hir.files, target);
  for (const { symbol, signature } of hir.externals) {
    const { result, parameters } = functionTypes(signature);
    module.declare(result, symbol, parameters);
  }
  for (const definition of hir.functions) {
    const fastMath = hir.files[definition.file]?.fastMath ?? false;
    new FunctionEmitter(module, definition, fastMath ? 'fast ' : '').emit();
  }
  return module.toText();
}
