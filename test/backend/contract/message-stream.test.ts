import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { writeMapRequest } from '../../../backend/contract/call-messages.ts';
import { MessageStream } from '../../../backend/contract/message-stream.ts';

const LIMIT = 1 << 22;
const COLUMN_BYTES = 100_000;

/** With two columns, so that it tells its length in two parts. */
function message(id: number): Uint8Array {
  const columns = [id, id + 1].map((value) => new Uint8Array(COLUMN_BYTES).fill(value));
  const writer = new BinaryWriter();
  writeMapRequest(writer, id, { handle: 1, length: 1n, columns });
  return writer.copy();
}

/** Bytes that lie at a socket, to be read into whatever memory there is. */
class Source {
  #bytes: Uint8Array;

  constructor(...messages: readonly Uint8Array[]) {
    this.#bytes = Buffer.concat(messages);
  }

  take(byteLength: number): Uint8Array {
    const taken = this.#bytes.slice(0, byteLength);
    this.#bytes = this.#bytes.subarray(byteLength);
    return taken;
  }

  readInto(memory: Uint8Array): number {
    const bytes = this.take(memory.byteLength);
    memory.set(bytes);
    return bytes.byteLength;
  }
}

/** All messages of `source`: pieces of `pushed` bytes, in turn with what is read into the stream's own room. */
function messagesOf(stream: MessageStream, source: Source, pushed: number): Uint8Array[] {
  const messages: Uint8Array[] = [];
  const takeAll = () => {
    for (let next = stream.next(); next; next = stream.next()) messages.push(next.slice());
  };
  for (let piece = source.take(pushed); piece.byteLength > 0; piece = source.take(pushed)) {
    stream.push(piece);
    takeAll();
    const { room } = stream;
    if (!room) continue;
    stream.filled(source.readInto(room));
    takeAll();
  }
  return messages;
}

const streams = suite('a message stream’s own room');

streams('there is none for what is short, or comes in one piece', () => {
  const stream = new MessageStream(LIMIT);
  assert.is(stream.room, undefined);
  stream.push(message(1).subarray(0, 20));
  assert.is(stream.next(), undefined);
  assert.is(stream.room, undefined);
  stream.push(message(1).subarray(20));
  assert.equal(stream.next(), message(1));
  assert.is(stream.room, undefined);
});

for (const lentByteLength of [
  COLUMN_BYTES + 200,
  message(1).byteLength - 1,
  message(1).byteLength,
  message(1).byteLength + 1,
  2 * message(1).byteLength,
  2 * message(1).byteLength + 70_000,
]) {
  for (const pushed of [50, 1000, 65_536, COLUMN_BYTES + 50, 3 * COLUMN_BYTES]) {
    streams(
      `messages that are read into ${lentByteLength} bytes, after ${pushed} pushed, are those sent`,
      () => {
        const lend = () => new Uint8Array(lentByteLength);
        const sent = [1, 2, 3, 4, 5].map(message);
        const got = messagesOf(new MessageStream(LIMIT, { lend }), new Source(...sent), pushed);
        assert.is(got.length, sent.length);
        got.forEach((one, index) => {
          assert.is(Buffer.compare(one, sent[index] ?? new Uint8Array(0)), 0);
        });
      },
    );
  }
}

streams('what was read beyond a message and what was pushed behind it are kept in order', () => {
  const memory = new Uint8Array(message(1).byteLength + 10);
  const stream = new MessageStream(LIMIT, { lend: () => memory });
  const source = new Source(message(1), message(2));
  stream.push(source.take(60));
  assert.is(stream.next(), undefined);
  const { room = new Uint8Array(0) } = stream;
  assert.is(room.buffer, memory.buffer);
  stream.filled(source.readInto(room));
  // Nobody has asked for the message yet.
  stream.push(source.take(70_000));
  stream.push(source.take(LIMIT));
  assert.equal(stream.next(), message(1));
  assert.equal(stream.next(), message(2));
  assert.is(stream.bufferedByteLength, 0);
});

streams('who takes the connection over gets what lies in the room', () => {
  const stream = new MessageStream(LIMIT);
  const source = new Source(message(1));
  stream.push(source.take(60));
  assert.is(stream.next(), undefined);
  stream.filled(source.readInto((stream.room ?? new Uint8Array(0)).subarray(0, 5000)));
  assert.equal(stream.rest(), message(1).slice(0, 5060));
});

streams.run();
