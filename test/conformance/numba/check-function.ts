/** One lifted function: compiled for every signature it takes, called, compared with CPython. */
import { parseModule } from '../../../kernel/compiler/parse-module.ts';
import type { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import type { Tolerance } from './compare.ts';
import { type Disagreement, sameOutcome } from './explain.ts';
import type { ApplicableSignature, LiftedFunction } from './lifted-function.ts';
import { compilableResult, runSignature } from './run-signature.ts';

export interface CheckedFunction {
  readonly function: LiftedFunction;
  /** Those it compiles for. */
  readonly signatures: readonly string[];
  /** Why it compiles for none: a diagnostic's code and message. */
  readonly problem?: string;
  readonly agreeing: number;
  readonly disagreements: readonly Disagreement[];
}

/** Of functions of the mathematics library, which are not rounded correctly. All other operations are exact. */
const ULPS = 4;

export async function checkFunction(jit: RemoteJIT, lifted: LiftedFunction): Promise<CheckedFunction> {
  const { name, source, signatures } = lifted;
  const parsed = parseModule({ source, fileName: name, language: 'python' });
  if (!parsed.ok) return notCompiled(lifted, parsed.diagnostics[0]);
  const compiled: string[] = [];
  const disagreements: Disagreement[] = [];
  let agreeing = 0;
  let problem: Parameters<typeof notCompiled>[1];
  for (const applicable of signatures) {
    const found = compilableResult(parsed.value, name, applicable);
    if ('problem' in found) {
      problem ??= found.problem;
      continue;
    }
    compiled.push(`${found.result}(${applicable.parameters.join(', ')})`);
    const differing = await disagreementsOf(jit, lifted, found.result, applicable);
    agreeing += applicable.calls.length - differing.length;
    disagreements.push(...differing);
  }
  if (compiled.length === 0) return notCompiled(lifted, problem);
  return { function: lifted, signatures: compiled, agreeing, disagreements };
}

function notCompiled(
  lifted: LiftedFunction,
  problem: { readonly code: string; readonly message: string } | undefined,
): CheckedFunction {
  const text = `${problem?.code ?? 'unknown'}: ${problem?.message ?? ''}`;
  return { function: lifted, signatures: [], problem: text, agreeing: 0, disagreements: [] };
}

async function disagreementsOf(
  jit: RemoteJIT,
  lifted: LiftedFunction,
  result: string,
  applicable: ApplicableSignature,
): Promise<readonly Disagreement[]> {
  const { parameters, calls } = applicable;
  const outcomes = await runSignature(jit, lifted, result, applicable);
  const tolerance = toleranceFor(parameters);
  const signature = `${result}(${parameters.join(', ')})`;
  return calls.flatMap((call, index) => {
    const outcome = outcomes[index];
    const expected = { ...call, after: call.after ?? call.arguments };
    if (!outcome || sameOutcome(expected, outcome, tolerance)) return [];
    return [{ function: lifted, signature, parameters, call, outcome, tolerance }];
  });
}

function toleranceFor(parameters: readonly string[]): Tolerance {
  const isNarrow = parameters.some((type) => /^(float32|complex64)/.test(type));
  return { ulps: ULPS, bits: isNarrow ? 32 : 64 };
}
