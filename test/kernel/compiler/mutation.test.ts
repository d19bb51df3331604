import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import type { CompiledModule } from '../../../kernel/compiler/compile.ts';
import { JitProcess } from '../../support/jit-process.ts';
import { mutate } from './fuzz/mutate.ts';
import { compileMutant, sourceCases } from './fuzz/mutate-sources.ts';
import { Random } from './fuzz/random.ts';
import { flatSignature } from './program-case.ts';

const MUTANTS_EACH = 4;
const SEED = 7;

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

test('programs cut off and changed get diagnostics, or code that LLVM accepts', async () => {
  const random = new Random(SEED);
  const jit = await JitProcess.start();
  const faults: string[] = [];
  let compiled = 0;
  try {
    for (const one of sourceCases()) {
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
