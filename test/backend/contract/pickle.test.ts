import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../backend/contract/complex.ts';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import type { PickleValue } from '../../../backend/contract/pickle-value.ts';
import { writePickle } from '../../../backend/contract/pickle-writer.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { fuzzPickles } from '../../fuzz/wire/fuzz-pickles.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';
import { seededRandom } from '../../support/random.ts';

/** Recorded from CPython 3.11: pickle.dumps(value, 4). */
const RECORDED: readonly (readonly [python: string, value: PickleValue, hex: string])[] = [
  ['()', [], '8004292e'],
  ['1,3', [1n, 3n], '80049507000000000000004b014b0386942e'],
  ['4', 4n, '80044b042e'],
  ['255', 255n, '80044bff2e'],
  ['256', 256n, '80049504000000000000004d00012e'],
  ['65535', 65535n, '80049504000000000000004dffff2e'],
  ['65536', 65536n, '80049506000000000000004a000001002e'],
  ['-1', -1n, '80049506000000000000004affffffff2e'],
  ['2**31-1', 2n ** 31n - 1n, '80049506000000000000004affffff7f2e'],
  ['2**31', 2n ** 31n, '80049508000000000000008a0500000080002e'],
  ['-2**31', -(2n ** 31n), '80049506000000000000004a000000802e'],
  ['-2**31-1', -(2n ** 31n) - 1n, '80049508000000000000008a05ffffff7fff2e'],
  ['2**63', 2n ** 63n, '8004950c000000000000008a090000000000000080002e'],
  ['-2**63', -(2n ** 63n), '8004950b000000000000008a0800000000000000802e'],
  ['2**64-1', 2n ** 64n - 1n, '8004950c000000000000008a09ffffffffffffffff002e'],
  ['2**70', 2n ** 70n, '8004950c000000000000008a090000000000000000402e'],
  ['1.5', 1.5, '8004950a00000000000000473ff80000000000002e'],
  ['-0.0', -0, '8004950a000000000000004780000000000000002e'],
  ['inf', Number.POSITIVE_INFINITY, '8004950a00000000000000477ff00000000000002e'],
  ['True', true, '8004882e'],
  ['False', false, '8004892e'],
  ['None', null, '80044e2e'],
  [
    '1+3.4j',
    new Complex(1, 3.4),
    '8004952e000000000000008c086275696c74696e73948c07636f6d706c6578949394473ff0000000' +
      '00000047400b333333333333869452942e',
  ],
  [
    '(1+2j,3-4j)',
    [new Complex(1, 2), new Complex(3, -4)],
    '80049548000000000000008c086275696c74696e73948c07636f6d706c6578949394473ff0000000' +
      '00000047400000000000000086945294680247400800000000000047c01000000000000086945294' +
      '86942e',
  ],
  ['(1,2.5,True,None)', [1n, 2.5, true, null], '8004951100000000000000284b01474004000000000000884e74942e'],
  ["'é'", 'é', '80049506000000000000008c02c3a9942e'],
  ["b'ab'", Uint8Array.of(97, 98), '800495060000000000000043026162942e'],
  ['[]', { kind: 'list', items: [] }, '80045d942e'],
  ['[1]', { kind: 'list', items: [1n] }, '80049506000000000000005d944b01612e'],
  ['[1,2.0]', { kind: 'list', items: [1n, 2] }, '80049510000000000000005d94284b01474000000000000000652e'],
  ['((1,),(2,))', [[1n], [2n]], '8004950b000000000000004b0185944b02859486942e'],
  ["'x'*300", 'x'.repeat(300), `8004953301000000000000582c010000${'78'.repeat(300)}942e`],
];

const pickles = suite('pickles');

for (const [python, value, hex] of RECORDED) {
  pickles(`${python} is read as Python wrote it`, () => {
    assert.equal(readPickle(bytesOf(hex)), value);
  });
  pickles(`${python} is written byte for byte as Python writes it`, () => {
    assert.is(hexOf(writePickle(value)), hex);
  });
}

