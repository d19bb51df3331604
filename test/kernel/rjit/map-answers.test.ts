import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { writeFaultReply, writeReplyHead } from '../../../backend/contract/call-messages.ts';
import { MapAnswers } from '../../../kernel/rjit/io/map-answers.ts';

const FIRST_ID = 0x4000_0007;
/** Three chunks of two elements, the last of one. */
const MAP = {
  handle: 1,
  length: 5,
  columns: [],
  elementByteLengths: [],
  resultElementByteLength: 8,
  chunkLength: 2,
  firstId: FIRST_ID,
};
const RESULT = Uint8Array.from({ length: 40 }, (_, index) => index + 1);

function written(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.copy();
}

function results(count: number, start: number, end: number): Uint8Array {
  return written((writer) => {
    writeReplyHead(writer, 'mapColumns', FIRST_ID + count, end - start);
    writer.raw(RESULT.subarray(start, end));
    writer.stop();
  });
}

function fault(count: number): Uint8Array {
  return written((writer) => {
    const fields = { code: 'jit-crash', message: 'division by zero' };
    writeFaultReply(writer, 'mapColumns', FIRST_ID + count, fields);
  });
}

/** Answers of which `bytes` have come, and no more will. */
function withAnswers(bytes: Uint8Array, use: (answers: MapAnswers) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  const path = join(folder, 'answers');
  writeFileSync(path, bytes);
  const descriptor = openSync(path, 'r');
  try {
    use(new MapAnswers(MAP, 3, descriptor));
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

const ALL = [results(0, 0, 16), results(1, 16, 32), results(2, 32, 40)];

const reading = suite('answers to the chunks of a map');

reading('are put together', () => {
  withAnswers(Buffer.concat(ALL), (answers) => {
    assert.is(answers.receive(), true);
    assert.ok(answers.isComplete);
    assert.is(answers.count, 3);
    assert.equal(answers.result, RESULT);
  });
});

reading('that break off anywhere leave what another reader needs to go on', () => {
  const whole = Buffer.concat(ALL);
  const starts = [0, ALL[0]?.byteLength ?? 0, (ALL[0]?.byteLength ?? 0) + (ALL[1]?.byteLength ?? 0)];
  for (let byteLength = 0; byteLength < whole.byteLength; byteLength += 1) {
    const come = whole.subarray(0, byteLength);
    withAnswers(come, (answers) => {
      while (answers.receive());
      assert.not(answers.isComplete);
      const { count, begun } = answers.unread;
      const expected = starts.filter((start) => start < byteLength).length;
      // At the seam itself, the next one has begun with nothing.
      const isAtSeam = starts.includes(byteLength);
      assert.is(count, isAtSeam ? starts.indexOf(byteLength) : expected - 1);
      assert.is(Buffer.compare(begun, come.subarray(starts[count] ?? 0)), 0, `${byteLength} bytes`);
    });
  }
});

reading('end with the first error, behind which another reader goes on', () => {
  const behind = results(2, 32, 40).subarray(0, 10);
  withAnswers(Buffer.concat([results(0, 0, 16), fault(1), behind]), (answers) => {
    while (!answers.error) assert.ok(answers.receive());
    assert.is(answers.error.message, '[jit-crash] division by zero');
    assert.is(answers.count, 1);
    assert.equal(answers.unread, { count: 2, begun: new Uint8Array(behind) });
  });
});

reading('an error that breaks off is left to another reader', () => {
  const come = Buffer.concat([results(0, 0, 16), fault(1).subarray(0, 50)]);
  withAnswers(come, (answers) => {
    while (answers.receive());
    assert.is(answers.error, undefined);
    assert.equal(answers.unread, { count: 1, begun: new Uint8Array(fault(1).subarray(0, 50)) });
  });
});

for (const [what, bytes, text] of [
  ['to another request', results(1, 0, 16), /the answer to message 1073741832 arrived in place of/],
  ['of another length', results(0, 0, 8), /8 bytes of mapColumns arrived in place of/],
] as const) {
  reading(`an answer ${what} is refused`, () => {
    withAnswers(bytes, (answers) => {
      while (!answers.error && answers.receive());
      assert.is(answers.error?.code, 'protocol');
      assert.match(answers.error?.message ?? '', text);
    });
  });
}

reading.run();
