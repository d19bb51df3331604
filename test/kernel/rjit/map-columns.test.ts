import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';
import { elementTypes, packColumns, resultColumn } from '../../../kernel/rjit/map-columns.ts';
import { complex } from '../../../kernel/rjit/typed-value.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';

const typesOf = (args: readonly unknown[]) => elementTypes('foo', args).map(formatType).join();

test('typed arrays carry their element type', () => {
  assert.is(typesOf([new Int8Array(1), new Uint16Array(1), new BigInt64Array(1)]), 'int8,uint16,int64');
  assert.is(
    typesOf([new Float32Array(1), new Float64Array(1), new BigUint64Array(1)]),
    'float32,float64,uint64',
  );
});

test('a plain array has the type that holds all its elements', () => {
  assert.is(typesOf([[1, 2]]), 'int64');
  assert.is(typesOf([[1, 2.5]]), 'float64');
  assert.is(typesOf([[true, 1]]), 'int64');
  assert.is(typesOf([[1, complex(0, 1)]]), 'complex128');
  assert.is(typesOf([3, [1]]), 'int64,int64');
});

test('what has no element type is named', () => {
  assert.throws(() => typesOf([[1], ['a']]), /argument 2 of foo\.map is neither a typed array/);
  assert.throws(() => typesOf(['text']), /argument 1 of foo\.map/);
});

test('a typed array of the very type is taken as it lies, without a copy', () => {
  const whole = Float64Array.of(0, 1, 2, 3);
  const part = whole.subarray(1, 3);
  const { length, columns } = packColumns('foo', parseSignature('double(double)'), [part]);
  assert.is(length, 2);
  assert.is(columns[0]?.buffer, whole.buffer);
  assert.is(columns[0]?.byteOffset, 8);
  assert.is(columns[0]?.byteLength, 16);
});

test('other elements are converted one by one, and scalars stay alone', () => {
  const signature = parseSignature('double(double, int16, complex64)');
  const packed = packColumns('foo', signature, [Int32Array.of(1, 2), [-1, 300], complex(1, 2)]);
  assert.is(packed.length, 2);
  assert.equal(packed.columns.map(hexOf), [
    '000000000000f03f0000000000000040',
    'ffff2c01',
    '0000803f00000040',
  ]);
  assert.equal(packed.elementByteLengths, [8, 2, 8]);
});

test('an element that does not fit is named', () => {
  const signature = parseSignature('int64(int8)');
  assert.throws(
    () => packColumns('foo', signature, [[1, 2, 300]]),
    /argument 1 of foo\.map, element 2: 300 is out of range/,
  );
  assert.throws(
    () => packColumns('foo', signature, [Int32Array.of(-129)]),
    /element 0: -129 is out of range for int8/,
  );
});

test('lengths must agree, and one array is needed', () => {
  const signature = parseSignature('double(double, double)');
  assert.throws(
    () =>
      packColumns('foo', signature, [
        [1, 2],
        [1, 2, 3],
      ]),
    /the arrays given to foo\.map have 2, 3 elements; expected equal lengths/,
  );
  assert.throws(() => packColumns('foo', signature, [1, 2]), /foo\.map needs at least one array/);
});

test('results come as the typed array of their type', () => {
  assert.equal(resultColumn(parseType('int64'), bytesOf('ffffffffffffffff')), BigInt64Array.of(-1n));
  assert.equal(resultColumn(parseType('uint8'), bytesOf('0102')), Uint8Array.of(1, 2));
  assert.equal(resultColumn(parseType('bool'), bytesOf('0100')), Uint8Array.of(1, 0));
  assert.equal(resultColumn(parseType('float'), bytesOf('0000803f')), Float32Array.of(1));
  assert.equal(
    resultColumn(parseType('complex128'), bytesOf('000000000000f03f 0000000000000040')),
    Float64Array.of(1, 2),
  );
  assert.throws(
    () => resultColumn(parseType('void'), new Uint8Array()),
    /map can't return elements of type void/,
  );
});

test.run();
