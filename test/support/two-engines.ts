import { Complex } from '../../backend/contract/complex.ts';
import { formatType } from '../../backend/contract/format-type.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../backend/contract/types.ts';
import {
  type CompileOptions,
  checkModule,
  compileModule,
  type Overload,
} from '../../kernel/compiler/compile.ts';
import type { Language } from '../../kernel/compiler/core.ts';
import type { Result } from '../../kernel/compiler/diagnostic.ts';
import {
  createInterpreter,
  type Interpreter,
  RaisedException,
  type Value,
} from '../../kernel/compiler/interpret.ts';
import { parseModule } from '../../kernel/compiler/parse-module.ts';
import type { JitProcess, TestFunction } from './jit-process.ts';

/** How a call ended: with a value, or with what it raised. */
export type Outcome =
  | { readonly value: Value }
  | { readonly exception: string; readonly message: string; readonly line: number };

/** A function compiled twice: as HIR for the interpreter, and by the server's compiler for this machine. */
export interface TwiceCompiled {
  readonly name: string;
  readonly signature: FunctionType;
  readonly symbol: string;
  interpreted(args: readonly Value[]): Outcome;
  compiled(args: readonly Value[]): Promise<Outcome>;
}

export interface ProgramText {
  readonly source: string;
  readonly language?: Language;
  readonly overloads: (functionNames: readonly string[]) => readonly Overload[];
  readonly options?: CompileOptions;
}

const MAX_TICKS = 10_000_000;

/** The functions of a program under both engines, or its diagnostics; without `jit`, nothing but the check. */
export async function compileTwice(
  jit: JitProcess | undefined,
  program: ProgramText,
): Promise<Result<TwiceCompiled[]>> {
  const { source, language, options = {} } = program;
  const parsed = parseModule({ source, fileName: 'In[1]', ...(language && { language }) });
  if (!parsed.ok) return parsed;
  const module = parsed.value;
  const overloads = program.overloads(module.functions.map(({ name }) => name));
  const checked = checkModule({ module, overloads, options });
  if (!checked.ok) return checked;
  if (!jit) return { ok: true, value: [] };
  const compiled = compileModule({ module, overloads, options, target: { triple: 'x86_64-pc-linux-gnu' } });
  if (!compiled.ok) return compiled;
  const { ir, functions, raises } = compiled.value;
  const report = await jit.compile(
    ir,
    functions.map(({ symbol, signature }) => ({ symbol, signature: formatType(signature) })),
    { raises: JSON.stringify(raises) },
  );
  const interpreter = createInterpreter(checked.value, { maxTicks: MAX_TICKS });
  const value = functions.map((one, index): TwiceCompiled => {
    const machine = jit.function(report.functions[index]?.handle ?? 0, formatType(one.signature));
    return {
      ...one,
      interpreted: (args) => interpretedOutcome(interpreter, one.symbol, args),
      compiled: (args) => compiledOutcome(machine, one.signature, args),
    };
  });
  return { ok: true, value };
}

function interpretedOutcome(interpreter: Interpreter, symbol: string, args: readonly Value[]): Outcome {
  try {
    return { value: interpreter.call(symbol, args) };
  } catch (error) {
    if (!(error instanceof RaisedException)) throw error;
    return { exception: error.exception, message: error.message, line: error.line };
  }
}

async function compiledOutcome(
  machine: TestFunction,
  signature: FunctionType,
  args: readonly Value[],
): Promise<Outcome> {
  try {
    const result = await machine.call(...args.map(toCallValue));
    return { value: fromCallValue(signature.result, result) };
  } catch (error) {
    if (!(error instanceof RemoteError) || error.code !== 'jit-raise') throw error;
    return { exception: error.name, message: error.message, line: error.line ?? 0 };
  }
}

export function toCallValue(value: Value): unknown {
  return typeof value === 'object' && 're' in value ? new Complex(value.re, value.im) : value;
}

/** Packed calls answer with numbers where they are safe; the interpreter's integers are bigints. */
export function fromCallValue(type: Type, value: unknown): Value {
  if (value instanceof Complex) return { re: value.re, im: value.im };
  if (Array.isArray(value) && type.kind === 'tuple') {
    return type.members.map((member, index) => fromCallValue(member, value[index]));
  }
  const isInteger = type.kind === 'int' || type.kind === 'uint';
  if (typeof value === 'number') return isInteger ? BigInt(value) : value;
  return typeof value === 'bigint' || typeof value === 'boolean' ? value : undefined;
}
