import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CompileError } from '../../../kernel/rjit/compile-error.ts';
import {
  type Constants,
  complex,
  float32,
  int8,
  type NamedValue,
  type RemoteFunction,
  RemoteJIT,
  uint64,
} from '../../../kernel/rjit/remote-jit.ts';
import { errorOf } from '../../support/remote-jit.ts';

const scope = new Map<string, NamedValue>();
const jit = new RemoteJIT({ scope: (name) => scope.get(name) });

async function define(source: string, signature: string, constants: Constants = {}): Promise<RemoteFunction> {
  const [first] = await jit.define({ source, fileName: 'In[1]', signatures: [signature], constants });
  if (!first) throw new Error('no function');
  return first;
}

/** What both engines say. */
function both(called: RemoteFunction, ...args: readonly unknown[]): unknown {
  const remote = called(...args);
  assert.equal(called.local(...args), remote);
  return remote;
}

const constants = suite('constants of the session');

constants.before(async () => {
  await jit.startServer({ port: 0 });
});
constants.after(() => jit.close());
constants.before.each(() => scope.clear());

constants('are literals in compiled code', async () => {
  const f = await define('def f(x):\n    return x * SCALE + OFFSET\n', 'float64(float64)', {
    SCALE: 2.5,
    OFFSET: 1,
  });
  assert.is(both(f, 2), 6);
  assert.match(f.ir, 'fmul double');
  assert.not.match(f.ir, '@SCALE');
});

constants('have the type that their values say', async () => {
  const source = 'function f(x) { return x + N; }';
  const N = 3;
  assert.match((await define(source, 'float32(float32)', { N })).ir, 'fadd float');
  assert.is(both(await define(source, 'int64(int64)', { N: 1n << 40n }), 1), 2 ** 40 + 1);
  assert.is(both(await define(source, 'int64(int64)', { N: int8(-3) }), 1), -2);
  assert.is(both(await define(source, 'uint64(uint64)', { N: uint64(2n ** 63n) }), 1), 2n ** 63n + 1n);
  assert.match((await define(source, 'float64(int8)', { N: float32(0.5) })).ir, 'fadd float');
  assert.is(String(both(await define(source, 'complex128(float64)', { N: complex(1, 2) }), 1)), '(2+2j)');
  const choose = 'def f(x):\n    return x if ON else -x\n';
  assert.is(both(await define(choose, 'int64(int64)', { ON: false }), 4), -4);
  assert.is(
    Object.is(both(await define('def f(x):\n    return x * Z\n', 'float64(float64)', { Z: -0 }), 1), -0),
    true,
  );
  assert.is(both(await define('def f(x):\n    return x * B\n', 'float64(float64)', { B: 1e300 }), 2), 2e300);
});

constants('of typed arrays stand in the code, as they were when the function was defined', async () => {
  const table = Float64Array.of(0.5, 1.5, 2.5);
  const f = await define('def f(i):\n    return TABLE[i]\n', 'float64(int64)', { TABLE: table });
  table[1] = 99;
  assert.is(both(f, 1), 1.5);
  assert.match(f.ir, '@TABLE.data = internal constant [3 x double]');
  const error = await errorOf(() => f(3));
  assert.is(error.name, 'IndexError');
  const sum = 'function sum(n) { let s = 0; for (const x of TABLE) s += x; return s * n + TABLE.length; }';
  const arrays = [
    Int8Array.of(-1, 2),
    Uint8ClampedArray.of(255, 2),
    Int32Array.of(-(2 ** 31), 1),
    BigInt64Array.of(-(2n ** 40n), 1n),
    BigUint64Array.of(2n ** 40n),
    Int16Array.of(),
  ];
  for (const TABLE of arrays) {
    const total = [...TABLE].reduce((all: bigint, one) => all + BigInt(one), 0n);
    const g = await define(sum, TABLE instanceof BigUint64Array ? 'uint64(uint64)' : 'int64(int64)', {
      TABLE,
    });
    assert.is(both(g, 1), Number(total) + TABLE.length);
  }
  const h = await define('def h(n):\n    return TABLE[0] * n\n', 'float64(int8)', {
    TABLE: Float32Array.of(0.1),
  });
  assert.is(both(h, 1), Math.fround(0.1));
});

