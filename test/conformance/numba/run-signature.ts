/** Compiles a lifted function for one signature and calls it as the oracle did. */
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { assignSignatures } from '../../../kernel/compiler/assign-signatures.ts';
import { checkModule } from '../../../kernel/compiler/compile.ts';
import type { CoreModule } from '../../../kernel/compiler/core.ts';
import type { Diagnostic } from '../../../kernel/compiler/diagnostic.ts';
import type { RemoteFunction } from '../../../kernel/rjit/remote-function.ts';
import type { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import type { ApplicableSignature, LiftedFunction, OracleCall } from './lifted-function.ts';
import { resultTypes } from './result-type.ts';
import { argumentOf } from './wire-values.ts';

export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown; readonly args: readonly unknown[] }
  | { readonly kind: 'raised'; readonly exception: string; readonly message: string }
  | { readonly kind: 'failed'; readonly error: Error };

/** The first result type for which the function compiles, or what is wrong with it for the best one. */
export function compilableResult(
  module: CoreModule,
  name: string,
  applicable: ApplicableSignature,
): { readonly result: string } | { readonly problem: Diagnostic } {
  let problem: Diagnostic | undefined;
  for (const result of resultTypes(applicable)) {
    const found = problemWith(module, name, `${result}(${applicable.parameters.join(', ')})`);
    if (!found) return { result };
    problem ??= found;
  }
  const message = 'the results are of no type that crosses the boundary';
  return { problem: problem ?? { code: 'result', message, span: { start: 0, end: 0 } } };
}

function problemWith(module: CoreModule, name: string, text: string): Diagnostic | undefined {
  const given = { functionName: name, signature: parseSignature(text) };
  const assigned = assignSignatures(module, [given]);
  if (!assigned.ok) return assigned.diagnostics[0];
  const checked = checkModule({ module, overloads: assigned.value });
  return checked.ok ? undefined : checked.diagnostics[0];
}

export async function runSignature(
  jit: RemoteJIT,
  { name, source }: LiftedFunction,
  result: string,
  { parameters, calls }: ApplicableSignature,
): Promise<readonly Outcome[]> {
  const named = `${result} ${name}(${parameters.join(', ')})`;
  const defined = await jit.define({ source, fileName: name, language: 'python', signatures: [named] });
  const target = defined.find((one) => one.name === name);
  if (!target) throw new Error(`${name} was not defined`);
  return calls.map((call) => outcomeOf(target, parameters, call));
}

function outcomeOf(target: RemoteFunction, parameters: readonly string[], call: OracleCall): Outcome {
  const args = call.arguments.map((value, index) => argumentOf(parameters[index] ?? '', value));
  try {
    return { kind: 'value', value: target(...args), args };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof RemoteError && error.code === 'jit-raise') {
      return { kind: 'raised', exception: error.name, message: error.message };
    }
    return { kind: 'failed', error };
  }
}
