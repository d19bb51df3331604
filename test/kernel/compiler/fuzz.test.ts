import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JitProcess } from '../../support/jit-process.ts';
import { fuzz } from './fuzz/compare.ts';

const FUNCTIONS = 300;
const SEED = 20260101;

test('random functions compute the same interpreted and compiled', async () => {
  const jit = await JitProcess.start();
  try {
    const { compiled, differences } = await fuzz(jit, FUNCTIONS, SEED);
    assert.equal(differences, []);
    assert.ok(compiled > FUNCTIONS / 2, `only ${compiled} of ${FUNCTIONS} functions were well typed`);
  } finally {
    await jit.stop();
  }
});

test.run();
