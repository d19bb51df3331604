import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RemoteFunction, RemoteJIT } from '../../../../kernel/rjit/remote-jit.ts';
import { clangFor } from '../../../support/left-out.ts';

const jit = new RemoteJIT({ port: 0 });
const linking = suite('calls of functions that another compiler made');

linking.before(async () => {
  await jit.startServer();
});
linking.after(async () => {
  await jit.close();
});

async function define(source: string, ...signatures: readonly string[]): Promise<RemoteFunction> {
  const [first] = await jit.define({ source, fileName: 'In[1]', signatures });
  if (!first) throw new Error('nothing was defined');
  return first;
}

linking('Python and TypeScript call LLVM IR, one function by way of another', async () => {
  await define('define double @twice(double %x) {\n  %r = fmul double %x, 2.0\n  ret double %r\n}');
  const four = await define('def four(x):\n    return twice(twice(x))', 'double(double)');
  assert.is(four(1.5), 6);
  const eight = await define('function eight(x) { return four(twice(x)); }', 'double(double)');
  assert.is(eight(1.5), 12);
  assert.not.match(eight.optimized, /call .*twice/);
});

linking('overloads are chosen by the types of the arguments', async () => {
  await define(
    'define i64 @_Z3twol(i64 %x) { ret i64 %x }\ndefine double @_Z3twod(double %x) { ret double 2.5 }',
  );
  const both = await define('def both(x):\n    return two(x)', 'double(double)', 'int64(int64)');
  assert.equal([both(7.25), both(7)], [2.5, 7]);
});

const clang = clangFor('calls of C functions by Python and TypeScript');
if (clang) {
  linking('C with structs, tables, strings, headers and libraries', async () => {
    await define(`
      #include <math.h>
      #include <stdlib.h>
      #include <string.h>
      struct point { double x, y; };
      static const double table[3] = { 1, 10, 100 };
      static double size(struct point p) { return sqrt(p.x * p.x + p.y * p.y); }
      double work(double a, long i) {
        struct point p = { a, 4 };
        char text[8];
        memset(text, 0, sizeof text);
        strcpy(text, "#0 !x @y");
        return size(p) * table[i % 3] + strlen(text) + sin(0) + abs(-1);
      }`);
    const foo = await define(
      'import math\ndef foo(a):\n    return work(a, 2) + math.sin(0.0)',
      'double(double)',
    );
    assert.is(foo(3), 509);
  });

  linking('two cells of C with the same names', async () => {
    await define(
      'struct s { int a; };\nstatic int help(struct s v) { return v.a; }\nint one(int x) { struct s v = { x }; return help(v) + 1; }',
    );
    await define(
      'struct s { double a; };\nstatic double help(struct s v) { return v.a; }\nint two(int x) { struct s v = { x }; return help(v) + 2; }',
    );
    const sum = await define('function sum(x) { return one(x) * 100 + two(x); }', 'int64(int32)');
    assert.is(sum(1), 203);
  });

  linking('arrays, bools, complex numbers and C++', async () => {
    await define(
      `
      #include <algorithm>
      #include <complex>
      double largest(const double *a, long n) { return *std::max_element(a, a + n); }
      bool flip(bool b) { return !b; }
      std::complex<double> turn(std::complex<double> z) { return std::complex<double>(-z.imag(), z.real()); }`,
      'float64 largest(float64[])',
    );
    const top = await define(
      'def top(a):\n    return largest(a) if flip(False) else 0.0',
      'float64(float64[])',
    );
    assert.is(top(Float64Array.of(1, 7, 3)), 7);
    const spin = await define('def spin(z):\n    return turn(turn(z))', 'complex128(complex128)');
    assert.is(String(spin(2)), '(-2-0j)');
  });

  linking('what a C function writes to an array comes back through its caller', async () => {
    await define(
      'void fill(double *a, long n) { for (long i = 0; i < n; i++) a[i] = i; }',
      'void fill(float64[])',
    );
    const run = await define('def run(a):\n    fill(a)\n    return a[2]', 'float64(float64[])');
    const values = new Float64Array(4);
    assert.is(run(values), 2);
    assert.equal([...values], [0, 1, 2, 3]);
  });
}

linking.run();
