import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../backend/contract/complex.ts';

/** What CPython 3.11 prints for complex(re, im). */
const PRINTED: readonly (readonly [re: number, im: number, text: string])[] = [
  [1, 3.4, '(1+3.4j)'],
  [0, 3.4, '3.4j'],
  [-0, -1, '(-0-1j)'],
  [1e16, 1e-5, '(1e+16+1e-05j)'],
  [1e15, 1e-4, '(1000000000000000+0.0001j)'],
  [123456789.125, -0, '(123456789.125-0j)'],
  [0, Number.NaN, 'nanj'],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '(inf-infj)'],
  [-0, 0, '(-0+0j)'],
  [0, -0, '-0j'],
  [0.1, 1 / 3, '(0.1+0.3333333333333333j)'],
  [5e-324, Number.MAX_VALUE, '(5e-324+1.7976931348623157e+308j)'],
  [1e22, -1e21, '(1e+22-1e+21j)'],
  [123456789012345680, 1e-7, '(1.2345678901234568e+17+1e-07j)'],
  [1, 0, '(1+0j)'],
];

for (const [re, im, text] of PRINTED) {
  test(`a complex prints as Python prints it: ${text}`, () => {
    assert.is(String(new Complex(re, im)), text);
    assert.is(inspect(new Complex(re, im)), text);
  });
}

test.run();
