import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CallResults, forEachResult } from '../../../kernel/rjit/io/call-results.ts';
import { CallReader, CallWriter } from '../../../kernel/rjit/io/call-ring.ts';
import { type Channel, createChannel, Word } from '../../../kernel/rjit/io/channel.ts';
import { seededRandom } from '../../support/random.ts';

const ring = suite('the ring of calls');

function send(writer: CallWriter, id: number, args: Uint8Array, isSync = false): void {
  const offset = writer.reserve(args.byteLength);
  args.forEach((byte, index) => {
    assert.is(writer.view.getUint8(offset + index), 0, 'the room for arguments is cleared');
    writer.view.setUint8(offset + index, byte);
  });
  writer.publish({
    id,
    handle: id * 3,
    epoch: id & 7,
    timeoutMs: id * 2,
    isSync,
    isAbortable: !isSync,
    resultByteLength: id * 8,
  });
}

function expectCall(reader: CallReader, id: number, args: Uint8Array, isSync = false): void {
  const call = reader.next();
  assert.ok(call, `call ${id} is there`);
  if (!call) return;
  const { packed, ...header } = call;
  assert.equal(header, {
    id,
    handle: id * 3,
    epoch: id & 7,
    timeoutMs: id * 2,
    isSync,
    isAbortable: !isSync,
    resultByteLength: id * 8,
  });
  assert.equal(packed.slice(), args);
  reader.release();
}

/** Lets both counters start where they are about to wrap around. */
function channelAt(position: number): Channel {
  const channel = createChannel();
  channel.words[Word.written] = position;
  channel.words[Word.read] = position;
  return channel;
}

ring('a call that is reserved is not seen before it is published', () => {
  const channel = createChannel();
  const [writer, reader] = [new CallWriter(channel), new CallReader(channel)];
  writer.reserve(16);
  assert.is(reader.next(), undefined);
  send(writer, 1, Uint8Array.of(1, 2, 3), true);
  expectCall(reader, 1, Uint8Array.of(1, 2, 3), true);
  assert.is(reader.next(), undefined);
});

ring(
  'calls of all sizes come out as they went in, in order, over the end of the ring and of its counters',
  () => {
    const random = seededRandom(7);
    const channel = channelAt(0x7fff_0000);
    const [writer, reader] = [new CallWriter(channel), new CallReader(channel)];
    const under: { id: number; args: Uint8Array }[] = [];
    for (let id = 1; id <= 3_000; id += 1) {
      const args = Uint8Array.from(
        { length: Math.floor(random() * 2_000) },
        (_, index) => 1 + ((id + index) % 255),
      );
      send(writer, id, args);
      under.push({ id, args });
      while (under.length > random() * 50) {
        const { id: expected, args: sent } = under.shift() ?? { id: 0, args };
        expectCall(reader, expected, sent);
      }
    }
    for (const { id, args } of under) expectCall(reader, id, args);
    assert.is(reader.next(), undefined);
    assert.ok((channel.words[Word.written] ?? 0) < 0, 'the counter has wrapped around');
  },
);

ring('arguments that fill the ring are refused in words', () => {
  const writer = new CallWriter(createChannel());
  assert.throws(() => writer.reserve(64 * 1024 + 8), /\[too-large\] arguments of 65544 bytes; at most 65536/);
});

ring('a full ring whose reader has ended is an error, not a wait', () => {
  const channel = createChannel();
  const writer = new CallWriter(channel);
  Atomics.store(channel.words, Word.ended, 1);
  const fill = () => {
    for (let id = 1; id < 10; id += 1) send(writer, id, new Uint8Array(60_000));
  };
  assert.throws(fill, /\[connection-lost\] the I\/O thread has ended/);
});

ring.run();

const results = suite('results of calls');

results('many results travel as one message, each with its id', () => {
  const gathered = new CallResults();
  const expected: [number, bigint][] = [];
  for (let id = 1; id <= 200; id += 1) {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(id) ** 5n, true);
    gathered.add(id, bytes);
    expected.push([id, BigInt(id) ** 5n]);
  }
  const records = gathered.take() ?? new Uint8Array();
  const found: [number, bigint][] = [];
  forEachResult(records, (id, view, offset) => found.push([id, view.getBigInt64(offset, true)]));
  assert.equal(found, expected);
  assert.is(gathered.take(), undefined);
});

results.run();
