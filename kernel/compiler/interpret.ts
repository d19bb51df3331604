/** Runs typed functions in JavaScript: `foo.local(…)`, and the second opinion in tests. */

import { mangledSymbol } from '../../backend/contract/mangle.ts';
import { raiseMessage } from '../../backend/contract/raise-kinds.ts';
import { type CompileRequest, checkModule, type Overload } from './compile.ts';
import type { Result } from './diagnostic.ts';
import type { Failure, HirFunction, HirModule } from './hir.ts';
import { Frame, type FrameHost } from './interpret/frame.ts';
import type { Value } from './interpret/values.ts';

export { type Memory, memoryOf, type Value } from './interpret/values.ts';
export type { TypedArray } from './typed-arrays.ts';

/** What the interpreted program raised. */
export class RaisedException extends Error {
  readonly exception: string;
  readonly fileName: string;
  /** 1-based. */
  readonly line: number;

  constructor(exception: string, message: string, fileName: string, line: number) {
    super(message);
    this.name = exception;
    this.exception = exception;
    this.fileName = fileName;
    this.line = line;
  }
}

export interface InterpreterOptions {
  /** Throws a RangeError after so many rounds of loops and calls. */
  readonly maxTicks?: number;
}

export interface Interpreter {
  /**
   * @throws RaisedException where the program raises
   * @throws RangeError when the stack or `maxTicks` is exhausted
   */
  call(symbol: string, args: readonly Value[]): Value;
}

export function createInterpreter(module: HirModule, options: InterpreterOptions = {}): Interpreter {
  return new ModuleInterpreter(module, options.maxTicks ?? Number.POSITIVE_INFINITY);
}

class ModuleInterpreter implements Interpreter, FrameHost {
  readonly #functions: ReadonlyMap<string, HirFunction>;
  readonly #module: HirModule;
  #ticksLeft: number;

  constructor(module: HirModule, maxTicks: number) {
    this.#functions = new Map(module.functions.map((hir) => [hir.symbol, hir]));
    this.#module = module;
    this.#ticksLeft = maxTicks;
  }

  call(symbol: string, args: readonly Value[]): Value {
    const hir = this.#functions.get(symbol);
    if (!hir) throw new Error(`${symbol} is of another module and can't be interpreted here`);
    this.tick();
    return new Frame(this, hir, args).run(hir.body);
  }

  raise({ kind, line }: Failure, file: number): never {
    const { raises, files } = this.#module;
    const { exception, message } = raiseMessage(kind, raises) ?? {
      exception: 'Error',
      message: `kind ${kind}`,
    };
    throw new RaisedException(exception, message, files[file]?.name ?? '', line);
  }

  tick(): void {
    this.#ticksLeft -= 1;
    if (this.#ticksLeft < 0) throw new RangeError('the program takes too many steps');
  }
}

/** Types `request`'s module and runs one of its overloads. Integers are bigints, complex numbers `{re, im}`. */
export function interpretOverload(
  request: Omit<CompileRequest, 'target'>,
  overload: Overload,
  args: readonly Value[],
): Result<Value> {
  const checked = checkModule(request);
  if (!checked.ok) return checked;
  const symbol = mangledSymbol(overload.functionName, overload.signature);
  return { ok: true, value: createInterpreter(checked.value).call(symbol, args) };
}
