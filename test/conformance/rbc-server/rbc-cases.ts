import type { complex, float32, int8, RemoteFunction } from '../../../kernel/rjit/remote-jit.ts';

interface Makers {
  readonly complex: typeof complex;
  readonly int8: typeof int8;
  readonly float32: typeof float32;
}

export interface RbcCase {
  readonly title: string;
  readonly source: string;
  readonly signatures: readonly string[];
  readonly call: (defined: RemoteFunction, makers: Makers) => unknown;
  /** It can't work there, and is to be refused here. */
  readonly isRefused?: true;
}

/** What is said of a function that RBC's server could only crash on. */
export const expectedRefusal = /^\[unsupported\] .* can't run on RBC's server: /;

const foo = 'def foo(a, b):\n    return a + b\n';
const all = ['int64(int64, int64)', 'double(double, double)', 'complex128(complex128, complex128)'];

/** The demo's calls come first. */
export const rbcCases: readonly RbcCase[] = [
  {
    title: 'foo(1, 3)',
    source: foo,
    signatures: ['int64(int64, int64)'],
    call: (defined) => defined(1, 3),
  },
  {
    title: 'foo(2, 4)',
    source: foo,
    signatures: ['int64(int64, int64)'],
    call: (defined) => defined(2, 4),
  },
  {
    title: 'foo(1.2, 3.4) without a float64 signature',
    source: foo,
    signatures: ['int64(int64, int64)'],
    call: (defined) => defined(1.2, 3.4),
  },
  {
    title: 'foo(1, 3.4j)',
    source: foo,
    signatures: all,
    call: (defined, { complex }) => defined(1, complex(0, 3.4)),
  },
  { title: 'foo(1.2, 3)', source: foo, signatures: all, call: (defined) => defined(1.2, 3) },
  {
    title: 'foo(2**62, 2**62 - 1), exactly',
    source: foo,
    signatures: ['int64(int64, int64)'],
    call: (defined) => defined(2n ** 62n, 2n ** 62n - 1n),
  },
  {
    title: 'uint64 above 2**63',
    source: foo,
    signatures: ['uint64(uint64, uint64)'],
    call: (defined) => defined(2n ** 63n, 5n),
  },
  {
    title: 'int8 values',
    source: foo,
    signatures: ['int8(int8, int8)'],
    call: (defined, { int8 }) => defined(int8(100), int8(20)),
  },
  {
    title: 'float32 values',
    source: foo,
    signatures: ['float32(float32, float32)'],
    call: (defined, { float32 }) => defined(float32(0.1), float32(0.2)),
  },
  {
    title: 'a bool result',
    source: 'def less(a, b):\n    return a < b\n',
    signatures: ['bool(double, double)'],
    call: (defined) => defined(1.5, 2.5),
  },
  {
    title: 'loops and libm',
    source:
      'import math\ndef wave(x, n):\n    s = 0.0\n    for i in range(n):\n        s += math.sin(x * i) ** 2\n    return s\n',
    signatures: ['double(double, int64)'],
    call: (defined) => defined(0.25, 1000),
  },
  {
    title: 'a TypeScript function',
    source: 'function hypotenuse(a: number, b: number): number {\n  return Math.sqrt(a * a + b * b);\n}\n',
    signatures: ['float64(float64, float64)'],
    call: (defined) => defined(3, 4),
  },
  {
    title: 'a function that calls another',
    source: 'def twice(x):\n    return 2 * x\ndef foo(a, b):\n    return twice(a) + b\n',
    signatures: ['int64 twice(int64)', 'int64 foo(int64, int64)'],
    call: (defined) => defined(20, 2),
  },
  {
    title: 'foo.async, 100 in flight',
    source: foo,
    signatures: ['int64(int64, int64)'],
    call: (defined) => Promise.all(Array.from({ length: 100 }, (_, index) => defined.async(index, 1))),
  },
  {
    title: 'foo.map over 1,000 elements',
    source: foo,
    signatures: all,
    call: (defined) =>
      defined.map(
        new Float64Array(1000).map((_, index) => index / 7),
        0.5,
      ),
  },
  {
    title: 'a division that may raise',
    source: 'def divide(a, b):\n    return a // b\n',
    signatures: ['int64(int64, int64)'],
    call: (defined) => defined(1, 0),
    isRefused: true,
  },
];
