import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withJit } from '../support/remote-jit.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { checkVectors } from './mathdata/check-vectors.ts';
import { limitOf } from './mathdata/limits.ts';
import { parseVectors } from './mathdata/vectors.ts';
import { ulpOf, ulpsBetween } from './ulps.ts';

const path = join(repositoryRoot, 'test', 'conformance', 'mathdata', 'own-vectors.txt');

const vectors = suite('test vectors of math and cmath');

vectors('hold for compiled functions, within the limits', async () => {
  const all = parseVectors(readFileSync(path, 'utf8'));
  const [real, complex] = [1, 2].map((count) => all.filter(({ argument }) => argument.length === count));
  await withJit(async (jit) => {
    const checked = [
      ...(await checkVectors(jit, 'math', real ?? [], limitOf)),
      ...(await checkVectors(jit, 'cmath', complex ?? [], limitOf)),
    ];
    assert.equal(
      checked.flatMap(({ failures }) => failures),
      [],
    );
    assert.is(
      checked.reduce((total, one) => total + one.vectors, 0),
      all.length,
    );
    assert.ok(all.length > 100);
  });
});

vectors('fail where a digit, a sign or an infinity is wrong', async () => {
  const wrong = [
    'a exp 1.0 -> 2.71828182846',
    'b expm1 -0.0 -> 0.0',
    'c gamma 0.0 -> -inf',
    'd exp nan -> 1.0',
  ];
  await withJit(async (jit) => {
    const checked = await checkVectors(jit, 'math', parseVectors(wrong.join('\n')), limitOf);
    const ids = checked.flatMap(({ failures }) => failures.map((failure) => failure.charAt(0)));
    assert.equal(ids.sort(), ['a', 'b', 'c', 'd']);
  });
});

vectors('are refused where a line is none', () => {
  assert.throws(() => parseVectors('acos0 acos 0.0 0.0 -> 1.5'), /no test vector: acos0/);
});

vectors('measure distances in floats, over zero and at powers of two', () => {
  assert.is(ulpsBetween(1, 1 + Number.EPSILON), 1);
  assert.is(ulpsBetween(1, 1 - Number.EPSILON / 2), 1);
  assert.is(ulpsBetween(-Number.MIN_VALUE, Number.MIN_VALUE), 2);
  assert.is(ulpsBetween(1, 1 + 2 ** -23, 32), 1);
  assert.is(ulpsBetween(Number.NaN, 1), Number.POSITIVE_INFINITY);
  assert.is(ulpOf(1), Number.EPSILON);
  assert.is(ulpOf(0), Number.MIN_VALUE);
  assert.is(ulpOf(2, 32), 2 ** -22);
});

vectors.run();
