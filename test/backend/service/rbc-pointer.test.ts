import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseType } from '../../../backend/contract/parse-type.ts';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import { writePickle } from '../../../backend/contract/pickle-writer.ts';
import { pickledPointer } from '../../../backend/service/rbc-pointer.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';

/** Recorded: RBC 0.13's server pickling the address 0x1234567890, CPython 3.11. */
const recorded = {
  int64:
    '8004954a000000000000008c107262632e7468726966742e7479706573948c0b506f696e74657244617461949394288a0590785634128c06' +
    '637479706573948c06635f6c6f6e679493944b014b087494859481942e',
  void:
    '8004954c000000000000008c107262632e7468726966742e7479706573948c0b506f696e74657244617461949394288a0590785634128c06' +
    '637479706573948c08635f766f69645f709493944b014b087494859481942e',
  struct:
    '800495fd000000000000008c107262632e7468726966742e7479706573948c0b506f696e74657244617461949394288a0590785634126800' +
    '8c0854797065446174619493948c075f637479706573948c095374727563747572659493948c2a7262635f7479706573797374656d5f7374' +
    '727563745f5f5f6c50573457646174616957345773697a654b948c085f6669656c64735f948c04646174619468048c075f63747970657394' +
    '8c07504f494e5445529493948c094c505f635f6c6f6e67948c06637479706573948c06635f6c6f6e6794939487948594819486948c047369' +
    '7a6594680f8c05635f696e7494939486948694869485948794859481944b014b107494859481942e',
};
const address = 0x1234567890n;
const structType = parseType('{int64* data, int32 size}*');

const pointers = suite('pointers to Python');

pointers('are written byte for byte as RBC does', () => {
  assert.is(hexOf(writePickle(pickledPointer(address, parseType('int64*')))), recorded.int64);
  assert.is(hexOf(writePickle(pickledPointer(address, parseType('void*')))), recorded.void);
});

pointers('are read as RBC writes them', () => {
  const common = { kind: 'pointer', address, level: 1 };
  assert.equal(readPickle(bytesOf(recorded.int64)), {
    ...common,
    elementName: 'c_long',
    elementByteLength: 8,
  });
  assert.equal(readPickle(bytesOf(recorded.void)), {
    ...common,
    elementName: 'c_void_p',
    elementByteLength: 8,
  });
  const elementName = 'rbc_typesystem_struct___lPW4WdataiW4WsizeK';
  assert.equal(readPickle(bytesOf(recorded.struct)), { ...common, elementName, elementByteLength: 16 });
});

pointers('to a struct name its class, members and size as RBC does', () => {
  const written = readPickle(writePickle(pickledPointer(address, structType)));
  assert.equal(written, readPickle(bytesOf(recorded.struct)));
  const text = Buffer.from(writePickle(pickledPointer(address, structType))).toString('latin1');
  for (const name of ['_fields_', 'data', 'LP_c_long', 'size', 'c_int']) assert.ok(text.includes(name), name);
});

pointers('of several levels keep them, and null is None', () => {
  const read = (text: string, at: bigint) => readPickle(writePickle(pickledPointer(at, parseType(text))));
  assert.equal(read('float64**', 8n), {
    kind: 'pointer',
    address: 8n,
    elementName: 'c_double',
    level: 2,
    elementByteLength: 8,
  });
  assert.equal(read('int32*', 0n), {
    kind: 'pointer',
    address: 0n,
    elementName: 'c_int',
    level: 1,
    elementByteLength: 4,
  });
  assert.ok(writePickle(pickledPointer(0n, parseType('int32*'))).includes(0x4e));
});

pointers.run();
