import type { FunctionType } from '../../backend/contract/types.ts';
import type { CompiledModule, Overload } from '../compiler/compile.ts';
import type { HirModule } from '../compiler/hir.ts';
import type { LinkUnit, ProgramBefore, UnitOptions } from '../compiler/link.ts';
import type { CompiledTogether } from './compiled-together.ts';

/** What the server needs to know of the machine the IR is for. */
export interface IrTarget {
  readonly triple: string;
  readonly dataLayout: string;
  /** Of the libLLVM that will read the IR. */
  readonly llvmMajor: number;
}

export interface FunctionDescription {
  readonly language: string;
  /** As the source names them; fewer, or none, where it doesn't. */
  readonly parameterNames: readonly string[];
  /** The docstring. */
  readonly documentation?: string;
  /** The text of the function. */
  readonly source: string;
}

/** The functions that one cell, or one call of a decorator, defined, in whatever language. */
export interface FunctionModule {
  /** Names of the functions that can be called from outside, in the order of the source. */
  readonly exportedNames: readonly string[];
  /** What a person may want to know of a function; absent where the source doesn't tell. */
  describe?(functionName: string): FunctionDescription | undefined;
  signaturesOf(functionName: string): readonly FunctionType[];
  /** @throws CompileError, and then no overload is added */
  add(functionName: string, signatures: readonly FunctionType[]): void;
  /** IR for `overloads` and all they call, behind what is there before. @throws CompileError */
  compile(overloads: readonly Overload[], target: IrTarget, before?: ProgramBefore): CompiledModule;
  /** Present where `compile` makes all functions of the module, whatever it is asked for. */
  readonly compiledTogether?: CompiledTogether;
  /** The options that were given, as behind %%rjit but without the dashes: `fastmath`. */
  readonly optionNames: readonly string[];
  /** Lets modules of other cells call its functions. */
  readonly unit?: LinkUnit;
  /** The typed functions, for the interpreter. @throws CompileError; RemoteError for a language it doesn't know */
  typed(overload: Overload): HirModule;
}

/** As `FunctionModule.optionNames`. */
export function optionNames({ fastMath, errorModel, checkBounds }: UnitOptions): readonly string[] {
  return [
    ...(fastMath === true ? ['fastmath'] : []),
    ...(errorModel === 'numpy' ? ['error-model numpy'] : []),
    ...(checkBounds === false ? ['no-bounds'] : []),
  ];
}
