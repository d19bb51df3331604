import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JitProcess, llvmChoices } from '../../support/jit-process.ts';
import { fuzz } from './fuzz/compare.ts';

const FUNCTIONS = 250;
const SEED = 20260101;

test('random functions compute the same interpreted and compiled, and every LLVM accepts them', async () => {
  const others = llvmChoices().flatMap(({ library }) => (library === undefined ? [] : [library]));
  const jit = await JitProcess.start();
  const verifiers = await Promise.all(others.map((library) => JitProcess.start(library)));
  try {
    const { compiled, differences } = await fuzz(jit, FUNCTIONS, SEED, verifiers);
    assert.equal(differences, []);
    assert.ok(compiled > FUNCTIONS / 2, `only ${compiled} of ${FUNCTIONS} functions were well typed`);
  } finally {
    await Promise.all([jit, ...verifiers].map((each) => each.stop()));
  }
});

test.run();
