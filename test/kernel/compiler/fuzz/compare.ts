/** Runs random functions under both engines and reports where they differ. */
import { formatType } from '../../../../backend/contract/format-type.ts';
import { packArguments, packedLayout, unpackResult } from '../../../../backend/contract/packed.ts';
import { parseSignature } from '../../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../../backend/contract/remote-error.ts';
import type { FunctionType } from '../../../../backend/contract/types.ts';
import { valueCodec } from '../../../../backend/contract/value-codec.ts';
import {
  type CompiledModule,
  type CompileOptions,
  checkModule,
  compileProgram,
} from '../../../../kernel/compiler/compile.ts';
import type { Language } from '../../../../kernel/compiler/core.ts';
import type { Diagnostic } from '../../../../kernel/compiler/diagnostic.ts';
import type { HirModule } from '../../../../kernel/compiler/hir.ts';
import { createInterpreter, RaisedException, type Value } from '../../../../kernel/compiler/interpret.ts';
import { parseModule } from '../../../../kernel/compiler/parse-module.ts';
import type { CallAnswer, CallQuestion } from '../../../support/jit-messages.ts';
import type { JitProcess } from '../../../support/jit-process.ts';
import { fromCallValue, toCallValue } from '../../../support/two-engines.ts';
import { showValue } from '../call-text.ts';
import { flatSignature } from '../program-case.ts';
import { Random } from './random.ts';
import { type RandomFunction, randomFunction } from './random-program.ts';
import { type RandomArgument, randomArgument } from './random-values.ts';

export interface FuzzReport {
  readonly compiled: number;
  /** Refused by the typer: not every combination has a type. */
  readonly refused: number;
  readonly calls: number;
  readonly differences: readonly string[];
}

/** Functions that share a module: optimising one at a time costs more. */
const BATCH = 50;
const CALLS_EACH = 4;
const MAX_DIFFERENCES = 20;
const MAX_TICKS = 1_000_000;
const TARGET = { triple: 'x86_64-pc-linux-gnu' };
const IMPORTS = 'import math\nimport numpy as np\n';

/** `verifiers` only read the IR, under other versions of LLVM. */
export async function fuzz(
  jit: JitProcess,
  count: number,
  seed: number,
  verifiers: readonly JitProcess[] = [],
  progress: (report: FuzzReport) => void = () => undefined,
): Promise<FuzzReport> {
  const report = { compiled: 0, refused: 0, calls: 0, differences: [] as string[] };
  for (let done = 0; done < count && report.differences.length < MAX_DIFFERENCES; done += BATCH) {
    // A seed for each batch: a difference is found again without what came before it.
    const random = new Random(seed + done);
    const batch = randomBatch(random, Math.min(BATCH, count - done));
    report.refused += batch.refused;
    report.compiled += batch.functions.length;
    if (batch.functions.length === 0) continue;
    report.differences.push(...(await verify(verifiers, batch.compiled.ir)));
    const compared = await compareBatch(jit, random, batch);
    report.calls += compared.calls;
    report.differences.push(...compared.differences);
    progress(report);
  }
  return report;
}

interface Batch {
  readonly functions: readonly RandomFunction[];
  readonly hir: HirModule;
  readonly compiled: CompiledModule;
  readonly refused: number;
  readonly options: CompileOptions;
}

/** Functions that the typer refuses are left out, and the rest is tried again. */
function randomBatch(random: Random, count: number): Batch {
  const language = random.pick<Language>(['python', 'typescript']);
  const options: CompileOptions = { errorModel: random.chance(0.3) ? 'numpy' : 'language' };
  let functions: readonly RandomFunction[] = Array.from({ length: count }, (_, index) =>
    randomFunction(random, language, `f${index}`),
  );
  for (;;) {
    const source = [...(language === 'python' ? [IMPORTS] : []), ...functions.map((one) => one.source)].join(
      '\n\n',
    );
    const parsed = parseModule({ source, fileName: 'In[1]', language });
    if (!parsed.ok) throw new Error(`does not parse: ${describe(parsed.diagnostics)}\n${source}`);
    const overloads = functions.map(({ name, signature }) => {
      return { functionName: name, signature: parseSignature(signature) };
    });
    const checked = checkModule({ module: parsed.value, overloads, options });
    if (checked.ok) {
      const compiled = compileProgram(checked.value, TARGET);
      return { functions, hir: checked.value, compiled, refused: count - functions.length, options };
    }
    const bad = refusedNames(checked.diagnostics);
    const rest = functions.filter(({ name }) => !bad.has(name));
    if (rest.length === functions.length)
      throw new Error(`refuses no function: ${describe(checked.diagnostics)}`);
    functions = rest;
  }
}

/** `while compiling f3_g1 for …` is about `f3`. */
function refusedNames(diagnostics: readonly Diagnostic[]): ReadonlySet<string> {
  const notes = diagnostics.flatMap((diagnostic) => diagnostic.notes ?? []);
  return new Set(notes.map((note) => /^while compiling (f\d+)/.exec(note)?.[1] ?? ''));
}

function describe(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map(({ message }) => message).join('\n');
}

async function verify(verifiers: readonly JitProcess[], ir: string): Promise<string[]> {
  const problems: string[] = [];
  for (const verifier of verifiers) {
    try {
      await verifier.ask({ kind: 'verify', ir });
    } catch (error) {
      problems.push(`LLVM ${verifier.version} refuses the module: ${messageOf(error)}\n${ir}`);
    }
  }
  return problems;
}

