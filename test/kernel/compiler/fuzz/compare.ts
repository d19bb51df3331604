/** Runs random functions under both engines and reports where they differ. */
import { parseSignature } from '../../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../../backend/contract/remote-error.ts';
import type { Type } from '../../../../backend/contract/types.ts';
import type { Language } from '../../../../kernel/compiler/core.ts';
import type { Value } from '../../../../kernel/compiler/interpret.ts';
import type { JitProcess } from '../../../support/jit-process.ts';
import { compileTwice, type Outcome, type TwiceCompiled } from '../../../support/two-engines.ts';
import { showValue } from '../call-text.ts';
import { Random } from './random.ts';
import { type RandomFunction, randomFunction } from './random-program.ts';

export interface FuzzReport {
  readonly compiled: number;
  /** Refused by the typer: not every combination has a type. */
  readonly refused: number;
  readonly calls: number;
  readonly differences: readonly string[];
}

/** Functions that share a module: optimising one at a time costs more. */
const BATCH = 25;
const CALLS_EACH = 4;
const MAX_DIFFERENCES = 20;

const INTEGERS = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  -7n,
  100n,
  127n,
  -128n,
  255n,
  32767n,
  2n ** 31n - 1n,
  -(2n ** 31n),
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 64n - 1n,
];
const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2.5,
  -3.75,
  1e300,
  -1e-300,
  5e-324,
  Infinity,
  -Infinity,
  Number.NaN,
  16777217,
  0.1,
];

export async function fuzz(jit: JitProcess, count: number, seed: number): Promise<FuzzReport> {
  const random = new Random(seed);
  const report = { compiled: 0, refused: 0, calls: 0, differences: [] as string[] };
  for (let done = 0; done < count && report.differences.length < MAX_DIFFERENCES; done += BATCH) {
    const language = random.pick<Language>(['python', 'typescript']);
    const batch = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) => {
      return randomFunction(random, language, `f${index}`);
    });
    const compiled = await compileBatch(jit, language, batch);
    report.refused += batch.length - compiled.length;
    report.compiled += compiled.length;
    for (const { one, twice } of compiled) {
      for (let call = 0; call < CALLS_EACH; call += 1) {
        report.calls += 1;
        const difference = await compareCall(random, one, twice);
        if (difference) report.differences.push(difference);
      }
    }
  }
  return report;
}

const IMPORTS = 'import math\nimport numpy as np\n';

interface CompiledPair {
  readonly one: RandomFunction;
  readonly twice: TwiceCompiled;
}

/** One refused function refuses a module, so each is tried alone first, without the machine. */
async function compileBatch(
  jit: JitProcess,
  language: Language,
  batch: readonly RandomFunction[],
): Promise<CompiledPair[]> {
  const accepted: RandomFunction[] = [];
  for (const one of batch) {
    const checked = await compileTwice(undefined, program(language, [one]));
    if (checked.ok) accepted.push(one);
  }
  if (accepted.length === 0) return [];
  const compiled = await compileTwice(jit, program(language, accepted));
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ message }) => message).join('\n'));
  return compiled.value.flatMap((twice, index) => {
    const one = accepted[index];
    return one ? [{ one, twice }] : [];
  });
}

function program(
  language: Language,
  functions: readonly RandomFunction[],
): Parameters<typeof compileTwice>[1] {
  const source = functions.map((one) => one.source).join('\n\n');
  return {
    source: (language === 'python' ? IMPORTS : '') + source,
    language,
    overloads: () =>
      functions.map(({ name, signature }) => ({ functionName: name, signature: parseSignature(signature) })),
  };
}

async function compareCall(
  random: Random,
  one: RandomFunction,
  twice: TwiceCompiled,
): Promise<string | undefined> {
  const args = twice.signature.parameters.map((type) => randomValue(random, type));
  const call = `${one.name}(${args.map(showValue).join(', ')})`;
  try {
    const [interpreted, compiled] = [twice.interpreted(args), await twice.compiled(args)];
    const [a, b] = [interpreted, compiled].map(showOutcome);
    if (a === b) return undefined;
    return `${one.source}\n==> ${one.signature}: ${call} is ${b} by the machine, ${a} by the interpreter`;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    const text = error instanceof RemoteError || error instanceof Error ? error.message : String(error);
    return `${one.source}\n==> ${one.signature}: ${call} fails: ${text}`;
  }
}

function showOutcome(outcome: Outcome): string {
  if ('exception' in outcome) return `${outcome.exception}: ${outcome.message} (line ${outcome.line})`;
  return showValue(outcome.value);
}

function randomValue(random: Random, type: Type): Value {
  switch (type.kind) {
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return BigInt.asIntN(type.bits, random.pick(INTEGERS));
    case 'uint':
      return BigInt.asUintN(type.bits, random.pick(INTEGERS));
    case 'complex': {
      const [re, im] = [random.pick(FLOATS), random.pick(FLOATS)];
      return type.bits === 64 ? { re: Math.fround(re), im: Math.fround(im) } : { re, im };
    }
    default: {
      const value = random.pick(FLOATS);
      return type.kind === 'float' && type.bits === 32 ? Math.fround(value) : value;
    }
  }
}
