/** Valid programs, cut off and changed: whatever comes of them, the front ends and the typer answer. */
import { parseSignature, parseType } from '../../../../backend/contract/parse-type.ts';
import type { FunctionType } from '../../../../backend/contract/types.ts';
import { assignSignatures, type GivenSignature } from '../../../../kernel/compiler/assign-signatures.ts';
import { type CompiledModule, compileModule } from '../../../../kernel/compiler/compile.ts';
import type { CoreModule } from '../../../../kernel/compiler/core.ts';
import type { Diagnostic } from '../../../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../../../kernel/compiler/parse-module.ts';
import { renderDiagnostics } from '../../../../kernel/compiler/render-diagnostic.ts';
import type { Case } from '../../../support/case-file.ts';
import { readCaseFiles } from '../../../support/case-runner.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

const TARGET = { triple: 'x86_64-pc-linux-gnu' };
const RESULTS = 'int64 float64 complex128 bool uint64 int8 float32 complex64 void'.split(' ');
const PARAMETERS = [...RESULTS.slice(0, -1), 'float64[]', 'int32[]', 'float64[,]', 'int64*', 'bool[]'];
const FOLDERS = ['run', 'parse/python', 'parse/typescript'];

export interface SourceReport {
  readonly programs: number;
  readonly compiled: number;
  readonly faults: readonly string[];
}

export function sourceCases(): Case[] {
  return FOLDERS.flatMap((folder) => readCaseFiles(`test/kernel/compiler/cases/${folder}`)).flatMap(
    (file) => file.cases,
  );
}

/** Tries `count` mutants of the programs in the case files. */
export function fuzzSources(count: number, seed: number): SourceReport {
  const random = new Random(seed);
  const cases = sourceCases();
  const faults: string[] = [];
  let compiled = 0;
  for (let done = 0; done < count; done += 1) {
    const one = random.pick(cases);
    const source = mutate(random, one.source);
    const { module, fault } = compileMutant(random, one, source);
    if (module) compiled += 1;
    if (fault !== undefined) faults.push(`${source}\n==> ${fault}`);
  }
  return { programs: count, compiled, faults };
}

/** The compiled module, if there is one; what is wrong with the compiler, if anything. */
export function compileMutant(
  random: Random,
  one: Case,
  source: string,
): { readonly module?: CompiledModule; readonly fault?: string } {
  try {
    const parsed = parseModule({ source, fileName: 'In[1]' });
    if (!parsed.ok) return faultOf(parsed.diagnostics, source);
    const assigned = assignSignatures(parsed.value, signaturesFor(random, one, parsed.value));
    if (!assigned.ok) return faultOf(assigned.diagnostics, source);
    const compiled = compileModule({ module: parsed.value, overloads: assigned.value, target: TARGET });
    return compiled.ok ? { module: compiled.value } : faultOf(compiled.diagnostics, source);
  } catch (error) {
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Each diagnostic points into the source and can be shown. */
function faultOf(diagnostics: readonly Diagnostic[], source: string): { readonly fault?: string } {
  if (diagnostics.length === 0) return { fault: 'refused without a diagnostic' };
  const shown = renderDiagnostics(diagnostics, { source, fileName: 'In[1]' });
  const outside = diagnostics.find(
    ({ span }) => !(span.start >= 0 && span.start <= span.end && span.end <= source.length),
  );
  if (outside) return { fault: `points outside of the source: ${outside.message}` };
  if (/unexpected|\[object/i.test(diagnostics.map(({ message }) => message).join())) return { fault: shown };
  return {};
}

/** The case's own signatures, or random ones. */
function signaturesFor(random: Random, one: Case, module: CoreModule): GivenSignature[] {
  const texts = one.sections
    .filter(({ name }) => name === 'signature')
    .flatMap(({ body }) => body.split('\n'));
  if (texts.length > 0 && random.chance(0.7)) {
    return texts.map((text) => ({ signature: parseSignature(text) }));
  }
  return module.functions.map(({ name, parameters }) => {
    const types = parameters.map(() => parseType(random.pick(PARAMETERS)));
    const signature: FunctionType = {
      kind: 'function',
      result: parseType(random.pick(RESULTS)),
      parameters: types,
    };
    return { functionName: name, signature };
  });
}
