import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { complex, type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';

const map = suite('map on the server');
const jit = new RemoteJIT();

map.before(async () => {
  await jit.startServer({ port: 0 });
});

const COLUMNS = [
  ['int8', Int8Array.of(-128, 0, 126), Int8Array.of(-127, 1, 127)],
  ['uint8', Uint8Array.of(0, 128, 254), Uint8Array.of(1, 129, 255)],
  ['int16', Int16Array.of(-32768, 0), Int16Array.of(-32767, 1)],
  ['uint16', Uint16Array.of(0, 65534), Uint16Array.of(1, 65535)],
  ['int32', Int32Array.of(-(2 ** 31), 5), Int32Array.of(-(2 ** 31) + 1, 6)],
  ['uint32', Uint32Array.of(0, 2 ** 32 - 2), Uint32Array.of(1, 2 ** 32 - 1)],
  ['int64', BigInt64Array.of(-(2n ** 63n), 5n), BigInt64Array.of(-(2n ** 63n) + 1n, 6n)],
  ['uint64', BigUint64Array.of(0n, 2n ** 64n - 2n), BigUint64Array.of(1n, 2n ** 64n - 1n)],
  ['float32', Float32Array.of(0.5, -1), Float32Array.of(1.5, 0)],
  ['float64', Float64Array.of(0.1, -0.5), Float64Array.of(1.1, 0.5)],
] as const;

for (const [type, column, expected] of COLUMNS) {
  map(`a column of ${type} comes back as one`, async () => {
    const add = await defineOne(jit, ADD, `${type}(${type}, ${type})`);
    assert.equal(add.map(column, 1), expected);
    assert.equal(await add.async.map(column, 1), expected);
    const [first] = column;
    assert.equal(add.map(column.subarray(0, 1), 1), expected.slice(0, 1), `one element, ${first}`);
    assert.equal(add.map(column.subarray(0, 0), 1), expected.slice(0, 0), 'no element');
  });
}

map('comparisons come back as zeros and ones, complex numbers as pairs', async () => {
  const less = await defineOne(jit, 'def less(a, b):\n    return a < b\n', 'bool(float64, float64)');
  assert.equal(less.map([1, 2.5, 3], 2), Uint8Array.of(1, 0, 0));
  const add = await defineOne(jit, ADD, 'complex64(complex64, complex64)');
  assert.equal(add.map([complex(1, 2), complex(3, 4)], complex(0, 1)), Float32Array.of(1, 3, 3, 5));
});

map('other columns are converted, and an element out of range is named', async () => {
  const add = await defineOne(jit, ADD, 'int8(int8, int8)');
  assert.equal(add.map(Int32Array.of(1, 2), [3, 4]), Int8Array.of(4, 6));
  const error = (await errorOf(() => add.map(Int32Array.of(1, 300), 1))) as RemoteError;
  assert.is(error.code, 'bad-argument');
  assert.match(
    error.message,
    /argument 1 of add\.map, element 1: 300 is out of range for int8 \(-128 to 127\)/,
  );
  assert.match(
    (await errorOf(() => add.map([1, 2, 3], [1, 2]))).message,
    /the arrays given to add\.map have 3, 2 elements; expected equal lengths, or scalars/,
  );
  assert.match(
    (await errorOf(() => add.map(1, 2))).message,
    /needs at least one array; call add\(…\) for scalars/,
  );
});

map('chunks lie in order, with a scalar and a column of one element beside them', async () => {
  const add = await defineOne(jit, ADD, 'int64(int64, int64)');
  const length = 300_007;
  const column = BigInt64Array.from({ length }, (_, index) => BigInt(index));
  for (const result of [add.map(column, 7), await add.async.map(7, column)]) {
    assert.is(result.length, length);
    assert.ok(result.every((value: number | bigint, index: number) => value === BigInt(index) + 7n));
  }
  assert.equal(add.map([5], BigInt64Array.of(6n)), BigInt64Array.of(11n));
});

map.after(async () => {
  await jit.close();
});

map.run();
