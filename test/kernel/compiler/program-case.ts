import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { FunctionType, Type } from '../../../backend/contract/types.ts';
import { assignSignatures } from '../../../kernel/compiler/assign-signatures.ts';
import {
  type CompiledFunction,
  type CompiledModule,
  type CompileOptions,
  checkModule,
  compileModule,
} from '../../../kernel/compiler/compile.ts';
import type { Result } from '../../../kernel/compiler/diagnostic.ts';
import type { HirModule } from '../../../kernel/compiler/hir.ts';
import {
  createInterpreter,
  type Memory,
  RaisedException,
  type Value,
} from '../../../kernel/compiler/interpret.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';
import { renderDiagnostics } from '../../../kernel/compiler/render-diagnostic.ts';
import type { Case } from '../../support/case-file.ts';
import type { Produce } from '../../support/case-runner.ts';
import type { JitProcess } from '../../support/jit-process.ts';
import { MachineMemory } from '../../support/machine-memory.ts';
import { fromCallValue, toCallValue } from '../../support/two-engines.ts';
import { type CallText, chooseOverload, parseArray, parseCall, parseScalar, showValue } from './call-text.ts';

/*
 * A case is a program, `==> signature` (one a line; none where annotations say it), `==> options` as JSON, and
 *
 * - `==> run`: calls with what they return or raise; both engines agree to the last bit
 * - `==> nearly`: calls of functions whose last digits depend on the mathematics library, to 12 digits
 * - `==> ir`: the IR before optimisation
 * - `==> diagnostics`: what is wrong with the program, as the user sees it
 */

const FILE_NAME = 'In[1]';
const MAX_TICKS = 10_000_000;
const NEARLY_DIGITS = 12;

interface Program {
  readonly hir: HirModule;
  readonly compiled: CompiledModule;
}

export async function produceProgram(
  jit: JitProcess,
  { case: one, section }: Parameters<Produce>[0],
): Promise<string> {
  const program = compileCase(one);
  if (section.name === 'signature' || section.name === 'options') return section.body;
  if (section.name === 'diagnostics') {
    return program.ok
      ? 'none'
      : renderDiagnostics(program.diagnostics, { source: one.source, fileName: FILE_NAME });
  }
  if (!program.ok) {
    throw new Error(renderDiagnostics(program.diagnostics, { source: one.source, fileName: FILE_NAME }));
  }
  if (section.name === 'ir') {
    await load(jit, program.value.compiled);
    return program.value.compiled.ir;
  }
  const digits = section.name === 'nearly' ? NEARLY_DIGITS : undefined;
  if (section.name !== 'run' && digits === undefined) throw new Error(`no section ${section.name}`);
  const runner = new ProgramRunner(jit, program.value, await load(jit, program.value.compiled));
  const lines: string[] = [];
  for (const line of section.body.split('\n').filter((text) => text.trim() !== '')) {
    const call = parseCall(line);
    lines.push(`${call.text} -> ${await runner.run(call, digits)}`);
  }
  return lines.join('\n');
}

function sectionBodies(one: Case, name: string): string[] {
  return one.sections
    .filter((section) => section.name === name)
    .flatMap((section) => section.body.split('\n'));
}

function compileCase(one: Case): Result<Program> {
  const { source } = one;
  const parsed = parseModule({ source, fileName: FILE_NAME });
  if (!parsed.ok) return parsed;
  const signatures = sectionBodies(one, 'signature').map((text) => ({ signature: parseSignature(text) }));
  const assigned = assignSignatures(parsed.value, signatures);
  if (!assigned.ok) return assigned;
  const options: CompileOptions = JSON.parse(sectionBodies(one, 'options').join('') || '{}');
  const request = { module: parsed.value, overloads: assigned.value, options };
  const hir = checkModule(request);
  if (!hir.ok) return hir;
  const compiled = compileModule({ ...request, target: { triple: 'x86_64-pc-linux-gnu' } });
  return compiled.ok ? { ok: true, value: { hir: hir.value, compiled: compiled.value } } : compiled;
}

async function load(jit: JitProcess, { ir, functions, raises }: CompiledModule): Promise<readonly number[]> {
  const specs = functions.map(({ symbol, signature }) => {
    return { symbol, signature: formatType(flatSignature(signature)) };
  });
  const report = await jit.compile(ir, specs, { raises: JSON.stringify(raises) });
  return report.functions.map(({ handle }) => handle);
}

