import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPickle } from '../../../backend/contract/pickle-reader.ts';
import { bytesOf } from '../../support/bytes.ts';

/** Recorded: `pickle.dumps((value,))` of CPython 3.11 with numpy 1.24; `code` is the dtype's, `data` the scalar's bytes. */
function pickled(code: string, data: string): Uint8Array {
  const dtype = `8c${byte(code.length)}${Buffer.from(code).toString('hex')}`;
  const head =
    '8c156e756d70792e636f72652e6d756c74696172726179948c067363616c61729493948c056e756d7079948c056474797065949394';
  const build = '94898887945294284b038c013c944e4e4e4affffffff4affffffff4b00749462';
  const body = `${head}${dtype}${build}43${byte(data.length / 2)}${data}948694529485942e`;
  return bytesOf(`800495${byte(body.length / 2)}00000000000000${body}`);
}

function byte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

const floats = suite('numpy floats without a JavaScript counterpart');

const cases: readonly (readonly [what: string, code: string, data: string, value: number])[] = [
  ['float16 -2', 'f2', '00c0', -2],
  ['the least float16', 'f2', '0100', 2 ** -24],
  ['float16 infinity', 'f2', '00fc', Number.NEGATIVE_INFINITY],
  ['longdouble 1.25', 'f16', '00000000000000a0ff3fb07700000000', 1.25],
  ['longdouble -1e300', 'f16', '2dddac0340e421bfe3c3b07700000000', -1e300],
  ['longdouble infinity', 'f16', '0000000000000080ff7fb07700000000', Number.POSITIVE_INFINITY],
  ['longdouble 3/7', 'f16', '6edbb66ddbb66ddbfd3f000000000000', 3 / 7],
  ['longdouble 0', 'f16', '00000000000000000000000000000000', 0],
];

for (const [what, code, data, value] of cases) {
  floats(`${what} is read as ${value}`, () => {
    const [scalar] = [readPickle(pickled(code, data))].flat();
    if (typeof scalar !== 'object' || scalar === null || !('kind' in scalar)) throw new Error('no scalar');
    assert.is(scalar.kind, 'numpy-scalar');
    assert.is(scalar.kind === 'numpy-scalar' && scalar.value, value);
  });
}

floats.run();
