import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryReference } from '../../../backend/contract/call-memory.ts';
import { Complex } from '../../../backend/contract/complex.ts';
import {
  PackedSignature,
  packArguments,
  packedLayout,
  unpackResult,
} from '../../../backend/contract/packed.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';

const packed = suite('packed values');

packed('every argument starts at a multiple of eight and a complex128 takes sixteen bytes', () => {
  const layout = packedLayout(parseSignature('double(int8, complex128, bool, complex64, float)'));
  assert.equal(layout.argumentOffsets, [0, 8, 24, 32, 40]);
  assert.is(layout.argumentsByteLength, 48);
  assert.is(layout.resultByteLength, 16);
});

/** Bytes from Python's struct.pack('<…') of the same values. */
const BYTES: readonly (readonly [signature: string, args: readonly unknown[], hex: string])[] = [
  ['void(int64, int64)', [1, 3], '0100000000000000 0300000000000000'],
  ['void(int64)', [-1], 'ffffffffffffffff'],
  ['void(int64)', [-4294967297], 'fffffffffeffffff'],
  ['void(int64)', [2 ** 53 - 1], 'ffffffffffff1f00'],
  ['void(int64)', [-(2n ** 63n)], '0000000000000080'],
  ['void(uint64)', [2n ** 64n - 1n], 'ffffffffffffffff'],
  ['void(uint64)', [2 ** 63], '0000000000000080'],
  ['void(int8)', [-128], '8000000000000000'],
  ['void(int16)', [-2], 'feff000000000000'],
  ['void(uint32)', [4294967295], 'ffffffff00000000'],
  ['void(bool, bool)', [true, false], '0100000000000000 0000000000000000'],
  ['void(float)', [1.5], '0000c03f00000000'],
  ['void(double)', [3.4], '3333333333330b40'],
  ['void(double)', [-0], '0000000000000080'],
  ['void(complex64)', [new Complex(1, 2)], '0000803f00000040'],
  ['void(complex128)', [3], '0000000000000840 0000000000000000'],
  ['void(char8)', ['A'], '4100000000000000'],
  ['void(void*)', [null], '0000000000000000'],
];

for (const [signature, args, hex] of BYTES) {
  packed(`${signature} of ${args.map(String).join(', ')}`, () => {
    assert.is(hexOf(packArguments(parseSignature(signature), args)), hex.replaceAll(' ', ''));
  });
}

/** What is never silently bent into shape. */
const REFUSED: readonly (readonly [parameter: string, value: unknown, message: RegExp])[] = [
  ['int8', 300, /300 is out of range for int8 \(-128 to 127\)/],
  [
    'int64',
    2 ** 70,
    /1180591620717411303424 is out of range for int64 \(.*\); write float64\(x\) to pass it as a float/,
  ],
  ['int64', 2n ** 63n, /9223372036854775808n is out of range for int64/],
  ['uint64', -1, /-1 is out of range for uint64 \(0 to 18446744073709551615\)/],
  ['int64', 1.5, /1.5 is not an integer; write Math.trunc\(x\) to cut it to int64/],
  ['int64', Number.NaN, /NaN is not an integer/],
  ['int64', '3', /"3" is not an integer; int64 is needed/],
  ['int64', undefined, /undefined is not an integer/],
  ['bool', 2, /2 is not a bool; write true or false/],
  ['double', 2n ** 53n + 1n, /has no exact float64; write Number\(x\) to round it/],
  ['double', true, /true is not a number/],
  ['float', 1e300, /out of range for float32/],
  ['complex64', new Complex(1e300, 0), /out of range for float32/],
  ['complex128', 'j', /"j" is not a number; complex128 is needed/],
  ['char8', 'ab', /"ab" is not one character/],
];

for (const [parameter, value, message] of REFUSED) {
  packed(`${String(value)} is no ${parameter}`, () => {
    assert.throws(
      () => packArguments(parseSignature(`void(${parameter})`), [value]),
      (error: unknown) => {
        assert.instance(error, RemoteError);
        assert.is((error as RemoteError).code, 'bad-argument');
        assert.match((error as RemoteError).message, message);
        return true;
      },
    );
  });
}