/** The same tuple (1, 2.5, 1+2j, 2**70) in the other protocols. */
const PROTOCOLS: readonly (readonly [protocol: number, hex: string])[] = [
  [
    2,
    '8002284b01474004000000000000635f5f6275696c74696e5f5f0a636f6d706c65780a7100473ff0' +
      '0000000000004740000000000000008671015271028a090000000000000000407471032e',
  ],
  [
    3,
    '8003284b01474004000000000000636275696c74696e730a636f6d706c65780a7100473ff0000000' +
      '0000004740000000000000008671015271028a090000000000000000407471032e',
  ],
  [
    5,
    '8005954700000000000000284b014740040000000000008c086275696c74696e73948c07636f6d70' +
      '6c6578949394473ff0000000000000474000000000000000869452948a0900000000000000004074' +
      '942e',
  ],
];

for (const [protocol, hex] of PROTOCOLS) {
  pickles(`protocol ${protocol} is read too`, () => {
    assert.equal(readPickle(bytesOf(hex)), [1n, 2.5, new Complex(1, 2), 2n ** 70n]);
  });
}

/** Recorded from numpy 2: pickle.dumps((value,), 4). */
const NUMPY: readonly (readonly [type: string, value: unknown, hex: string])[] = [
  [
    'int8',
    -5,
    '80049565000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02693194898887945294284b038c' +
      '017c944e4e4e4affffffff4affffffff4b007494624301fb948694529485942e',
  ],
  [
    'uint16',
    65535,
    '80049566000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02753294898887945294284b038c' +
      '013c944e4e4e4affffffff4affffffff4b007494624302ffff948694529485942e',
  ],
  [
    'int64',
    -(2n ** 63n),
    '8004956c000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02693894898887945294284b038c' +
      '013c944e4e4e4affffffff4affffffff4b0074946243080000000000000080948694529485942e',
  ],
  [
    'float32',
    1.5,
    '80049568000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02663494898887945294284b038c' +
      '013c944e4e4e4affffffff4affffffff4b0074946243040000c03f948694529485942e',
  ],
  [
    'float64',
    2.5,
    '8004956c000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02663894898887945294284b038c' +
      '013c944e4e4e4affffffff4affffffff4b0074946243080000000000000440948694529485942e',
  ],
  [
    'complex64',
    new Complex(1, 2),
    '8004956c000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02633894898887945294284b038c' +
      '013c944e4e4e4affffffff4affffffff4b0074946243080000803f00000040948694529485942e',
  ],
  [
    'complex128',
    new Complex(1, -2),
    '80049575000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c0363313694898887945294284b03' +
      '8c013c944e4e4e4affffffff4affffffff4b007494624310000000000000f03f00000000000000c0' +
      '948694529485942e',
  ],
  [
    'bool',
    true,
    '80049565000000000000008c166e756d70792e5f636f72652e6d756c74696172726179948c067363' +
      '616c61729493948c056e756d7079948c0564747970659493948c02623194898887945294284b038c' +
      '017c944e4e4e4affffffff4affffffff4b00749462430101948694529485942e',
  ],
];

for (const [type, value, hex] of NUMPY) {
  pickles(`a numpy ${type} is read by its dtype`, () => {
    const [scalar] = readPickle(bytesOf(hex)) as readonly { kind: string; value: unknown }[];
    assert.is(scalar?.kind, 'numpy-scalar');
    assert.equal(scalar?.value, value);
  });
}

pickles('a numpy scalar of the other byte order, and of numpy 1, is read', () => {
  const [, , hex = ''] = NUMPY.find(([type]) => type === 'uint16') ?? [];
  // numpy.core for numpy._core, and '>' for '<' in the dtype's state.
  const older = hex
    .replace('8c166e756d70792e5f636f7265', '8c156e756d70792e636f7265')
    .replace('8c013c94', '8c013e94');
  const bytes = older.replace('4302ffff', '43020001');
  const [scalar] = readPickle(bytesOf(bytes)) as readonly { value: unknown }[];
  assert.is(scalar?.value, 1);
});

pickles('a pointer of RBC is an address and what it points to', () => {
  const hex =
    '8004954b000000000000008c107262632e7468726966742e7479706573948c0b506f696e74657244' +
    '617461949394288a0633221100ff7f8c06637479706573948c06635f6c6f6e679493944b014b0874' +
    '94819485942e';
  assert.equal(readPickle(bytesOf(hex)), [
    { kind: 'pointer', address: 0x7fff00112233n, elementName: 'c_long', level: 1, elementByteLength: 8 },
  ]);
});

