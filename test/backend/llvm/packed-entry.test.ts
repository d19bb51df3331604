import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';
import { naturalFunctionType, naturalType } from '../../../backend/llvm/natural-type.ts';
import { packedEntryText, quote } from '../../../backend/llvm/packed-entry.ts';

const natural = suite('natural LLVM types');

natural('are as LLVM prints them', () => {
  const expected = {
    bool: 'i8',
    bool8: 'i8',
    int8: 'i8',
    uint64: 'i64',
    char8: 'i8',
    float32: 'float',
    float64: 'double',
    complex64: '{ float, float }',
    complex128: '{ double, double }',
    'float64*': 'double*',
    'void*': 'i8*',
    'complex64**': '{ float, float }**',
  };
  for (const [name, text] of Object.entries(expected)) assert.is(naturalType(parseType(name)), text, name);
  assert.is(naturalType(parseType('int32**'), 'opaque'), 'ptr');
});

natural('make up function types', () => {
  const signature = parseSignature('void(int64, float64*)');
  assert.is(naturalFunctionType(signature, 'typed'), 'void (i64, double*)');
  assert.is(naturalFunctionType(signature, 'opaque'), 'void (i64, ptr)');
});

natural('of an array parameter are its pointer and its lengths, of a tuple those of its members', () => {
  const signature = parseSignature('(int64, (bool, complex64))(complex128[], bool[,], (int8, float32))');
  assert.is(
    naturalFunctionType(signature, 'typed'),
    '{ i64, { i8, { float, float } } } ({ double, double }*, i64, i8*, i64, i64, i8, float)',
  );
  assert.is(
    naturalFunctionType(signature, 'opaque'),
    '{ i64, { i8, { float, float } } } (ptr, i64, ptr, i64, i64, i8, float)',
  );
});

natural('do not exist for arrays as results and for types of the other side', () => {
  for (const name of ['int64[]', 'Column<int64>']) {
    assert.throws(() => naturalType(parseType(name)), /can't be a parameter or result/, name);
  }
});

natural.run();

const entry = suite('packed entries');

entry('read each argument at the place that packed values give it', () => {
  const text = packedEntryText({
    debugIndex: undefined,
    name: 'f.packed',
    callee: 'f',
    signature: parseSignature('bool(int8, complex128, float32)'),
  });
  const offsets = [...text.matchAll(/i8\* %args, i64 (\d+)/g)].map(([, offset]) => Number(offset));
  assert.equal(offsets, [0, 8, 24]);
  assert.match(text, /call i8 @"f"\(i8 %a0, \{ double, double \} %a1, float %a2\)/);
});

entry('quote names so that no character ends them', () => {
  assert.is(quote('foo_lallA'), '@"foo_lallA"');
  assert.is(quote('a"b\\c d\n'), '@"a\\22b\\5cc\\20d\\0a"');
  assert.is(quote('é'), '@"\\c3\\a9"');
});

entry.run();
