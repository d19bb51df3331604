import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../backend/contract/complex.ts';
import { ndarray } from '../../kernel/rjit/remote-jit.ts';
import { withJit } from '../support/remote-jit.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { type CheckedFunction, checkFunction } from './numba/check-function.ts';
import { agrees, scalarsAgree } from './numba/compare.ts';
import { type Disagreement, explanation } from './numba/explain.ts';
import { type LiftedFunction, parseLiftedFunction } from './numba/lifted-function.ts';
import { resultTypes } from './numba/result-type.ts';

const path = join(repositoryRoot, 'test', 'conformance', 'numba', 'own-functions.jsonl');

const functions = suite('functions that CPython has run');

functions('give what CPython gave, or differ for a reason', async () => {
  const lifted = readFileSync(path, 'utf8').trim().split('\n').map(parseLiftedFunction);
  const checked = await checkAll(lifted);
  assert.equal(
    checked.flatMap(({ problem, function: { name } }) =>
      problem === undefined ? [] : [`${name}: ${problem}`],
    ),
    [],
  );
  const disagreements = checked.flatMap((one) => one.disagreements);
  const unexplained = disagreements.filter((one) => explanation(one, {}) === undefined);
  assert.equal(unexplained.map(shown), []);
  assert.ok(checked.reduce((sum, { agreeing }) => sum + agreeing, 0) > 250);
});

async function checkAll(lifted: readonly LiftedFunction[]): Promise<readonly CheckedFunction[]> {
  const checked: CheckedFunction[] = [];
  await withJit(async (jit) => {
    for (const one of lifted) checked.push(await checkFunction(jit, one));
  });
  return checked;
}

function shown({ function: { name }, signature, call, outcome }: Disagreement): string {
  const found = outcome.kind === 'value' ? outcome.value : outcome;
  return `${name} for ${signature}: ${JSON.stringify(call)}, found ${inspect(found)}`;
}

functions('are caught where they give something else', async () => {
  const wrong = (source: string, value: string): LiftedFunction => ({
    name: 'f',
    file: 'own',
    line: 1,
    source,
    signatures: [{ parameters: ['int64'], calls: [{ arguments: ['i:3'], value }] }],
  });
  const checked = await checkAll([
    wrong('def f(x):\n    return x + 1\n', 'i:5'),
    wrong('def f(x):\n    return x / 2\n', 'f:1.4999999999999998'),
    wrong('def f(x):\n    return x // 0\n', 'i:0'),
    wrong('def f(x):\n    return x > 2\n', 'b:0'),
  ]);
  const reasons = checked.map(({ disagreements }) => disagreements.map((one) => explanation(one, {})));
  assert.equal(reasons, [[undefined], [], [undefined], [undefined]]);
});

functions('that do not compile say why', async () => {
  const source = 'def f(x):\n    return [x]\n';
  const signatures = [{ parameters: ['int64'], calls: [{ arguments: ['i:3'], value: 'i:3' }] }];
  const [checked] = await checkAll([{ name: 'f', file: 'own', line: 1, source, signatures }]);
  assert.is(checked?.problem, 'unsupported-syntax: lists are not supported');
});

functions('have the result type of what CPython returns', () => {
  const types = (parameters: readonly string[], ...values: readonly string[]) =>
    resultTypes({ parameters, calls: values.map((value) => ({ arguments: [], value })) })[0];
  assert.is(types(['int64'], 'i:1', 'i:-2'), 'int64');
  assert.is(types(['uint8'], 'i:1'), 'uint64');
  assert.is(types(['int64'], 'b:1', 'b:0'), 'bool');
  assert.is(types(['int64'], 'b:1', 'i:0'), 'int64');
  assert.is(types(['int64'], 'i:1', 'f:0.5'), 'float64');
  assert.is(types(['complex128'], 'f:1', 'c:0,1'), 'complex128');
  assert.is(types(['int64'], 'n:'), 'void');
  assert.is(types(['int64'], 'n:', 'i:1'), undefined);
});

functions('agree by value, sign of zero and a few units in the last place', () => {
  const exact = { ulps: 0, bits: 64 } as const;
  const loose = { ulps: 4, bits: 64 } as const;
  assert.ok(scalarsAgree(3n, 3, exact));
  assert.ok(scalarsAgree(2n ** 63n - 1n, 2n ** 63n - 1n, exact));
  assert.not(scalarsAgree(2n ** 63n - 1n, 2n ** 63n - 2n, exact));
  assert.not(scalarsAgree(0, -0, exact));
  assert.ok(scalarsAgree(Number.NaN, Number.NaN, exact));
  assert.not(scalarsAgree(Number.NaN, 0, loose));
  assert.ok(scalarsAgree(1, 1 + 4 * Number.EPSILON, loose));
  assert.not(scalarsAgree(1, 1 + 5 * Number.EPSILON, loose));
  assert.ok(scalarsAgree(new Complex(1, 1e-17), new Complex(1, 0), loose));
  assert.not(scalarsAgree(new Complex(1, 1e-17), new Complex(1, 0), exact));
  assert.not(scalarsAgree(undefined, 0, loose));
  assert.ok(agrees(['i:1', 'f:2.0'], [1, 2], exact));
  assert.not(agrees(['i:1', 'f:2.0'], [1], exact));
  assert.ok(
    agrees({ element: 'int32', shape: [2], data: ['i:1', 'i:2'] }, ndarray(Int32Array.of(1, 2)), exact),
  );
  assert.not(
    agrees({ element: 'int32', shape: [2], data: ['i:1', 'i:2'] }, ndarray(Int32Array.of(1, 3)), exact),
  );
});

functions.run();
