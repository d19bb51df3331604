import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  complex,
  ndarray,
  RemoteError,
  type RemoteFunction,
  RemoteJIT,
} from '../../../kernel/rjit/remote-jit.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const TOTAL = 'def total(a):\n    t = a[0] - a[0]\n    for x in a:\n        t += x\n    return t\n';
const SCALE = 'def scale(a, k):\n    for i in range(len(a)):\n        a[i] = a[i] * k\n';

interface World {
  jit: RemoteJIT;
}

const arrays = suite<World>('arrays, there and back');

arrays.before(async (world) => {
  world.jit = new RemoteJIT();
  await world.jit.startServer({ port: 0 });
});

arrays.after(async ({ jit }) => {
  await jit.close();
});

/** The ways to call: all do the same. */
const WAYS: readonly (readonly [string, (f: RemoteFunction, ...args: readonly unknown[]) => unknown])[] = [
  ['a call', (f, ...args) => f(...args)],
  ['async', (f, ...args) => f.async(...args)],
  ['local', (f, ...args) => f.local(...args)],
];

const SUMS = [
  [Int8Array.of(-1, 100, 100), 199, 'int64(int8[])'],
  [Uint8Array.of(255, 255), 510, 'uint64(uint8[])'],
  [Uint8ClampedArray.of(300, 1), 256, 'uint64(uint8[])'],
  [Int16Array.of(-30_000, -30_000), -60_000, 'int64(int16[])'],
  [Uint16Array.of(65_535, 1), 65_536, 'uint64(uint16[])'],
  [Int32Array.of(-1, 2 ** 31 - 1), 2 ** 31 - 2, 'int64(int32[])'],
  [Uint32Array.of(2 ** 32 - 1, 1), 2 ** 32, 'uint64(uint32[])'],
  [BigInt64Array.of(-(2n ** 62n), 5n), -(2n ** 62n) + 5n, 'int64(int64[])'],
  [BigUint64Array.of(2n ** 63n, 1n), 2n ** 63n + 1n, 'uint64(uint64[])'],
  [Float32Array.of(0.1, 0.2), Math.fround(Math.fround(0.1) + Math.fround(0.2)), 'float32(float32[])'],
  [Float64Array.of(0.1, 0.2), 0.1 + 0.2, 'float64(float64[])'],
  [ndarray(Float64Array.of(1, 2, 3, 4), [2], 'complex128'), complex(4, 6), 'complex128(complex128[])'],
  [ndarray(Float32Array.of(1, 2, 3, 4), [2], 'complex64'), complex(4, 6), 'complex64(complex64[])'],
] as const;

