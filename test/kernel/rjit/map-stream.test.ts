import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chunkLengthOf, MapFeeder, MapReader } from '../../../kernel/rjit/io/map-stream.ts';
import { RemoteError } from '../../../kernel/rjit/remote-jit.ts';
import { errorOf } from '../../support/remote-jit.ts';

const LENGTH = 1_000_003;

function bytesOf(array: Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A map of a column, a scalar and another column. */
function threeColumns() {
  const first = Float64Array.from({ length: LENGTH }, (_, index) => index);
  const last = Float64Array.from({ length: LENGTH }, (_, index) => -index);
  const scalar = Float64Array.of(7);
  const source = {
    length: LENGTH,
    columns: [first, scalar, last].map(bytesOf),
    elementByteLengths: [8, 8, 8],
    resultElementByteLength: 8,
  };
  return { first, last, scalar, source, chunkLength: chunkLengthOf(source.elementByteLengths, 8) };
}

function feederOf(source: Parameters<typeof MapFeeder.of>[0]): MapFeeder {
  const feeder = MapFeeder.of(source);
  if (!feeder) throw new Error('no feeder');
  return feeder;
}

function readerOf(
  feeder: MapFeeder,
  { source, chunkLength }: ReturnType<typeof threeColumns>,
  isAwaited = () => true,
) {
  const { columns, stream } = feeder.carried;
  return new MapReader({ ...source, columns }, chunkLength, stream, isAwaited, 1);
}

const streams = suite('the stream of a map’s columns');

/** Who waits for shared memory keeps no process alive. */
let alive: NodeJS.Timeout;
streams.before(() => {
  alive = setInterval(() => undefined, 1_000);
});
streams.after(() => clearInterval(alive));

streams('what both threads can read, and what fits a chunk, needs none', () => {
  const { source } = threeColumns();
  const shared = new Uint8Array(new SharedArrayBuffer(8 * LENGTH));
  const scalar = new Uint8Array(8);
  assert.is(MapFeeder.of({ ...source, columns: [shared, scalar, shared] }), undefined);
  const small = bytesOf(new Float64Array(1000));
  assert.is(MapFeeder.of({ ...source, length: 1000, columns: [small, scalar, small] }), undefined);
  const feeder = feederOf({ ...source, columns: [shared, scalar, bytesOf(new Float64Array(LENGTH))] });
  assert.equal(feeder.carried.stream.indexes, [2]);
  assert.is(feeder.carried.columns[0], shared);
});

streams('brings each chunk as it is, and scalars with every one', async () => {
  const map = threeColumns();
  const { first, last, scalar, source, chunkLength } = map;
  const feeder = feederOf(source);
  const reader = readerOf(feeder, map);
  for (let count = 0, start = 0; start < LENGTH; count += 1, start += chunkLength) {
    const end = Math.min(LENGTH, start + chunkLength);
    assert.ok(feeder.feed());
    const chunk = await reader.chunk(count, start, end);
    const expected = [first.subarray(start, end), scalar, last.subarray(start, end)].map(bytesOf);
    assert.ok(chunk.every((one, index) => Buffer.compare(one, expected[index] ?? one) === 0));
    reader.release();
  }
  assert.not(feeder.feed(), 'there is no further chunk');
});

streams('holds a few chunks, however long the columns are', async () => {
  const map = threeColumns();
  const feeder = feederOf(map.source);
  const reader = readerOf(feeder, map);
  let fed = 0;
  while (feeder.feed()) fed += 1;
  assert.ok(fed > 1 && fed * map.chunkLength < LENGTH / 2);
  assert.ok(feeder.carried.stream.buffer.byteLength < 8 * 1024 * 1024);
  reader.release();
  assert.ok(feeder.feed());
  assert.not(feeder.feed());
});

streams('a chunk is waited for', async () => {
  const map = threeColumns();
  const feeder = feederOf(map.source);
  const reading = readerOf(feeder, map).chunk(0, 0, map.chunkLength);
  assert.ok(feeder.feed());
  assert.is((await reading)[0]?.byteLength, 8 * map.chunkLength);
});

streams('but not when the main thread has been interrupted', async () => {
  const map = threeColumns();
  const reader = readerOf(feederOf(map.source), map, () => false);
  const error = await errorOf(() => reader.chunk(0, 0, map.chunkLength));
  assert.is((error as RemoteError).code, 'cancelled');
});

streams('is fed behind the program’s back until all is there', async () => {
  const map = threeColumns();
  const feeder = feederOf(map.source);
  const reader = readerOf(feeder, map);
  const feeding = feeder.feedUntil(new Promise(() => undefined));
  let sum = 0;
  for (let count = 0, start = 0; start < LENGTH; count += 1, start += map.chunkLength) {
    const [first] = await reader.chunk(count, start, Math.min(LENGTH, start + map.chunkLength));
    sum += first?.byteLength ?? 0;
    reader.release();
  }
  assert.is(sum, 8 * LENGTH);
  await feeding;
});

streams('is no longer fed when the map is over', async () => {
  const map = threeColumns();
  const feeder = feederOf(map.source);
  const reader = readerOf(feeder, map);
  let end: () => void = () => undefined;
  const feeding = feeder.feedUntil(
    new Promise<void>((resolve) => {
      end = resolve;
    }),
  );
  end();
  await Promise.resolve();
  reader.release();
  await feeding;
  assert.ok(feeder.feed(), 'what was freed last is still free');
});

streams('an array that was detached meanwhile is refused', async () => {
  const map = threeColumns();
  const feeder = feederOf(map.source);
  assert.ok(feeder.feed());
  structuredClone(map.last.buffer, { transfer: [map.last.buffer] });
  const error = await errorOf(() => feeder.feed());
  assert.ok(error instanceof RemoteError);
  assert.is(error.message, '[bad-argument] an array was detached or became shorter during the map');
});

streams.run();
