import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { markCancelled, readCallRecord } from '../../../backend/llvm/call-record.ts';

const record = suite<{ directory: string; path: string }>('the call record');

record.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'rjit-record-'));
  context.path = join(context.directory, 'record');
});
record.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

/** A page as a worker leaves it, put together by hand. */
function page(): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.writeUInt32LE(1, 0);
  bytes.writeUInt32LE(77, 4);
  bytes.writeUInt32LE(5, 12);
  bytes.writeUInt32LE(11, 16);
  bytes.writeUInt32LE(9, 28);
  bytes.writeUInt32LE(4, 32);
  bytes.writeUInt32LE(31, 36);
  bytes.writeBigUInt64LE(0x7f0000001000n, 40);
  bytes.write('foo_lallA', 64);
  bytes.write('last', 576);
  return bytes;
}

function withFile<T>(path: string, content: Buffer, action: (fileDescriptor: number) => T): T {
  writeFileSync(path, content);
  const fileDescriptor = openSync(path, 'r+');
  try {
    return action(fileDescriptor);
  } finally {
    closeSync(fileDescriptor);
  }
}

record('is read from its bytes', ({ path }) => {
  assert.equal(withFile(path, page(), readCallRecord), {
    state: 'running',
    sequence: 77,
    requestId: 31,
    handle: 5,
    functionName: 'foo_lallA',
    signal: 11,
    faultAddress: 0x7f0000001000n,
    message: 'last',
  });
});

record('is nothing as long as no worker has filled it', ({ path }) => {
  assert.is(withFile(path, Buffer.alloc(0), readCallRecord), undefined);
});

record('lengths beyond its areas, left by a wild store, are cut', ({ path }) => {
  const bytes = page();
  bytes.writeUInt32LE(0xffffffff, 28);
  bytes.writeUInt32LE(0xffffffff, 32);
  const read = withFile(path, bytes, readCallRecord);
  assert.is(read?.functionName.length, 504);
  assert.is(read?.message.length, 4096 - 576);
});

record('takes the number of a cancelled call and nothing else', ({ path }) => {
  withFile(path, page(), (fileDescriptor) => markCancelled(fileDescriptor, 77));
  const expected = page();
  expected.writeUInt32LE(77, 8);
  assert.equal(readFileSync(path), expected);
});

record.run();