for (const [way, call] of WAYS) {
  arrays(`${way} reads the elements of every type`, async ({ jit }) => {
    const total = await defineOne(jit, TOTAL, ...new Set(SUMS.map(([, , signature]) => signature)));
    for (const [array, sum, signature] of SUMS) assert.equal(await call(total, array), sum, signature);
  });

  arrays(`${way} brings back what the function writes`, async ({ jit }) => {
    const types = ['float64', 'int64', 'int8', 'complex128'];
    const scale = await defineOne(jit, SCALE, ...types.map((type) => `void(${type}[], ${type})`));
    const floats = Float64Array.of(1, 2.5, -3);
    await call(scale, floats, 0.5);
    assert.equal(floats, Float64Array.of(0.5, 1.25, -1.5));
    const integers = BigInt64Array.of(2n ** 62n, -1n);
    await call(scale, integers, 3);
    assert.equal(integers, BigInt64Array.of(BigInt.asIntN(64, 3n * 2n ** 62n), -3n));
    const pairs = Float64Array.of(1, 2, 3, 4);
    await call(scale, ndarray(pairs, [2], 'complex128'), complex(0, 1));
    assert.equal(pairs, Float64Array.of(-2, 1, -4, 3));
  });

  arrays(`${way} shows bools as bytes`, async ({ jit }) => {
    const source =
      'def flip(a):\n    n = 0\n    for i in range(len(a)):\n        a[i] = not a[i]\n        if a[i]:\n            n += 1\n    return n\n';
    const flip = await defineOne(jit, source, 'int64(bool[])');
    const bytes = Uint8Array.of(0, 1, 0, 7);
    assert.is(await call(flip, ndarray(bytes, [4], 'bool')), 2);
    assert.equal(bytes, Uint8Array.of(1, 0, 1, 0));
  });

  arrays(`${way} gives arrays of two dimensions their shape`, async ({ jit }) => {
    const source =
      'def mm(a, b, c):\n    n, m = a.shape\n    for i in range(n):\n        for j in range(b.shape[1]):\n' +
      '            s = 0.0\n            for k in range(m):\n                s += a[i, k] * b[k, j]\n            c[i, j] = s\n';
    const mm = await defineOne(jit, source, 'void(float64[,], float64[,], float64[,])');
    const product = ndarray(new Float64Array(4), [2, 2]);
    const [a, b] = [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(6, 5, 4, 3, 2, 1)];
    await call(mm, ndarray(a, [2, 3]), ndarray(b, [3, 2]), product);
    assert.equal(product.toArray(), [
      [20, 14],
      [56, 41],
    ]);
  });

  arrays(`${way} returns tuples as arrays`, async ({ jit }) => {
    const source = 'def ends(a, z):\n    return len(a), a[0], (a[-1] > 2, z * 2), 2 ** 62 * 2 - 1\n';
    const ends = await defineOne(
      jit,
      source,
      '(int64, float64, (bool, complex128), int64)(float64[], complex128)',
    );
    assert.equal(await call(ends, Float64Array.of(0.5, 3), complex(1, 2)), [
      2,
      0.5,
      [true, complex(2, 4)],
      2n ** 63n - 1n,
    ]);
  });

  arrays(`${way} takes tuples, too`, async ({ jit }) => {
    const source = 'def norm(p):\n    x, y = p\n    return (x * x + y * y) ** 0.5\n';
    const norm = await defineOne(jit, source, 'float64((float64, float64))');
    assert.is(await call(norm, [3, 4.5 - 0.5]), 5);
  });

  arrays(`${way} sees in one array what it writes to another over the same memory`, async ({ jit }) => {
    const first = await defineOne(
      jit,
      'def first(a, b):\n    a[1] = 10.0\n    return b[0]\n',
      'float64(float64[], float64[])',
    );
    const whole = Float64Array.of(1, 2, 3, 4, 5);
    assert.is(await call(first, whole.subarray(1, 4), whole.subarray(2)), 10);
    assert.equal(whole, Float64Array.of(1, 2, 10, 4, 5));
    assert.is(await call(first, whole, whole.subarray(3, 4)), 4);
  });

  arrays(`${way} works in shared memory and in a part of a buffer`, async ({ jit }) => {
    const scale = await defineOne(jit, SCALE, 'void(float32[], float32)');
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(2);
    await call(scale, shared, 2);
    assert.equal([...shared], [4, 4, 4, 4]);
    const part = new Float32Array(new ArrayBuffer(16), 4, 2).fill(3);
    await call(scale, part, 2);
    assert.equal(new Float32Array(part.buffer), Float32Array.of(0, 6, 6, 0));
  });

  arrays(`${way} takes arrays without elements`, async ({ jit }) => {
    const source =
      'def size(a, b):\n    t = 0.0\n    for x in b:\n        t += x\n    return a.size + len(b) + t\n';
    const size = await defineOne(jit, source, 'float64(float64[,], float64[])');
    assert.is(await call(size, ndarray(new Float64Array(0), [0, 3]), new Float64Array(0)), 0);
  });

  arrays(`${way} that raises leaves the arrays as they were`, async ({ jit }) => {
    const source = 'def spoil(a, i):\n    a[0] = 5.0\n    return a[i]\n';
    const spoil = await defineOne(jit, source, 'float64(float64[], int64)');
    const array = Float64Array.of(1, 2);
    for (const index of [2, -3, 2 ** 40]) {
      const error = await errorOf(() => call(spoil, array, index));
      assert.instance(error, RemoteError);
      assert.match(error.message, /index out of range/);
      assert.is(error instanceof RemoteError && error.line, 3);
      assert.equal(array, Float64Array.of(1, 2));
    }
  });

  arrays(`${way} gives a typed array to a pointer, and brings back what is behind it`, async ({ jit }) => {
    const source = 'def fill(p, n):\n    for i in range(n):\n        p[i] = i * i\n    return p[n - 1]\n';
    const fill = await defineOne(jit, source, 'int64(int32*, int64)');
    const array = new Int32Array(4);
    assert.is(await call(fill, array, 3), 4);
    assert.equal(array, Int32Array.of(0, 1, 4, 0));
  });

  arrays(`${way} of TypeScript reads, writes and checks typed arrays`, async ({ jit }) => {
    const source =
      'function normalise(a: Float64Array, counts: BigInt64Array): float64 {\n  let sum = 0.0;\n' +
      '  for (const x of a) sum += x;\n  for (let i = 0; i < a.length; i++) { a[i] /= sum; counts[0] += 1; }\n' +
      '  return a[a.length];\n}\n';
    const normalise = await defineOne(jit, source);
    assert.equal(normalise.signatures, ['float64(float64[], int64[])']);
    const [array, counts] = [Float64Array.of(1, 3), BigInt64Array.of(0n)];
    const error = await errorOf(() => call(normalise, array, counts));
    assert.match(error.message, /RangeError|out of/);
    assert.equal([array, counts], [Float64Array.of(1, 3), BigInt64Array.of(0n)]);
  });
}

