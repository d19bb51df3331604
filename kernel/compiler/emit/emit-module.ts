import type { HirModule } from '../hir.ts';
import { FunctionEmitter } from './function-emitter.ts';
import { IrModule, type Target } from './ir-module.ts';
import { functionTypes } from './ir-types.ts';

export interface EmitOptions {
  readonly target: Target;
  /** Lets the optimiser reorder float arithmetic and ignore NaN and infinities. */
  readonly fastMath: boolean;
}

/** The module as LLVM IR text: what LLVM 14 to 19 and HeavyDB read. */
export function emitModule(hir: HirModule, { target, fastMath }: EmitOptions): string {
  const module = new IrModule(hir.fileName, target);
  for (const { symbol, signature } of hir.externals) {
    const { result, parameters } = functionTypes(signature);
    module.declare(result, symbol, parameters);
  }
  for (const definition of hir.functions) {
    new FunctionEmitter(module, definition, fastMath ? 'fast ' : '').emit();
  }
  return module.toText();
}
