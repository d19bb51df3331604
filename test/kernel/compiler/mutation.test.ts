import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import { assignSignatures, type GivenSignature } from '../../../kernel/compiler/assign-signatures.ts';
import { type CompiledModule, compileModule } from '../../../kernel/compiler/compile.ts';
import type { CoreModule } from '../../../kernel/compiler/core.ts';
import type { Diagnostic } from '../../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';
import type { Case } from '../../support/case-file.ts';
import { readCaseFiles } from '../../support/case-runner.ts';
import { JitProcess } from '../../support/jit-process.ts';
import { mutate } from './fuzz/mutate.ts';
import { Random } from './fuzz/random.ts';
import { flatSignature } from './program-case.ts';

const MUTANTS_EACH = 8;
const SEED = 7;
const TARGET = { triple: 'x86_64-pc-linux-gnu' };
const RESULTS = ['int64', 'float64', 'complex128', 'bool', 'uint64', 'int8', 'float32', 'complex64', 'void'];
const PARAMETERS = [...RESULTS.slice(0, -1), 'float64[]', 'int32[]', 'float64[,]', 'int64*', 'bool[]'];

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

/** Points at something of the source. */
function isWithin({ span }: Diagnostic, source: string): boolean {
  return span.start >= 0 && span.start < span.end && span.end <= source.length;
}

/** The compiled module, if there is one; what is wrong with the compiler, if anything. */
function compileMutant(
  random: Random,
  one: Case,
  source: string,
): { readonly module?: CompiledModule; readonly fault?: string } {
  const parsed = parseModule({ source, fileName: 'In[1]' });
  if (!parsed.ok) return {};
  const signatures = signaturesFor(random, one, parsed.value);
  try {
    const assigned = assignSignatures(parsed.value, signatures);
    if (!assigned.ok) return {};
    const compiled = compileModule({ module: parsed.value, overloads: assigned.value, target: TARGET });
    if (compiled.ok) return { module: compiled.value };
    const outside = compiled.diagnostics.find((diagnostic) => !isWithin(diagnostic, source));
    return outside ? { fault: `points outside of the source: ${outside.message}` } : {};
  } catch (error) {
    return { fault: String(error) };
  }
}

/** Only what crosses the boundary can be made callable. */
async function loads(
  jit: JitProcess,
  { ir, functions, raises }: CompiledModule,
): Promise<string | undefined> {
  const callable = functions.filter(({ signature }) => signature.result.kind !== 'tuple');
  if (callable.length === 0) return undefined;
  const specs = callable.map(({ symbol, signature }) => {
    return { symbol, signature: formatType(flatSignature(signature)) };
  });
  try {
    await jit.compile(ir, specs, { raises: JSON.stringify(raises) });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('programs with tokens exchanged get diagnostics, or code that LLVM accepts', async () => {
  const random = new Random(SEED);
  const jit = await JitProcess.start();
  const faults: string[] = [];
  let compiled = 0;
  try {
    const cases = readCaseFiles('test/kernel/compiler/cases/run').flatMap((file) => file.cases);
    for (const one of cases) {
      for (let count = 0; count < MUTANTS_EACH; count += 1) {
        const source = mutate(random, one.source);
        const { module, fault } = compileMutant(random, one, source);
        const refused = module && (await loads(jit, module));
        if (module) compiled += 1;
        if (fault ?? refused) faults.push(`${source}\n${fault ?? refused}`);
      }
    }
  } finally {
    await jit.stop();
  }
  assert.equal(faults, []);
  assert.ok(compiled > 100, `only ${compiled} mutants compiled`);
});

test.run();