/** Elements of a float64 array of just about that many bytes, around the sizes where another way is taken. */
const LENGTHS = [8_180, 8_188, 8_190, 8_192, 8_200, 100_000];

arrays('arrays of all sizes come back whole, whatever way they take', async ({ jit }) => {
  const scale = await defineOne(jit, SCALE, 'void(float64[], float64)');
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  for (const length of LENGTHS) {
    const array = Float64Array.from({ length }, (_, index) => index);
    scale(array, 2);
    await scale.async(array, 2);
    assert.equal(
      [array[1], array[length - 1], total(array)],
      [4, 4 * (length - 1), 2 * length * (length - 1)],
    );
  }
});

arrays('several large calls may be under way, between small ones', async ({ jit }) => {
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  const scale = await defineOne(jit, SCALE, 'void(float64[], float64)');
  const large = Array.from({ length: 5 }, (_, index) => new Float64Array(60_000).fill(index));
  const sums = large.flatMap((array, index) => [total.async(array), total.async(Float64Array.of(index))]);
  const scaled = large.map((array) => scale.async(array, 2));
  assert.equal(await Promise.all(sums), [0, 0, 60_000, 1, 120_000, 2, 180_000, 3, 240_000, 4]);
  await Promise.all(scaled);
  assert.equal(
    large.map((array) => array[59_999]),
    [0, 2, 4, 6, 8],
  );
});

arrays('a call that is started takes the elements as they are then', async ({ jit }) => {
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  for (const length of [2, 60_000]) {
    const array = new Float64Array(length).fill(1);
    const sum = total.async(array);
    array.fill(5);
    assert.is(await sum, length);
  }
});

arrays('an array that is only read does not come back', async ({ jit }) => {
  // Were it to come back, it would undo what is written while the call is under way.
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  const array = Float64Array.of(1, 2);
  const sum = total.async(array);
  array[0] = 7;
  assert.is(await sum, 3);
  assert.is(array[0], 7);
});

arrays('a crash comes back as one, and the next call works', async ({ jit }) => {
  const store = await defineOne(jit, 'def store(p, i):\n    p[i] = 1.0\n', 'void(float64*, int64)');
  const array = new Float64Array(10_000);
  assert.match((await errorOf(() => store(array, 2 ** 44))).message, /SIGSEGV/);
  store(array, 1);
  assert.is(array[1], 1);
});

arrays('a null pointer and an address are passed as they are', async ({ jit }) => {
  const pass = await defineOne(jit, 'def pass_on(p, i):\n    return i\n', 'int64(float64*, int64)');
  assert.is(pass(null, 1), 1);
  assert.is(await pass.async(2 ** 40, 2), 2);
  assert.match(
    (await errorOf(() => pass(-1, 2))).message,
    /argument 1 of pass_on: -1 is out of range for an address/,
  );
});

arrays('map refuses functions of arrays in words', async ({ jit }) => {
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  assert.match(
    (await errorOf(() => total.map(Float64Array.of(1)))).message,
    /total\.map applies a function of numbers to each element of arrays, and total has float64\(float64\[\]\)/,
  );
});

arrays('a call with more than a message can hold is refused before it is sent', async ({ jit }) => {
  const total = await defineOne(jit, TOTAL, 'float64(float64[])');
  const huge = new Float64Array(new ArrayBuffer(2 ** 31));
  assert.match(
    (await errorOf(() => total(huge))).message,
    /\[too-large\] the arrays of one call take .*subarray/,
  );
});

arrays.run();
