import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../backend/contract/complex.ts';
import { ndarray } from '../../../kernel/rjit/nd-array.ts';

const arrays = suite('ndarray');

arrays('shows a typed array in rows, and writes to it', () => {
  const data = Float64Array.of(1, 2, 3, 4, 5, 6);
  const matrix = ndarray(data, [2, 3]);
  assert.is(matrix.get(1, 0), 4);
  matrix.set(40, 1, 0);
  assert.is(data[3], 40);
  assert.equal(matrix.toArray(), [
    [1, 2, 3],
    [40, 5, 6],
  ]);
  assert.is(String(matrix), '[[1, 2, 3],\n [40, 5, 6]]');
  assert.is(inspect(matrix), 'float64[,] 2×3 [ [ 1, 2, 3 ], [ 40, 5, 6 ] ]');
});

arrays('has one dimension where no shape is given', () => {
  assert.equal(ndarray(Int8Array.of(1, 2)).shape, [2]);
  assert.equal(ndarray(new Float64Array(6), undefined, 'complex128').shape, [3]);
});

arrays('says what its elements are where the typed array does not', () => {
  const pairs = ndarray(Float32Array.of(1, 2, 3, 4), [2], 'complex64');
  assert.equal(pairs.get(1), new Complex(3, 4));
  const bools = ndarray(Uint8Array.of(0, 1), [2], 'bool');
  assert.equal(bools.toArray(), [false, true]);
});

arrays('reads no element outside, and writes no value that does not fit', () => {
  const matrix = ndarray(new Int8Array(4), [2, 2]);
  for (const indices of [[2, 0], [0, -1], [0], [0, 0, 0], [0.5, 0]]) {
    assert.throws(() => matrix.get(...indices), /no element \[.*\] in an array of 2 × 2/);
  }
  assert.throws(() => matrix.set(300, 0, 0), /300 is out of range for int8/);
});

/** Data, shape, type, what is wrong. */
const REFUSED: readonly (readonly [
  Float64Array | Uint8Array,
  number[] | undefined,
  string | undefined,
  RegExp,
])[] = [
  [
    new Float64Array(5),
    [2, 3],
    undefined,
    /2 × 3 elements of float64 take 6 numbers, and the Float64Array has 5/,
  ],
  [new Float64Array(6), [-2, -3], undefined, /its lengths are -2 × -3; whole numbers are needed/],
  [new Float64Array(3), undefined, 'complex128', /its lengths are 1.5; whole numbers/],
  [new Uint8Array(8), [1], 'float64', /elements of float64 don't lie in an array of uint8/],
  [new Float64Array(8), [8], 'bool', /bools are bytes in a Uint8Array/],
  [new Float64Array(8), [8], 'flaot', /unknown type `flaot`/],
];

for (const [data, shape, type, problem] of REFUSED) {
  arrays(`refuses ${data.constructor.name}(${data.length}), ${shape}, ${type}`, () => {
    assert.throws(() => ndarray(data, shape, type), problem);
  });
}

arrays.run();