// ---- calls

interface PlannedCall {
  readonly one: RandomFunction;
  readonly signature: FunctionType;
  readonly args: readonly RandomArgument[];
  readonly interpreted: string;
  readonly question: CallQuestion;
}

async function compareBatch(
  jit: JitProcess,
  random: Random,
  batch: Batch,
): Promise<{ readonly calls: number; readonly differences: readonly string[] }> {
  const { functions, hir, compiled, options } = batch;
  const flat = compiled.functions.map(({ signature }) => flatSignature(signature));
  const specs = compiled.functions.map(({ symbol, signature }) => {
    return { symbol, signature: formatType(flatSignature(signature)) };
  });
  const loaded = await jit.compile(compiled.ir, specs, { raises: JSON.stringify(compiled.raises) });
  const handles = loaded.functions.map(({ handle }) => handle);
  const calls = compiled.functions.flatMap(({ name, signature, symbol }, index): PlannedCall[] => {
    const one = functions.find((candidate) => candidate.name === name);
    const flatType = flat[index];
    if (!one || !flatType) return [];
    return Array.from({ length: CALLS_EACH }, () => {
      const args = signature.parameters.map((type) => randomArgument(random, type));
      const interpreted = interpret(hir, symbol, args);
      return interpreted === undefined
        ? []
        : [{ one, signature, args, interpreted, question: questionOf(flatType, handles[index] ?? 0, args) }];
    }).flat();
  });
  const answers = (await jit.ask({
    kind: 'calls',
    calls: calls.map(({ question }) => question),
  })) as CallAnswer[];
  await jit.ask({ kind: 'drop', handles });
  const differences = calls.flatMap((call, index) => {
    const answer = answers[index];
    const machine = answer ? answerText(call, answer) : 'no answer';
    if (machine === call.interpreted) return [];
    const args = call.args.map(showArgument).join(', ');
    const place = `${call.one.signature} with ${JSON.stringify(options)}: ${call.one.name}(${args})`;
    return [
      `${call.one.source}\n==> ${place} is ${machine} by the machine, ${call.interpreted} by the interpreter`,
    ];
  });
  return { calls: calls.length, differences };
}

/** What the call yields and what it leaves in its arrays; `undefined` where it takes too long. */
function interpret(hir: HirModule, symbol: string, args: readonly RandomArgument[]): string | undefined {
  const memories: Value[][] = [];
  const values = args.map((arg): Value => {
    if ('value' in arg) return arg.value;
    const elements = [...arg.elements];
    memories.push(elements);
    const memory = {
      length: elements.length,
      get: (index: number) => elements[index],
      set: (index: number, value: Value) => {
        elements[index] = value;
      },
    };
    return { memory, offset: 0, shape: arg.shape };
  });
  const arrays = (): string =>
    memories.map((elements) => ` [${elements.map(showValue).join(', ')}]`).join('');
  try {
    return showValue(createInterpreter(hir, { maxTicks: MAX_TICKS }).call(symbol, values)) + arrays();
  } catch (error) {
    if (error instanceof RaisedException) {
      return `${error.exception}: ${error.message} (line ${error.line})${arrays()}`;
    }
    if (error instanceof RangeError) return undefined;
    return `${messageOf(error)} thrown`;
  }
}

function questionOf(flat: FunctionType, handle: number, args: readonly RandomArgument[]): CallQuestion {
  const { argumentOffsets } = packedLayout(flat);
  const values: unknown[] = [];
  const memory: { offset: number; bytes: Uint8Array }[] = [];
  for (const arg of args) {
    if ('value' in arg) {
      values.push(toCallValue(arg.value));
      continue;
    }
    memory.push({ offset: argumentOffsets[values.length] ?? 0, bytes: bytesOf(arg) });
    values.push(0n, ...arg.shape);
  }
  return { handle, args: packArguments(flat, values), memory };
}

function bytesOf({ element, elements }: Exclude<RandomArgument, { value: Value }>): Uint8Array {
  const codec = valueCodec(element);
  const bytes = new Uint8Array(codec.byteLength * elements.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of elements.entries())
    codec.write(view, index * codec.byteLength, toCallValue(value));
  return bytes;
}

function answerText({ signature, args }: PlannedCall, answer: CallAnswer): string {
  const arrays = args.filter((arg) => 'element' in arg);
  const shown = arrays.map(({ element }, index) => {
    const codec = valueCodec(element);
    const bytes = answer.memory[index] ?? new Uint8Array(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const elements = Array.from({ length: bytes.byteLength / codec.byteLength }, (_, at) =>
      showValue(fromCallValue(element, codec.read(view, at * codec.byteLength))),
    );
    return ` [${elements.join(', ')}]`;
  });
  return outcomeText(signature, answer) + shown.join('');
}

function outcomeText(signature: FunctionType, answer: CallAnswer): string {
  if ('result' in answer)
    return showValue(fromCallValue(signature.result, unpackResult(flatSignature(signature), answer.result)));
  const error = RemoteError.fromFault(answer.fault);
  return error.code === 'jit-raise'
    ? `${error.name}: ${error.message} (line ${error.line})`
    : messageOf(error);
}

function showArgument(arg: RandomArgument): string {
  if ('value' in arg) return showValue(arg.value);
  return `[${arg.elements.map(showValue).join(', ')}] as ${arg.shape.join('x')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