/** Recorded from CPython too; each is refused, with what it tried. */
const REFUSED: readonly (readonly [what: string, hex: string, message: RegExp])[] = [
  [
    'os.system by STACK_GLOBAL',
    '80049521000000000000008c05706f736978948c0673797374656d9493948c066563686f20789485' + '9452942e',
    /global 'posix.system' is refused/,
  ],
  [
    'os.system by GLOBAL',
    '800263706f7369780a73797374656d0a710058060000006563686f207871018571025271032e',
    /global 'posix.system' is refused/,
  ],
  ['a set', '80049509000000000000008f94284b014b02902e', /opcode 0x8f at byte 11 is refused/],
  ['a dict', '80049508000000000000007d944b014b02732e', /opcode 0x7d at byte 11 is refused/],
  [
    'a list inside itself',
    '80049506000000000000005d946800612e',
    /a list that is part of another value grows/,
  ],
  [
    'a list inside its own tuple',
    '80049508000000000000005d9468008594612e',
    /a list that is part of another value grows/,
  ],
];

for (const [what, hex, message] of REFUSED) {
  pickles(`${what} is refused`, () => {
    assert.throws(
      () => readPickle(bytesOf(hex)),
      (error: unknown) => {
        assert.instance(error, RemoteError);
        assert.is((error as RemoteError).code, 'unsupported');
        assert.match((error as RemoteError).message, message);
        return true;
      },
    );
  });
}

/** Written by hand: what no pickler makes. */
const BROKEN: readonly (readonly [what: string, hex: string])[] = [
  ['nothing', ''],
  ['a stop without a value', '80042e'],
  ['a value without a stop', '80044b04'],
  ['bytes after the stop', '80044b042e00'],
  ['two values', '80044b044b042e'],
  ['a tuple of too few', '80044b04862e'],
  ['a tuple without its mark', '80044b04742e'],
  ['a mark as a value', '8004282e'],
  ['a value from the memo that is not there', '800468052e'],
  ['a class as the value', '80048c086275696c74696e738c07636f6d706c6578932e'],
  ['text that is not UTF-8', '80048c02c3282e'],
  ['an integer longer than the pickle', '80048aff012e'],
  ['text of 2^63 bytes', '80048dffffffffffffff7f2e'],
  ['a call of a number', '80044b0429522e'],
  ['protocol 9', '80092e'],
  ['nesting without end', `8004${'29'}${'85'.repeat(40)}2e`],
  ['a tuple that doubles itself forty times', `800429${doubling(40)}2e`],
];

/** `t = (t, t)` over and over, by way of the memo. */
function doubling(times: number): string {
  return Array.from({ length: times }, (_, index) => `9468${index.toString(16).padStart(2, '0')}86`).join('');
}

for (const [what, hex] of BROKEN) {
  pickles(`${what} is refused as data, not as a fault of the reader`, () => {
    assert.throws(
      () => readPickle(bytesOf(hex)),
      (error: unknown) => error instanceof RemoteError,
    );
  });
}

pickles('every truncation of every recorded pickle is refused', () => {
  for (const [, , hex] of [...RECORDED, ...NUMPY]) {
    const bytes = bytesOf(hex);
    for (let end = 0; end < bytes.byteLength; end += 1) {
      assert.throws(
        () => readPickle(bytes.subarray(0, end)),
        (error: unknown) => error instanceof RemoteError,
      );
    }
  }
});

pickles('what only travels towards the server is not written', () => {
  const pointer = {
    kind: 'pointer',
    address: 0n,
    elementName: 'c_long',
    level: 1,
    elementByteLength: 8,
  } as const;
  assert.throws(() => writePickle(pointer), /a pointer is not written/);
});

pickles('ten thousand hostile ones are values or errors, each soon', () => {
  assert.equal(fuzzPickles(10_000, seededRandom(4711)), []);
});

/** Where each step could cost more the more there were. */
const expensive: readonly (readonly [what: string, head: string, repeated: string])[] = [
  ['a list that grows item by item', '80045d', '4b0161'],
  ['values that are remembered', '80044e', '94'],
];

for (const [what, head, repeated] of expensive) {
  pickles(`${what} without end are refused`, () => {
    const bytes = Buffer.concat([
      bytesOf(head),
      Buffer.from(bytesOf(repeated.repeat(150_000))),
      bytesOf('2e'),
    ]);
    assert.throws(
      () => readPickle(bytes),
      (error: unknown) => error instanceof RemoteError,
    );
  });
}

pickles.run();
