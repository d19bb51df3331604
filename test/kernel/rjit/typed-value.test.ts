import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../backend/contract/complex.ts';
import {
  complex,
  float32,
  float64,
  int8,
  int64,
  type TypedValue,
  uint8,
  uint64,
} from '../../../kernel/rjit/typed-value.ts';

test('a typed value says its type and computes as its value', () => {
  assert.is(inspect(int8(3)), 'int8(3)');
  assert.is(Number(int8(3)) + 1, 4);
  assert.is(`${uint64(2n ** 64n - 1n)}`, '18446744073709551615');
  assert.is(int64(2n ** 53n + 1n).value, 2n ** 53n + 1n);
  assert.is(int64(5n).value, 5);
});

test('a float32 is rounded once, where it is written', () => {
  assert.is(float32(0.1).value, Math.fround(0.1));
  assert.is(float64(0.1).value, 0.1);
});

test('a typed value can be made of another when it fits', () => {
  assert.is(int8(int64(-128)).value, -128);
  assert.throws(() => uint8(int8(-1)), /-1 is out of range for uint8 \(0 to 255\)/);
});

test('complex parts default to no imaginary one', () => {
  assert.equal(complex(1), new Complex(1, 0));
  assert.equal(complex(1, 3.4), new Complex(1, 3.4));
});

/** What no type takes silently. */
const REFUSED: readonly (readonly [what: string, make: () => TypedValue, message: RegExp])[] = [
  ['int8(300)', () => int8(300), /300 is out of range for int8 \(-128 to 127\)/],
  ['int64(2**70)', () => int64(2 ** 70), /1180591620717411303424 is out of range for int64/],
  ['int8(1.5)', () => int8(1.5), /1.5 is not an integer; write Math.trunc\(x\)/],
  ['int8("1")', () => int8('1'), /"1" is not an integer; int8 is needed/],
  ['float64(2n**53n + 1n)', () => float64(2n ** 53n + 1n), /has no exact float64/],
  ['float32(1e300)', () => float32(1e300), /out of range for float32/],
];

for (const [what, make, message] of REFUSED) {
  test(`${what} is refused`, () => {
    assert.throws(make, message);
  });
}

test.run();
