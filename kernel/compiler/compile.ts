/** The compiler's front door: a parsed module and signatures in, LLVM IR text out. */
import type { RaiseMessage } from '../../backend/contract/raise-kinds.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import type { CoreModule } from './core.ts';
import type { Diagnostic, Result } from './diagnostic.ts';
import { emitModule } from './emit/emit-module.ts';
import type { Target } from './emit/ir-module.ts';
import type { HirModule } from './hir.ts';
import type { External } from './typer/module-context.ts';
import { type Overload, typeModule } from './typer/type-module.ts';

export type { Target } from './emit/ir-module.ts';
export type { External } from './typer/module-context.ts';
export type { Overload } from './typer/type-module.ts';

export interface CompileOptions {
  /** `numpy`: division by zero never raises. Default `language`: what Python or TypeScript does. */
  readonly errorModel?: 'language' | 'numpy';
  /** Lets the optimiser reorder float arithmetic and ignore NaN and infinities. Default false. */
  readonly fastMath?: boolean;
  /** Checks the indices of arrays. Default true. */
  readonly checkBounds?: boolean;
  /** Functions of other modules that this one may call. */
  readonly externals?: readonly External[];
}

export interface CompileRequest {
  readonly module: CoreModule;
  readonly overloads: readonly Overload[];
  readonly target: Target;
  readonly options?: CompileOptions;
}

export interface CompiledFunction {
  readonly name: string;
  readonly signature: FunctionType;
  /** RBC's mangled name, under which the module defines it. */
  readonly symbol: string;
}

export interface CompiledModule {
  readonly ir: string;
  readonly functions: readonly CompiledFunction[];
  /** What `rjit_raise` raises for the kinds from `FIRST_MODULE_RAISE` on. */
  readonly raises: readonly RaiseMessage[];
  readonly warnings: readonly Diagnostic[];
}

/** Types the overloads of a module: what the emitter and the interpreter work on. */
export function checkModule({
  module,
  overloads,
  options = {},
}: Omit<CompileRequest, 'target'>): Result<HirModule> {
  return typeModule(module, overloads, {
    errorModel: options.errorModel ?? 'language',
    checkBounds: options.checkBounds ?? true,
    externals: options.externals ?? [],
  });
}

export function compileModule(request: CompileRequest): Result<CompiledModule> {
  const checked = checkModule(request);
  if (!checked.ok) return checked;
  const { functions, raises } = checked.value;
  const fastMath = request.options?.fastMath ?? false;
  const ir = emitModule(checked.value, { target: request.target, fastMath });
  const exported = functions.filter((one) => one.exported);
  const compiled = exported.map(({ name, signature, symbol }) => ({ name, signature, symbol }));
  return { ok: true, value: { ir, functions: compiled, raises, warnings: [] } };
}
