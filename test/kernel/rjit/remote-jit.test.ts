import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CompileError,
  complex,
  float64,
  int8,
  int64,
  RemoteError,
  RemoteJIT,
} from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const lines: string[] = [];
const jit = new RemoteJIT({ write: (text) => lines.push(text) });

const demo = suite('the demo in a plain program');

demo.before(async () => {
  await jit.startServer({ host: 'localhost', port: 0, background: true });
});

const foo = jit('int64(int64, int64)')(function foo(a: number, b: number) {
  return a + b;
});

demo('the start is announced as RBC announces it', () => {
  assert.match(lines.join(''), /^staring rpc\.thrift server: .*remotejit\.thrift$/);
});

demo('a function prints as the IR it becomes, under the banner', () => {
  const text = String(foo);
  assert.ok(text.startsWith(`\n${'-'.repeat(38)}cpu${'-'.repeat(39)}\n`));
  assert.match(text, /define i64 @foo_lallA\(i64 /);
  assert.match(text, /\btarget triple = "x86_64-/);
  assert.ok(text.endsWith(`\n\n${'-'.repeat(80)}`));
});

demo('the first call compiles, the second calls', () => {
  assert.is(foo(1, 3), 4);
  const times = foo.compileTimes['int64(int64, int64)'];
  assert.ok(times && times.frontEndMs > 0 && (times.phaseMicroseconds.total ?? 0) > 0);
  assert.is(foo(2, 4), 6);
  assert.is(foo.compileTimes['int64(int64, int64)'], times);
});

demo('arguments without an overload get the text of RBC', async () => {
  const error = await errorOf(() => foo(1.2, 3.4));
  assert.is(
    `${error}`,
    'TypeError: found no matching function signature to given argument types:\n' +
      '    (float64, float64) -> ...\n  available function signatures:\n    int64(int64, int64)',
  );
});

demo('signatures are added while it runs', () => {
  assert.is(foo.signature('double(double, double)'), foo);
  foo.signature('complex128(complex128, complex128)');
  assert.equal(foo.signatures, [
    'int64(int64, int64)',
    'float64(float64, float64)',
    'complex128(complex128, complex128)',
  ]);
  assert.is(String(foo(1, complex(0, 3.4))), '(1+3.4j)');
  assert.is(foo(1.2, 3), 4.2);
  assert.is(foo(1, 3), 4);
});

demo('it shows itself by name and signatures', () => {
  assert.match(inspect(foo), /^foo\['int64\(int64, int64\)', 'float64/);
  assert.is(foo.name, 'foo');
  assert.instance(foo, Function);
});

demo('optimised IR and assembly come from the server', () => {
  assert.match(foo.optimized, /define .*@foo_lallA/);
  assert.match(foo.asm, /foo_lallA/);
});

demo('it also runs in this process', () => {
  assert.is(foo.local(1, 3), 4);
  assert.is(String(foo.local(1, complex(0, 3.4))), '(1+3.4j)');
});

demo('promises are pipelined and keep their order', async () => {
  const results = await Promise.all(Array.from({ length: 200 }, (_, index) => foo.async(index, 1)));
  assert.equal(
    results,
    Array.from({ length: 200 }, (_, index) => index + 1),
  );
});

demo('a promise and a blocking call go side by side', async () => {
  const promise = foo.async(1, 2);
  assert.is(foo(3, 4), 7);
  assert.is(await promise, 3);
});

demo.after(async () => {
  await jit.stopServer();
  await jit.close();
});

demo.run();

const values = suite('values');
const valueJit = new RemoteJIT();

values.before(async () => {
  await valueJit.startServer({ port: 0 });
});

values('integers are exact at both ends of their range, and beyond 2^53', async () => {
  const same = await defineOne(valueJit, 'def same(a):\n    return a\n', 'int64(int64)', 'uint64(uint64)');
  assert.is(same(-(2n ** 63n)), -(2n ** 63n));
  assert.is(same(2n ** 63n - 1n), 2n ** 63n - 1n);
  assert.is(same(2n ** 64n - 1n), 2n ** 64n - 1n);
  assert.is(same(2 ** 53 - 1), 2 ** 53 - 1);
  assert.is(same(2n ** 53n + 1n), 2n ** 53n + 1n);
  assert.is(same(int64(5)), 5);
});

values('every scalar type goes there and back', async () => {
  const types = [
    'bool',
    'int8',
    'int16',
    'int32',
    'int64',
    'uint8',
    'uint16',
    'uint32',
    'uint64',
    'float32',
    'float64',
  ];
  for (const type of types) {
    const same = await defineOne(valueJit, 'def same(a):\n    return a\n', `${type}(${type})`);
    assert.is(same(1), type === 'bool' ? true : 1, type);
  }
  for (const type of ['complex64', 'complex128']) {
    const same = await defineOne(valueJit, 'def same(a):\n    return a\n', `${type}(${type})`);
    assert.is(String(same(complex(1, -0.5))), '(1-0.5j)', type);
  }
});

/** What RBC answers with a wrong number. */
const LOSSY: readonly (readonly [signature: string, value: unknown, message: RegExp])[] = [
  ['int64(int64)', 2 ** 70, /argument 1 of same: 1180591620717411303424 is out of range for int64/],
  ['int8(int8)', 300, /argument 1 of same: 300 is out of range for int8 \(-128 to 127\)/],
  ['uint64(uint64)', -1, /argument 1 of same: -1 is out of range for uint64/],
  ['int64(int64)', '1', /argument 1 of same is "1"; expected a number/],
  ['double(double)', 2n ** 53n + 1n, /has no exact float64; write Number\(x\) to round it/],
];

for (const [signature, value, message] of LOSSY) {
  values(`${String(value)} is no wrong answer of ${signature}`, async () => {
    const same = await defineOne(valueJit, 'def same(a):\n    return a\n', signature);
    const error = await errorOf(() => same(value));
    assert.is((error as RemoteError).code, 'bad-argument');
    assert.match(error.message, message);
    assert.match((await errorOf(() => same.async(value))).message, message);
  });
}

values('a raise arrives under its own name, with the line of the cell', async () => {
  const divide = await defineOne(valueJit, 'def divide(a, b):\n    return a // b\n', 'int64(int64, int64)');
  assert.is(divide(7, 2), 3);
  const error = await errorOf(() => divide(1, 0));
  assert.is(`${error}`, 'ZeroDivisionError: integer division or modulo by zero');
  assert.instance(error, RemoteError);
  assert.is((error as RemoteError).code, 'jit-raise');
  assert.is((error as RemoteError).line, 2);
  assert.is(`${await errorOf(() => divide.async(1, 0))}`, `${error}`);
  assert.is(`${await errorOf(() => divide.local(1, 0))}`, `${error}`);
  assert.is(divide(9, 3), 3);
});

values('a recursion without end is an error of that call only', async () => {
  const deep = await defineOne(
    valueJit,
    'def deep(n):\n    return deep(n + 1) * deep(n + 2) + n\n',
    'int64(int64)',
  );
  const error = (await errorOf(() => deep(1))) as RemoteError;
  assert.is(error.code, 'jit-crash');
  assert.match(error.message, /deep/);
  const same = await defineOne(valueJit, 'def same(a):\n    return a\n', 'int64(int64)');
  assert.is(same(1), 1);
});

values('map runs over typed arrays, plain arrays and scalars', async () => {
  const add = await defineOne(
    valueJit,
    'def add(a, b):\n    return a + b\n',
    'int64(int64, int64)',
    'double(double, double)',
    'complex128(complex128, complex128)',
  );
  assert.equal(add.map(Float64Array.of(1, 2, 3), 0.5), Float64Array.of(1.5, 2.5, 3.5));
  assert.equal(add.map([1, 2], [3, 4]), BigInt64Array.of(4n, 6n));
  assert.equal(add.map(10n, BigInt64Array.of(2n ** 62n)), BigInt64Array.of(2n ** 62n + 10n));
  assert.equal(add.map([complex(1, 2)], 1), Float64Array.of(2, 2));
  assert.equal(add.map(new Float64Array(0), 1), new Float64Array(0));
  assert.equal(await add.async.map(Int32Array.of(1, 2), 1), BigInt64Array.of(2n, 3n));
});

values('a map longer than one message comes back whole', async () => {
  const twice = await defineOne(valueJit, 'def twice(a):\n    return a + a\n', 'double(double)');
  const length = 1_000_003;
  const column = Float64Array.from({ length }, (_, index) => index);
  const result = twice.map(column);
  assert.is(result.length, length);
  assert.ok(column.every((value, index) => result[index] === 2 * value));
});

values('a raise ends a map', async () => {
  const divide = await defineOne(valueJit, 'def divide(a, b):\n    return a // b\n', 'int64(int64, int64)');
  const error = await errorOf(() => divide.map([1, 2], [1, 0]));
  assert.is(error.name, 'ZeroDivisionError');
});

values.after(async () => {
  await valueJit.close();
});

values.run();

const definitions = suite('definitions');
const definer = new RemoteJIT();

definitions.before(async () => {
  await definer.startServer({ port: 0 });
});

definitions('a redefined function runs its new body, and its old code is dropped', async () => {
  const first = await defineOne(definer, 'def f(a):\n    return a + 1\n', 'int64(int64)');
  assert.is(first(1), 2);
  const second = await defineOne(definer, 'def f(a):\n    return a + 1000\n', 'int64(int64)');
  assert.is(second(1), 1001);
  assert.is(first(1), 2);
});

definitions('functions of one cell call each other, and each is returned', async () => {
  const source =
    'def square(a):\n    return a * a\n\ndef sum_of_squares(a, b):\n    return square(a) + square(b)\n';
  const functions = await definer.define({
    source,
    fileName: 'In[3]',
    signatures: ['int64(int64)', 'int64(int64, int64)'],
  });
  assert.equal(
    functions.map(({ name }) => name),
    ['square', 'sum_of_squares'],
  );
  assert.is(functions[1]?.(3, 4), 25);
  assert.is(functions[0]?.(3), 9);
});

definitions('all overloads of a function are compiled at once, before it is called', async () => {
  const twice = await defineOne(
    definer,
    'def twice(a):\n    return a + a\n',
    'T(T), T = [int8, int64, float64]',
  );
  assert.is(twice.compile(), twice);
  assert.equal(Object.keys(twice.compileTimes), ['int8(int8)', 'int64(int64)', 'float64(float64)']);
  assert.equal([twice(int8(5)), twice(int64(500)), twice(0.25)], [10, 1000, 0.5]);
});

definitions('where one overload can not be compiled, none is, and the others can be called', async () => {
  const members = (text: string) => Array.from({ length: 100 }, () => text).join(', ');
  const wide = await defineOne(
    definer,
    `def wide(a):\n    return (${members('a')})\n`,
    `(${members('int64')})(int64)`,
    `(${members('complex128')})(complex128)`,
  );
  const error = await errorOf(() => wide.compile());
  assert.match(`${error}`, /\[too-large\] wide returns 1600 bytes, 1024 are allowed/);
  assert.equal(wide.compileTimes, {});
  assert.equal(wide(3), Array(100).fill(3));
});

definitions('two clients of one server never see each other', () =>
  withBackend([], async (_backend, port) => {
    const [one, other] = [new RemoteJIT({ port }), new RemoteJIT({ port })];
    try {
      const mine = await defineOne(one, 'def g(a):\n    return a + 1\n', 'int64(int64)');
      const theirs = await defineOne(other, 'def g(a):\n    return a + 1000\n', 'int64(int64)');
      assert.is(mine(1), 2);
      assert.is(theirs(1), 1001);
      assert.is(mine(1), 2);
    } finally {
      await one.close();
      await other.close();
    }
  }),
);

definitions('an error in the source is shown where it is', async () => {
  const error = await errorOf(() => defineOne(definer, 'def h(a):\n    return a + c\n', 'int64(int64)'));
  assert.instance(error, CompileError);
  assert.match(
    error.message,
    /^error\[unknown-name\].*\n --> In\[1\]:2:16\n2 \| {5}return a \+ c\n {2}\| +\^/,
  );
});

definitions('a wrong signature points into its text, and adds nothing', async () => {
  const same = await defineOne(definer, 'def same(a):\n    return a\n', 'int64(int64)');
  const error = await errorOf(() => same.signature('int64(number)'));
  assert.instance(error, CompileError);
  assert.match(error.message, /unknown type `number`; write float64/);
  assert.match(error.message, /1 \| int64\(number\)\n {2}\| {7}\^{6}/);
  await errorOf(() => same.signature('int64(int64, int64)'));
  assert.equal(same.signatures, ['int64(int64)']);
  assert.is(same(float64(1).value), 1);
});

definitions('an overload that does not compile does not harm the others', async () => {
  const shift = await defineOne(definer, 'def shift(a):\n    return a << 1\n', 'int64(int64)');
  assert.instance(await errorOf(() => shift.signature('double(double)')), CompileError);
  assert.is(shift(2), 4);
});

definitions('a TypeScript function keeps its meaning: integers stay integers', () => {
  const half = definer(
    'int64(int64)',
    'double(double)',
  )(function half(a: number) {
    let n = a;
    for (let i = 0; i < 2; i += 1) n = n + a;
    return n;
  });
  assert.is(half(5), 15);
  assert.is(half(0.5), 1.5);
  assert.is(half(int8(2)), 6);
});

definitions('an arrow function takes the name of its variable', () => {
  const triple = (a: number) => a * 3;
  assert.is(definer('int64(int64)')(triple)(5), 15);
});

definitions.after(async () => {
  await definer.close();
});

definitions('template signatures make an overload for each of their types', async () => {
  const source = 'def most(a, b):\n    return a if a > b else b\n';
  const most = await defineOne(definer, source, 'T(T, T), T = [int32, float64]');
  assert.equal(most.signatures, ['int32(int32, int32)', 'float64(float64, float64)']);
  assert.equal([most(1, 2), most(1.5, 0.5)], [2, 1.5]);
  most.signature('T(T, U), T = [uint8], U = [uint8, uint16]');
  assert.is(most.signatures.length, 4);
  const error = await errorOf(() => most.signature('T(T), T = [int8, int16]'));
  assert.match(error.message, 'most has 2 parameters');
  const partly = await errorOf(() => most.signature('T(float32, T), T = [float32, int8]'));
  assert.match(partly.message, 'type-mismatch');
  assert.is(most.signatures.length, 4);
  const twice = definer('T(T)', { templates: { T: ['int16', 'float32'] } })(function twice(x: number) {
    return x * 2;
  });
  assert.equal(twice.signatures, ['int16(int16)', 'float32(float32)']);
  twice.signature('T(T)', { templates: { T: ['complex64'] } });
  assert.is(twice.signatures.length, 3);
});

definitions.run();
