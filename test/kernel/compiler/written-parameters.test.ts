import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { assignSignatures } from '../../../kernel/compiler/assign-signatures.ts';
import { checkModule } from '../../../kernel/compiler/compile.ts';
import type { Result } from '../../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';
import { writtenParameters } from '../../../kernel/compiler/written-parameters.ts';

function resultOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
}

/** Of the function `f`: which parameters are written, by their places. */
function writtenBy(source: string, ...signatures: readonly string[]): number[] {
  const module = resultOf(parseModule({ source, fileName: 'In[1]', language: 'python' }));
  const given = signatures.map((text) => ({ signature: parseSignature(text) }));
  const hir = resultOf(checkModule({ module, overloads: resultOf(assignSignatures(module, given)) }));
  const symbol = hir.functions.find(({ name }) => name === 'f')?.symbol ?? '';
  return (writtenParameters(hir).get(symbol) ?? []).flatMap((written, index) => (written ? [index] : []));
}

/** What is looked at, the function, its signatures, the parameters that are written. */
const CASES: readonly (readonly [string, string, readonly string[], readonly number[]])[] = [
  ['reading', 'def f(a, b):\n    return a[0] + b[0]\n', ['float64(float64[], float64[])'], []],
  ['an assignment', 'def f(a, b):\n    b[0] = a[0]\n', ['void(float64[], float64[])'], [1]],
  ['a pointer', 'def f(p, n):\n    p[n] = 1.0\n', ['void(float64*, int64)'], [0]],
  [
    'another name for either',
    'def f(a, b, k):\n    c = a if k > 0 else b\n    c[0] = 1.0\n',
    ['void(float64[], float64[], int64)'],
    [0, 1],
  ],
  ['a row', 'def f(a):\n    for row in a:\n        row[0] = 1.0\n', ['void(float64[,])'], [0]],
  ['a part', 'def f(a):\n    part = a[1:]\n    part[0] = 1.0\n', ['void(float64[])'], [0]],
  [
    'a member of a tuple',
    'def f(a, b):\n    t = (a, b)\n    t[1][0] = 1.0\n',
    ['void(float64[], float64[])'],
    [0, 1],
  ],
  [
    'a function that writes',
    'def f(a, b):\n    g(b, a)\ndef g(x, y):\n    x[0] = y[0]\n',
    ['void f(float64[], float64[])'],
    [1],
  ],
  [
    'a function that only reads',
    'def f(a):\n    return g(a)\ndef g(x):\n    return x[0]\n',
    ['float64 f(float64[])'],
    [],
  ],
  [
    'functions that call each other in a circle',
    'def f(a, b, n):\n    if n > 0:\n        g(b, a, n - 1)\ndef g(a, b, n):\n    a[0] = 1.0\n    f(a, b, n)\n',
    ['void f(float64[], float64[], int64)', 'void g(float64[], float64[], int64)'],
    [0, 1],
  ],
  [
    'what is written to a parameter that is a number',
    'def f(a, n):\n    n = n + 1\n    return a[n]\n',
    ['float64(float64[], int64)'],
    [],
  ],
];

const written = suite('which arrays a function writes to');

for (const [what, source, signatures, expected] of CASES) {
  written(`${what} counts: ${expected.length === 0 ? 'none' : expected.join(', ')}`, () => {
    assert.equal(writtenBy(source, ...signatures), expected);
  });
}

written.run();