constants('can be handed to functions that only read them', async () => {
  const sum = 'def total(a):\n    s = 0.0\n    for x in a:\n        s += x\n    return s\n';
  const source = `${sum}def f(n):\n    t = TABLE\n    return total(t) * n\n`;
  assert.is(both(await define(source, 'float64 f(float64)', { TABLE: Float64Array.of(1, 2) }), 2), 6);
});

constants('are never written to', async () => {
  const TABLE = Float64Array.of(1, 2);
  const messageOf = async (source: string) => {
    const error = await errorOf(() => define(source, 'void f(int64)', { TABLE }));
    assert.instance(error, CompileError);
    return error.message;
  };
  const refusal = /TABLE, a constant, can not be changed[\s\S]*hint: pass TABLE as an argument/;
  assert.match(await messageOf('def f(i):\n    TABLE[i] = 1.0\n'), refusal);
  assert.match(await messageOf('function f(i) { const t = TABLE; t[i] += 1; }'), refusal);
  const put = 'def put(a, i):\n    a[i] = 0.0\n';
  const message = await messageOf(`${put}def f(i):\n    put(TABLE, i)\n`);
  assert.match(message, refusal);
  assert.match(message, '2 |     a[i] = 0.0');
});

constants('are looked up once, at the definition', async () => {
  scope.set('SCALE', { value: 2, isConstant: true });
  const f = await define('def f(x):\n    return x * SCALE\n', 'int64(int64)');
  scope.set('SCALE', { value: 3, isConstant: true });
  jit.namesChanged();
  assert.is(both(f, 5), 10);
  f.signature('float64(float64)');
  assert.is(both(f, 0.5), 1);
  assert.is((await define('def f(x):\n    return x * SCALE\n', 'int64(int64)'))(5), 15);
});

constants('may be hidden by the function, its cell and its imports', async () => {
  for (const name of ['a', 'K', 'sqrt']) scope.set(name, { value: 100, isConstant: true });
  const source = 'from math import sqrt\nK = 1\ndef f(x):\n    a = x\n    return sqrt(a) + K\n';
  assert.is(both(await define(source, 'float64(float64)'), 4), 3);
});

constants('that compiled code has no use for are named, with what helps', async () => {
  const values: Record<string, unknown> = {
    text: 'abc',
    items: [1, 2],
    point: { x: 1 },
    nothing: undefined,
    big: new Float64Array(200_000),
    inner: () => 1,
  };
  for (const [name, value] of Object.entries(values)) scope.set(name, { value, isConstant: true });
  scope.set('level', { value: 1, isConstant: false });
  const messageOf = async (name: string) => {
    const { message } = await errorOf(() => define(`def f(x):\n    return x + ${name}\n`, 'int64(int64)'));
    return message
      .split('\n')
      .filter((line) => /error|hint/.test(line))
      .join(' ');
  };
  assert.match(
    await messageOf('text'),
    'text is a string = hint: use numbers and typed arrays'.replace(' =', '   ='),
  );
  assert.match(await messageOf('items'), /items is a plain array .*Float64Array\.from\(items\)/);
  assert.match(await messageOf('point'), /point is an object .*const x = point\.…/);
  assert.match(await messageOf('nothing'), 'nothing is undefined');
  assert.match(await messageOf('big'), /an array of 1600000 bytes; at most 1048576 .*pass it as an argument/);
  assert.match(await messageOf('inner'), 'inner is a function of the session that is not compiled');
  assert.match(await messageOf('level'), /may change after this is compiled .*const level = …/);
});

constants('can go with a function of the program itself', async () => {
  const f = jit('float64(float64)', { constants: { RATE: 1.5 } })(function f(x: number) {
    // @ts-expect-error RATE is a constant of the compiled code.
    return x * RATE;
  });
  assert.is(both(f, 2), 3);
});

constants.run();