/** Arrays cross the boundary as a pointer and lengths. */
export function flatSignature(signature: FunctionType): FunctionType {
  const parameters = signature.parameters.flatMap((type): Type[] => {
    if (type.kind !== 'array') return [type];
    const lengths = Array.from({ length: type.rank }, () => parseSignature('int64()').result);
    return [{ kind: 'pointer', element: type.element }, ...lengths];
  });
  return { ...signature, parameters };
}

class ProgramRunner {
  readonly #jit: JitProcess;
  readonly #program: Program;
  readonly #handles: readonly number[];
  readonly #memory: MachineMemory;

  constructor(jit: JitProcess, program: Program, handles: readonly number[]) {
    this.#jit = jit;
    this.#program = program;
    this.#handles = handles;
    this.#memory = new MachineMemory(jit);
  }

  /** What both engines say, or both answers where they differ. */
  async run(call: CallText, digits: number | undefined): Promise<string> {
    const overload = chooseOverload(this.#program.compiled.functions, call);
    const interpreted = this.#interpret(overload, call);
    const compiled = await this.#execute(overload, call);
    const [a, b] = [interpreted, compiled].map((text) =>
      digits === undefined ? text : rounded(text, digits),
    );
    return a === b ? (a ?? '') : `${compiled} by the machine, ${interpreted} by the interpreter`;
  }

  #interpret(overload: CompiledFunction, call: CallText): string {
    const interpreter = createInterpreter(this.#program.hir, { maxTicks: MAX_TICKS });
    const arrays: Value[][] = [];
    const args = overload.signature.parameters.map((type, index): Value => {
      const text = call.args[index] ?? '';
      if (type.kind !== 'array' && type.kind !== 'pointer') return parseScalar(type, text);
      const { elements, shape } = parseArray(text);
      const values = elements.map((element) => parseScalar(type.element, element));
      arrays.push(values);
      return { memory: listMemory(values), offset: 0, shape: type.kind === 'array' ? shape : [] };
    });
    try {
      const value = showValue(interpreter.call(overload.symbol, args));
      return [value, ...arrays.map(showArray)].join(' ');
    } catch (error) {
      if (!(error instanceof RaisedException)) throw error;
      return `${error.exception}: ${error.message} (line ${error.line})`;
    }
  }

  async #execute(overload: CompiledFunction, call: CallText): Promise<string> {
    const handle = this.#handles[this.#program.compiled.functions.indexOf(overload)] ?? 0;
    const machine = this.#jit.function(handle, formatType(flatSignature(overload.signature)));
    const arrays: { readonly type: Type; readonly address: bigint; readonly length: number }[] = [];
    const args: unknown[] = [];
    for (const [index, type] of overload.signature.parameters.entries()) {
      const text = call.args[index] ?? '';
      if (type.kind !== 'array' && type.kind !== 'pointer') {
        args.push(toCallValue(parseScalar(type, text)));
        continue;
      }
      const { elements, shape } = parseArray(text);
      const values = elements.map((element) => toCallValue(parseScalar(type.element, element)));
      const address = await this.#memory.write(type.element, values);
      arrays.push({ type: type.element, address, length: values.length });
      args.push(address, ...(type.kind === 'array' ? shape : []));
    }
    try {
      const value = fromCallValue(overload.signature.result, await machine.call(...args));
      const shown = [showValue(value)];
      for (const { type, address, length } of arrays) {
        const elements = await this.#memory.read(type, address, length);
        shown.push(showArray(elements.map((element) => fromCallValue(type, element))));
      }
      return shown.join(' ');
    } catch (error) {
      if (!(error instanceof RemoteError) || error.code !== 'jit-raise') throw error;
      return `${error.name}: ${error.message} (line ${error.line})`;
    }
  }
}

function listMemory(values: Value[]): Memory {
  return {
    length: values.length,
    get: (index) => values[index],
    set: (index, value) => {
      values[index] = value;
    },
  };
}

function showArray(values: readonly Value[]): string {
  return `[${values.map(showValue).join(', ')}]`;
}

function rounded(text: string, digits: number): string {
  return text.replace(/-?\d+\.\d+(?:e[-+]?\d+)?/g, (number) =>
    String(Number(Number(number).toPrecision(digits))),
  );
}
