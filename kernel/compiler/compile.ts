/** The compiler's front door: parsed modules and signatures in, LLVM IR text out. */
import type { RaiseMessage } from '../../backend/contract/raise-kinds.ts';
import type { FunctionType } from '../../backend/contract/types.ts';
import type { CoreModule } from './core.ts';
import type { Diagnostic, Result } from './diagnostic.ts';
import { emitModule } from './emit/emit-module.ts';
import type { Target } from './emit/ir-module.ts';
import type { HirModule } from './hir.ts';
import { linkProgram, type SourcePlace, type UnitOptions } from './link.ts';
import type { Overload } from './typer/type-module.ts';
import { writtenParameters } from './written-parameters.ts';

export type { Target } from './emit/ir-module.ts';
export type { UnitOptions as CompileOptions } from './link.ts';
export type { Overload } from './typer/type-module.ts';

export interface CompileRequest {
  readonly module: CoreModule;
  readonly overloads: readonly Overload[];
  readonly target: Target;
  readonly options?: UnitOptions;
}

export interface CompiledFunction {
  readonly name: string;
  readonly signature: FunctionType;
  /** RBC's mangled name, under which the module defines it. */
  readonly symbol: string;
  /** For each parameter, whether it may write to an array that is passed there; absent where nobody knows. */
  readonly writes?: readonly boolean[];
}

export interface CompiledModule {
  readonly ir: string;
  readonly functions: readonly CompiledFunction[];
  /** What `rjit_raise` raises for the kinds from `FIRST_MODULE_RAISE` on. */
  readonly raises: readonly RaiseMessage[];
  /** The sources that lines are in; the first is the module's own. */
  readonly files: readonly SourcePlace[];
  readonly warnings: readonly Diagnostic[];
}

/** Types the overloads of one module by themselves: what the emitter and the interpreter work on. */
export function checkModule({
  module,
  overloads,
  options = {},
}: Omit<CompileRequest, 'target'>): Result<HirModule> {
  const unit = {
    core: module,
    place: module,
    options,
    signaturesOf: () => [],
    withCallees: () => overloads,
    find: () => undefined,
    outerNames: [],
  };
  return linkProgram(unit, overloads);
}

export function compileModule(request: CompileRequest): Result<CompiledModule> {
  const checked = checkModule(request);
  return checked.ok ? { ok: true, value: compileProgram(checked.value, request.target) } : checked;
}

/** LLVM IR of what linkProgram has put together. */
export function compileProgram(program: HirModule, target: Target): CompiledModule {
  const exported = program.functions.filter((one) => one.exported);
  const written = writtenParameters(program);
  return {
    ir: emitModule(program, target),
    functions: exported.map(({ name, signature, symbol }) => {
      return { name, signature, symbol, writes: written.get(symbol) ?? [] };
    }),
    raises: program.raises,
    files: program.files.map(({ name, source }) => ({ fileName: name, source })),
    warnings: [],
  };
}
