import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CompileError } from '../../../kernel/rjit/compile-error.ts';
import type { RemoteFunction } from '../../../kernel/rjit/remote-function.ts';
import { type NamedValue, RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { clangFor } from '../../support/left-out.ts';
import { errorOf } from '../../support/remote-jit.ts';

const PYTHON_SQUARE = 'def square(x):\n    return x * x\n';
const TYPESCRIPT_SUM = 'function sumOfSquares(a: number, b: number) {\n  return square(a) + square(b);\n}\n';

const names = new Map<string, NamedValue>([
  ['helper', { value: () => 1, isConstant: true }],
  ['half', { value: 0.5, isConstant: true }],
]);
const jit = new RemoteJIT({ scope: (name) => names.get(name) });
let cells = 0;

async function cell(source: string, ...signatures: string[]): Promise<RemoteFunction> {
  cells += 1;
  const [first] = await jit.define({ source, fileName: `In[${cells}]`, signatures });
  if (!first) throw new Error('no function');
  return first;
}

const calls = suite('calls between modules');

calls.before(async () => {
  await jit.startServer({ port: 0 });
});
calls.after(() => jit.close());

calls('reach functions of other languages, here and on the server', async () => {
  await cell(PYTHON_SQUARE, 'float64(float64)');
  const sum = await cell(TYPESCRIPT_SUM, 'float64(float64, float64)');
  assert.is(sum(3, 4), 25);
  assert.is(sum.local(3, 4), 25);
  const python =
    'def total(n):\n    s = 0.0\n    for i in range(n):\n        s += sumOfSquares(i, 1)\n    return s\n';
  const total = await cell(python, 'float64(int64)');
  assert.is(total(4), 18);
  assert.is(await total.async(4), 18);
  assert.is(total.local(4), 18);
});

calls('are inlined', async () => {
  await cell(PYTHON_SQUARE, 'float64(float64)');
  const sum = await cell(TYPESCRIPT_SUM, 'float64(float64, float64)');
  assert.match(sum.ir, /define internal double @square_dadA\.1\(/);
  assert.not.match(sum.optimized, /call/);
});

calls('take the overload by the rules of the language', async () => {
  await cell(PYTHON_SQUARE, 'int64(int64)', 'float64(float64)');
  const both = await cell(
    'def both(i, x):\n    return square(i) // 2 + square(x)\n',
    'float64(int64, float32)',
  );
  assert.is(both(3, 1.5), 6.25);
  const error = await errorOf(() => cell('def f(z):\n    return square(z)\n', 'complex128(complex128)'));
  assert.instance(error, CompileError);
  assert.match(error.message, 'square has no signature for (complex128)');
  assert.match(error.message, 'it has int64(int64), float64(float64)');
});

calls('may name arguments and leave out those that have defaults', async () => {
  await cell('K = 10\ndef scale(x, by=K, plus=1):\n    return x * by + plus\n', 'int64(int64, int64, int64)');
  const one = await cell(
    'def one(a):\n    return scale(a) + scale(a, 2) + scale(a, by=3, plus=0)\n',
    'int64(int64)',
  );
  assert.is(one(5), 51 + 11 + 15);
  const error = await errorOf(() => cell('def two(a):\n    return scale(a, plus=0)\n', 'int64(int64)'));
  assert.match(error.message, 'scale is of another cell and needs a value for by here');
  const unknown = await errorOf(() => cell('def two(a):\n    return scale(a, bye=0)\n', 'int64(int64)'));
  assert.match(unknown.message, 'scale has no parameter bye');
});

calls('follow when a function is defined again, or gets another overload', async () => {
  await cell('def step(x):\n    return x + 1\n', 'int64(int64)');
  const twice = await cell('def twice(x):\n    return step(step(x))\n', 'int64(int64)');
  assert.is(twice(1), 3);
  const step = await cell('const step = (x) => x * 10;\n', 'int64(int64)');
  assert.is(twice(1), 100);
  assert.is(await twice.async(2), 200);
  assert.is(twice.local(3), 300);
  step.signature('float64(float64)');
  assert.is(twice(1), 100);
  assert.is(twice.signature('float64(float64)')(0.5), 50);
});

calls('keep what they have when nothing of it changes', async () => {
  await cell('def step(x):\n    return x + 1\n', 'int64(int64)');
  const twice = await cell('def twice(x):\n    return step(step(x))\n', 'int64(int64)');
  assert.is(twice(1), 3);
  const times = twice.compileTimes;
  await cell('def other(x):\n    return x\n', 'int64(int64)');
  assert.is(twice(1), 3);
  assert.equal(twice.compileTimes, times);
});

calls('that no longer fit are refused when they are made, and where they are written', async () => {
  await cell('def step(x):\n    return x + 1\n', 'int64(int64)');
  const twice = await cell('def twice(x):\n    return step(step(x))\n', 'int64(int64)');
  assert.is(twice(1), 3);
  await cell('def step(x, y):\n    return x + y\n', 'int64(int64, int64)');
  const error = await errorOf(() => twice(1));
  assert.instance(error, CompileError);
  assert.match(error.message, 'step has no signature for (int64)');
  assert.match(error.message, '2 |     return step(step(x))');
  await cell('def step(x):\n    return x - 1\n', 'int64(int64)');
  assert.is(twice(1), -1);
});

calls('may go round in a circle', async () => {
  await cell('def odd(n):\n    return False\n', 'bool(int64)');
  await cell('const even = (n) => n === 0 ? true : odd(n - 1);\n', 'bool(int64)');
  const odd = await cell('def odd(n):\n    return n != 0 and even(n - 1)\n', 'bool(int64)');
  assert.is(odd(7), true);
  assert.is(odd(8), false);
  assert.is(odd.local(9), true);
});

calls('of functions with equal names are kept apart', async () => {
  const old = await cell('def f(x):\n    return help(x)\ndef help(x):\n    return x + 1\n', 'int64 f(int64)');
  names.set('old', { value: old, isConstant: true });
  const source = 'def f(x):\n    return old(x) * help(x)\ndef help(x):\n    return x + 5\n';
  const f = await cell(source, 'int64 f(int64)');
  assert.is(f(1), 2 * 6);
  assert.is(f.local(1), 2 * 6);
});

calls('outlive the server', async () => {
  await cell(PYTHON_SQUARE, 'float64(float64)');
  const sum = await cell(TYPESCRIPT_SUM, 'float64(float64, float64)');
  assert.is(sum(3, 4), 25);
  await jit.stopServer();
  await jit.startServer({ port: 0 });
  assert.is(sum(6, 8), 100);
});

calls('keep the options of the function that is called', async () => {
  const source = 'def ratio(a, b):\n    return a / b\n';
  const options = { errorModel: 'numpy', fastMath: true } as const;
  await jit.define({ source, fileName: 'In[1]', signatures: ['float64(float64, float64)'], options });
  const f = await cell('def f(a):\n    return ratio(a, 0.0) + 1.0 / a\n', 'float64(float64)');
  assert.match(f.ir, 'fdiv fast double');
  assert.match(f.ir, /fdiv double/);
  const error = await errorOf(() => f(0));
  assert.is(error.name, 'ZeroDivisionError');
});

calls('that raise say where, in which source', async () => {
  await jit.define({
    source: '\n\ndef check(x):\n    if x < 0:\n        raise ValueError("negative")\n    return x\n',
    fileName: 'In[7]',
    signatures: ['int64(int64)'],
  });
  const f = await cell(
    'function f(x) {\n  if (x === 5) throw new RangeError("five");\n  return check(x);\n}',
    'int64(int64)',
  );
  for (const call of [() => f(-1), () => f.local(-1)]) {
    const inner = await errorOf(call);
    assert.instance(inner, RemoteError);
    assert.is(`${inner.name}: ${inner.message}`, 'ValueError: negative');
    assert.equal(inner instanceof RemoteError && [inner.fileName, inner.line], ['In[7]', 5]);
  }
  for (const call of [() => f(5), () => f.local(5)]) {
    const outer = await errorOf(call);
    assert.is(outer.message, 'five');
    assert.equal(outer instanceof RemoteError && [outer.fileName, outer.line], [`In[${cells}]`, 2]);
  }
});

calls('of what is not there, or not a function, say so', async () => {
  await cell(PYTHON_SQUARE, 'float64(float64)');
  const messageOf = async (call: string) => {
    const source = `def f(x):\n    return ${call}\n`;
    return (await errorOf(() => cell(source, 'float64(float64)'))).message;
  };
  assert.match(await messageOf('sqare(x)'), /there is no function sqare[\s\S]*hint: did you mean square\?/);
  assert.match(await messageOf('helper(x)'), /helper is a function of the session that is not compiled/);
  assert.match(await messageOf('half(x)'), /half is a constant and can't be called/);
  assert.match(await messageOf('square'), /square is a function, not a value[\s\S]*call it: square\(…\)/);
  assert.match(await messageOf('square(x, x)'), /square has no signature for \(float64, float64\)/);
});

const clang = clangFor('calls between C and other languages');

const IR_HALF = `@count = global i64 0
define double @halve(double %x) {
  %p = call double @scale(double %x)
  ret double %p
}
define double @scale(double %x) {
  %y = fmul double %x, 5.0e-1
  ret double %y
}
`;
const C_POWER = `static double scale(double x) { return x; }
double power(double x, long n) {
  double r = scale(1.0);
  for (long i = 0; i < n; i++) r *= x;
  return r;
}
`;

const latest = new Map<string, RemoteFunction>();

async function foreign(source: string, language: 'ir' | 'c' | 'c++', ...signatures: string[]): Promise<void> {
  const made = await jit.define({ source, language, fileName: `In[${++cells}]`, signatures });
  for (const one of made) latest.set(one.name, one);
}

/** A function that `foreign` has defined. */
function defined(name: string): RemoteFunction {
  const found = latest.get(name);
  if (!found) throw new Error(`${name} is not defined`);
  return found;
}

calls('of foreign functions follow when these are defined again, and outlive the server', async () => {
  await foreign(IR_HALF, 'ir', 'float64 halve(float64)');
  const f = await cell('function f(x) { return halve(x) + 1; }', 'float64(float64)');
  assert.is(f(4), 3);
  await foreign(IR_HALF.replace('5.0e-1', '2.0'), 'ir', 'float64 halve(float64)');
  assert.is(f(4), 9);
  await jit.stopServer();
  await jit.startServer({ port: 0 });
  assert.is(f(5), 11);
});

if (clang) {
  calls('reach functions in C and LLVM IR', async () => {
    await foreign(IR_HALF, 'ir', 'float64 halve(float64)', 'float64 scale(float64)');
    await foreign(C_POWER, 'c', 'float64 power(float64, int64)');
    const f = await cell(
      'def scale(x):\n    return x + 1\ndef f(x):\n    return scale(power(halve(x), 3))\n',
      'float64 f(float64)',
    );
    assert.is(f(4), 9);
    assert.is(await f.async(2), 2);
    assert.is(f.map(Float64Array.of(2, 4)).join(), '2,9');
    assert.not.match(f.optimized, /call|declare/);
    const error = await errorOf(() => f.local(4));
    assert.match(error.message, "f calls functions that can't be run locally");
    const wrong = await errorOf(() => cell('def g(x):\n    return power(x, x)\n', 'float64(float64)'));
    assert.match(wrong.message, 'float64 where int64 is needed');
  });

  calls('into C that fault name the line of the C cell', async () => {
    const source = '\n\ndouble peek(long a) {\n  long b = a + 1;\n\n  return *(volatile double *)b;\n}\n';
    await foreign(source, 'c', 'float64 peek(int64)');
    const f = await cell('def f(x):\n    return peek(x) + 1.0\n', 'float64(int64)');
    const error = await errorOf(() => f(7));
    assert.is(error.message, `[jit-crash] SIGSEGV in f_dalA at 0x8 (In[${cells - 1}], line 6)`);
  });
}

calls('never give a constant array to a foreign function, which may change it', async () => {
  const source =
    'define double @first(double* %a, i64 %n) {\n  %v = load double, double* %a\n  ret double %v\n}\n';
  await foreign(source, 'ir', 'float64 first(float64[])');
  names.set('TABLE', { value: Float64Array.of(1), isConstant: true });
  const error = await errorOf(() => cell('def f(x):\n    return first(TABLE)\n', 'float64(float64)'));
  assert.match(error.message, 'TABLE, a constant, can not be given to a function that may change it');
});

calls('take overloads that are added later, in every language and after a new definition', async () => {
  const sources = {
    python: 'def more(a):\n    return a + a\n',
    typescript: 'function more(a) { return a + a; }\n',
    ir: 'define i64 @more(i64 %a) {\n  %r = add i64 %a, %a\n  ret i64 %r\n}\n',
  } as const;
  const caller = 'def caller(a):\n    return more(a)\n';
  let earlier: RemoteFunction | undefined;
  for (const language of ['python', 'typescript', 'ir'] as const) {
    const [more] = await jit.define({
      source: sources[language],
      language,
      fileName: `In[${++cells}]`,
      signatures: ['int64 more(int64)'],
    });
    const f = await cell(caller, 'int64(int64)');
    assert.is(f(4), 8);
    const added = language === 'ir' ? 'uint64(uint64)' : 'float64(float64)';
    more?.signature(added);
    assert.equal(more?.signatures, ['int64(int64)', added]);
    f.signature(added);
    assert.equal(f.signatures.length, 2);
    assert.is(language === 'ir' ? f(2n ** 63n + 1n) : f(1.25), language === 'ir' ? 2 : 2.5);
    assert.is(f(5), 10);
    // Whoever still holds a function that was defined again can go on with it.
    earlier?.signature('int16(int16)');
    assert.is(earlier?.(3) ?? 6, 6);
    earlier = language === 'ir' ? undefined : more;
  }
});

const IR_CALLER = `declare double @f(double)
declare double @total(double*, i64)
define double @g(double %x) {
  %y = call double @f(double %x)
  %r = fadd double %y, 1.0
  ret double %r
}
define double @h(double* %a, i64 %n) {
  %t = call double @total(double* %a, i64 %n)
  ret double %t
}
`;

calls('from LLVM IR reach Python and TypeScript by the declared types, and follow them', async () => {
  const source = 'def f(x):\n    if x < 0:\n        raise ValueError("negative")\n    return x * 2\n';
  await cell(source, 'int64(int64)', 'float64(float64)');
  const total = 'function total(a) { let s = 0.0; for (const x of a) s += x; a[0] = s; return s; }';
  await cell(total, 'float64(float64[])');
  await foreign(IR_CALLER, 'ir', 'float64 g(float64)', 'float64 h(float64[])');
  const [g, h] = [defined('g'), defined('h')];
  assert.is(g(3), 7);
  const values = Float64Array.of(1, 2, 4);
  assert.is(h(values), 7);
  assert.is(values[0], 7);
  assert.not.match(g.optimized, /call .*@f/);
  const error = await errorOf(() => g(-1));
  assert.is(`${error.name}: ${error.message}`, 'ValueError: negative');
  assert.is(error instanceof RemoteError && error.line, 3);
  await cell('def f(x):\n    return x * 10\n', 'float64(float64)');
  assert.is(g(3), 31);
  assert.is(h(Float64Array.of(5)), 5);
  assert.is(await g.async(4), 41);
  await jit.stopServer();
  await jit.startServer({ port: 0 });
  assert.is(h(Float64Array.of(5)), 5);
  assert.is(g(3), 31);
});

calls('through LLVM IR and back keep the messages and the lines of both callers', async () => {
  await cell(
    'def f(x):\n    if x < 0:\n        raise ValueError("negative")\n    return x\n',
    'float64(float64)',
  );
  const callee = `In[${cells}]`;
  await foreign(
    IR_CALLER.replace('declare double @total(double*, i64)\n', '').replace(/define double @h[^}]*}\n/, ''),
    'ir',
    'float64 g(float64)',
  );
  const outer = await cell(
    'def outer(x):\n    if x > 9:\n        raise KeyError("large")\n    return g(x) + f(x)\n',
    'float64(float64)',
  );
  assert.is(outer(1), 3);
  const inner = await errorOf(() => outer(-1));
  assert.is(`${inner.name}: ${inner.message}`, 'ValueError: negative');
  assert.equal(inner instanceof RemoteError && [inner.fileName, inner.line], [callee, 3]);
  const own = await errorOf(() => outer(10));
  assert.is(`${own.name}: ${own.message}`, 'KeyError: large');
  assert.equal(own instanceof RemoteError && [own.fileName, own.line], [`In[${cells}]`, 3]);
});

calls(
  'from LLVM IR of functions that do not fit, or of other IR, are refused where they are written',
  async () => {
    const caller =
      'declare double @f(double)\ndefine double @g(double %x) {\n  %y = call double @f(double %x)\n  ret double %y\n}\n';
    const messageOf = async () => (await errorOf(() => foreign(caller, 'ir', 'float64 g(float64)'))).message;
    await cell('def f(x):\n    return x\n', 'int64(int64)');
    const wrong = await messageOf();
    assert.match(
      wrong,
      "f is declared as double(double) in LLVM's types, but the function of another cell has int64(int64)",
    );
    assert.match(wrong, '1 | declare double @f(double)');
    await foreign('define double @f(double %x) {\n  ret double %x\n}\n', 'ir', 'float64 f(float64)');
    assert.match(await messageOf(), 'f is a function of another cell that is not in Python or TypeScript');
    await foreign('define double @far(double %x) {\n  ret double %x\n}\n', 'ir', 'float64 far(float64)');
    await cell('def f(x):\n    return far(x)\n', 'float64(float64)');
    assert.match(
      await messageOf(),
      "f calls functions in C, C++ or LLVM IR itself, so that these can't call it",
    );
    const signs = caller.replaceAll('double', 'i64');
    await cell('def f(x):\n    return x\n', 'int64(int64)', 'uint64(uint64)');
    const ambiguous = await errorOf(() => foreign(signs, 'ir', 'int64 g(int64)'));
    assert.match(
      ambiguous.message,
      'f fits its declaration with more than one signature: int64(int64), uint64(uint64)',
    );
  },
);

if (clang) {
  calls('from C and C++ reach Python, and what it raises arrives at the caller', async () => {
    await cell(
      'def f(x):\n    if x < 0:\n        raise ValueError("negative")\n    return x * 2\n',
      'float64(float64)',
      'int64(int64)',
    );
    await foreign(
      'extern double f(double);\nstatic long calls = 0;\ndouble g(double x) { calls++; return f(x) + 1; }\nlong count(void) { return calls; }\n',
      'c',
    );
    assert.is(defined('g')(3), 7);
    assert.is(defined('count')(), 1);
    const error = await errorOf(() => defined('g')(-1));
    assert.is(`${error.name}: ${error.message}`, 'ValueError: negative');
    assert.is(defined('count')(), 2);
    await cell('def f(x):\n    return x * 10\n', 'float64(float64)');
    assert.equal([defined('g')(3), defined('count')()], [31, 1]);
    const source = 'double f(double);\ndouble twice(double x) { return f(x) + f(x); }\n';
    await foreign(source, 'c++');
    assert.is(defined('twice')(1), 20);
    const wrong = await errorOf(() => foreign('extern int f(int);\nint g(int x) { return f(x); }\n', 'c'));
    assert.match(wrong.message, /f is declared as i32\(i32\)[\s\S]*1 \| extern int f\(int\);/);
  });
}

calls.run();
