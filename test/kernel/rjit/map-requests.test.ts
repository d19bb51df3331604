import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MapRequests } from '../../../kernel/rjit/io/map-requests.ts';
import { writeNow } from '../../../kernel/rjit/io/socket-bytes.ts';
import { RemoteError } from '../../../kernel/rjit/remote-jit.ts';

/** One chunk is more than a pipe holds. */
const CHUNK_LENGTH = 100_000;

/** Requests of two chunks, and a pipe for them that nobody reads. */
function withRequests(
  use: (requests: MapRequests, column: Uint8Array<ArrayBuffer>, descriptor: number) => void,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  const path = join(folder, 'requests');
  execFileSync('mkfifo', [path]);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  try {
    const column = new Uint8Array(2 * CHUNK_LENGTH * 8).fill(1);
    const map = {
      handle: 1,
      length: 2 * CHUNK_LENGTH,
      columns: [column],
      elementByteLengths: [8],
      resultElementByteLength: 8,
      chunkLength: CHUNK_LENGTH,
      firstId: 7,
    };
    use(new MapRequests(map, 2, descriptor), column, descriptor);
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

function detach(column: Uint8Array<ArrayBuffer>): void {
  structuredClone(column.buffer, { transfer: [column.buffer] });
}

function isBadArgument(error: unknown): boolean {
  return error instanceof RemoteError && error.code === 'bad-argument';
}

const sending = suite('requests for the chunks of a map');

sending('one that is half written has a rest', () =>
  withRequests((requests) => {
    assert.is(requests.send(16), true);
    assert.is(requests.count, 1);
    const rest = requests.unsent;
    assert.ok(rest.byteLength > CHUNK_LENGTH && rest.byteLength < 8 * CHUNK_LENGTH);
    assert.not(requests.isBroken);
    assert.is(requests.send(16), false, 'the pipe is full');
    assert.equal(requests.unsent, rest);
  }),
);

sending('the rest of one that is half written is lost when its array is detached', () =>
  withRequests((requests, column) => {
    requests.send(16);
    detach(column);
    assert.throws(() => requests.send(16), isBadArgument);
    assert.ok(requests.isBroken);
    assert.is(requests.count, 0);
    assert.is(requests.unsent.byteLength, 0);
  }),
);

sending('of one that is not yet written nothing is lost', () =>
  withRequests((requests, column, descriptor) => {
    const page = new Uint8Array(4096);
    while (writeNow(descriptor, [page]) !== undefined);
    assert.is(requests.send(16), false, 'the pipe is full');
    detach(column);
    assert.throws(() => requests.send(16), isBadArgument);
    assert.not(requests.isBroken);
    assert.is(requests.count, 0);
    assert.is(requests.unsent.byteLength, 0);
  }),
);

sending.run();