packed('a result is a number while that is exact, and a bigint beyond', () => {
  const read = (type: string, hex: string) =>
    unpackResult(parseSignature(`${type}()`), bytesOf(hex.padEnd(32, '0')));
  assert.is(read('int64', '0400000000000000'), 4);
  assert.is(read('int64', 'ffffffffffff1f00'), 2 ** 53 - 1);
  assert.is(read('int64', '0000000000002000'), 2n ** 53n);
  assert.is(read('int64', '0000000000000080'), -(2n ** 63n));
  assert.is(read('uint64', 'ffffffffffffffff'), 2n ** 64n - 1n);
  assert.is(read('int8', '80ffffffffffffff'), -128);
  assert.is(read('bool', '01'), true);
  assert.is(read('void', ''), undefined);
  assert.equal(read('complex128', '000000000000f03f3333333333330b40'), new Complex(1, 3.4));
});

packed('the server reads the arguments it is sent, and refuses a wrong length', () => {
  const signature = new PackedSignature(parseSignature('double(int8, complex128, bool)'));
  const args = [-3, new Complex(1, -2), true];
  assert.equal(signature.unpackArguments(signature.packArguments(args)), args);
  assert.throws(() => signature.unpackArguments(new Uint8Array(8)), /arguments of 8 bytes arrived where 32/);
  assert.throws(() => signature.unpackResult(new Uint8Array(8)), /a result of 8 bytes arrived where 16/);
});

packed('a tuple lies as its members do, one after the other', () => {
  const signature = new PackedSignature(parseSignature('(int8, (complex64, bool))((float32, int16), int64)'));
  assert.equal(signature.layout.argumentOffsets, [0, 16]);
  assert.is(signature.layout.resultByteLength, 24);
  const args = signature.packArguments([[1.5, -2], 7]);
  assert.is(hexOf(args), '0000c03f00000000' + 'feff000000000000' + '0700000000000000');
  const result = bytesOf('ff00000000000000 0000803f00000040 0100000000000000');
  assert.equal(signature.unpackResult(result), [-1, [new Complex(1, 2), true]]);
  assert.equal(signature.packResult([-1, [new Complex(1, 2), true]]), result);
});

packed('a tuple of the wrong length, or with a member that does not fit, is refused', () => {
  const pack = (value: unknown) => packArguments(parseSignature('void((int8, bool))'), [value]);
  assert.throws(() => pack([1]), /argument 1: a value of type Array is no array of 2 values/);
  assert.throws(() => pack([300, true]), /argument 1: member 0: 300 is out of range for int8/);
});

packed('an array is where it begins and its lengths, a pointer into memory has bit 63 set', () => {
  const signature = new PackedSignature(parseSignature('void(float64[,], int8[], int64*, int64*)'));
  const args = [
    new MemoryReference(16, [2, 3]),
    new MemoryReference(64, [5]),
    new MemoryReference(80, []),
    4096,
  ];
  const bytes = signature.packArguments(args);
  assert.is(
    hexOf(bytes),
    ['10', '02', '03', '40', '05'].map((byte) => byte.padEnd(16, '0')).join('') +
      '5000000000000080' +
      '0010000000000000',
  );
  assert.equal(signature.unpackArguments(bytes), args);
  assert.equal(
    signature.layout.memoryParameters.map(({ offset, rank }) => [offset, rank]),
    [
      [0, 2],
      [24, 1],
      [40, 0],
      [48, 0],
    ],
  );
  assert.throws(
    () => signature.packArguments([args[1], args[1], 0, 0]),
    /argument 1: .* no array of 2 dimensions/,
  );
});

packed('a type without a packed form is named', () => {
  assert.throws(() => packedLayout(parseSignature('void(string)')), /values of type string can't be passed/);
  assert.throws(() => packedLayout(parseSignature('int4()')), /values of type int4 can't be passed/);
});

packed.run();
