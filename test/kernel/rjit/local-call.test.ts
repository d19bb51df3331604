import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex, complex, float32, int8, RemoteJIT, uint8 } from '../../../kernel/rjit/remote-jit.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

interface Row {
  readonly source: string;
  readonly signature: string;
  readonly calls: readonly (readonly unknown[])[];
}

const TABLE: readonly Row[] = [
  {
    source: 'def f(a, b):\n    return a // b\n',
    signature: 'int64(int64, int64)',
    calls: [
      [7, 2],
      [-7, 2],
      [7, -2],
      [-(2n ** 63n), 1],
      [1, 0],
    ],
  },
  {
    source: 'def f(a, b):\n    return a % b\n',
    signature: 'float64(float64, float64)',
    calls: [
      [5.5, 2],
      [-5.5, 2],
      [5.5, -2],
      [-0, 3],
      [Number.POSITIVE_INFINITY, 2],
      [1, 0],
    ],
  },
  {
    source:
      'def f(a):\n    n = 0\n    while a > 1:\n        a = a // 2 if a % 2 == 0 else 3 * a + 1\n        n += 1\n    return n\n',
    signature: 'int64(int64)',
    calls: [[1], [27], [97], [-4]],
  },
  {
    source: 'def f(a, b):\n    return a * b + a\n',
    signature: 'complex128(complex128, complex128)',
    calls: [
      [complex(1, 2), complex(3, -4)],
      [1, complex(0, 3.4)],
      [2.5, 2],
    ],
  },
  {
    source: 'function f(a, b) { return a + b; }',
    signature: 'int8(int8, int8)',
    calls: [
      [100, 27],
      [100, 100],
      [int8(-128), int8(-1)],
    ],
  },
  {
    source: 'function f(a, b) { return a * b; }',
    signature: 'uint64(uint64, uint64)',
    calls: [
      [2n ** 63n, 2],
      [2n ** 32n - 1n, 2n ** 32n + 1n],
      [uint8(255), 3],
    ],
  },
  {
    source: 'function f(a) { return a / 3; }',
    signature: 'float32(float32)',
    calls: [[1], [float32(0.1)], [1e-45]],
  },
  {
    source: 'function f(a, b) { return a > b; }',
    signature: 'bool(float64, float64)',
    calls: [
      [2, 1],
      [1, 2],
      [Number.NaN, 0],
    ],
  },
  {
    source: 'def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\n',
    signature: 'int64(int64)',
    calls: [[0], [10], [20]],
  },
];

/** What a call came to, as text: a value with its type, or an error with its name, text and line. */
async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    const value = await call();
    const sign = Object.is(value, -0) ? '-' : '';
    return `${value instanceof Complex ? 'complex' : typeof value} ${sign}${String(value)}`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `${error} in line ${'line' in error ? error.line : '?'}`;
  }
}

const agreement = suite('the same here and there');
const jit = new RemoteJIT();

agreement.before(async () => {
  await jit.startServer({ port: 0 });
});

for (const { source, signature, calls } of TABLE) {
  agreement(`${signature} of ${source.trimEnd().split('\n').at(-1)?.trim()}`, async () => {
    const f = await defineOne(jit, source, signature);
    for (const args of calls) {
      const here = await outcomeOf(() => f.local(...args));
      const text = args.map(String).join(', ');
      assert.is(await outcomeOf(() => f(...args)), here, text);
      assert.is(await outcomeOf(() => f.async(...args)), here, text);
    }
  });
}

agreement('arguments that do not fit are refused with the same words', async () => {
  const f = await defineOne(jit, 'def f(a, b):\n    return a + b\n', 'int8(int8, int8)');
  for (const args of [
    [300, 1],
    [1, 2 ** 70],
  ]) {
    const { message } = await errorOf(() => f(...args));
    assert.match(message, /\[bad-argument\] argument [12].* is out of range for int8 \(-128 to 127\)/);
    assert.is((await errorOf(() => f.local(...args))).message, message);
  }
  const { message } = await errorOf(() => f(1.5, 1));
  assert.match(message, /^found no matching function signature/);
  assert.is((await errorOf(() => f.local(1.5, 1))).message, message);
});

agreement.after(async () => {
  await jit.close();
});

agreement.run();
