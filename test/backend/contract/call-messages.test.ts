import thrift from 'thrift';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteFault } from '#thrift/remotejit_types.js';
import { Client } from '#thrift/rjit.js';
import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import {
  readCallRequest,
  readMapRequest,
  readReply,
  writeCallRequest,
  writeFaultReply,
  writeMapRequest,
  writeReplyHead,
} from '../../../backend/contract/call-messages.ts';
import { MessageStream } from '../../../backend/contract/message-stream.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { bytesOf, hexOf } from '../../support/bytes.ts';
import { protocolBytes, readByThrift, requestBytes } from '../../support/thrift-bytes.ts';

const { Thrift } = thrift;
const packed = bytesOf('0100000000000000 0300000000000000');
const columns = [bytesOf('01020304'), bytesOf('ff')];
const LIMIT = 1 << 20;

function written(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter(4);
  write(writer);
  return writer.copy();
}

function writeReply(
  writer: BinaryWriter,
  method: 'call' | 'mapColumns',
  id: number,
  result: Uint8Array,
): void {
  writeReplyHead(writer, method, id, result.byteLength);
  writer.raw(result);
  writer.stop();
}

function headerOf(bytes: Uint8Array): {
  reader: BinaryReader;
  name: string;
  type: number;
  sequenceId: number;
} {
  const reader = new BinaryReader(bytes);
  return { reader, ...reader.messageBegin() };
}

const codec = suite('hot messages against node-thrift');

codec('a call request has the bytes of the generated client', () => {
  const theirs = requestBytes('rjit', Client, (client) => client.call(7, Buffer.from(packed)));
  const ours = written((writer) => writeCallRequest(writer, 1, { handle: 7, packed }));
  assert.is(hexOf(ours), hexOf(theirs));
  const { reader, name, sequenceId } = headerOf(theirs);
  assert.is(name, 'rjit:call');
  assert.is(sequenceId, 1);
  assert.equal(readCallRequest(reader), { handle: 7, packed });
});

codec('a map request has the bytes of the generated client', () => {
  const theirs = requestBytes('rjit', Client, (client) =>
    client.mapColumns(
      -3,
      new thrift.Int64(4),
      columns.map((column) => Buffer.from(column)),
    ),
  );
  const ours = written((writer) => writeMapRequest(writer, 1, { handle: -3, length: 4n, columns }));
  assert.is(hexOf(ours), hexOf(theirs));
  assert.equal(readMapRequest(headerOf(theirs).reader), { handle: -3, length: 4n, columns });
});

codec('a reply is read by the generated client', async () => {
  const ours = written((writer) => writeReply(writer, 'call', 1, packed));
  assert.is(hexOf((await clientReads(ours)) as Uint8Array), hexOf(packed));
  const theirs = protocolBytes((protocol) => {
    protocol.writeMessageBegin('call', Thrift.MessageType.REPLY, 1);
    protocol.writeFieldBegin('success', Thrift.Type.STRING, 0);
    protocol.writeBinary(Buffer.from(packed));
    protocol.writeFieldStop();
  });
  assert.is(hexOf(ours), hexOf(theirs));
  const { reader, type } = headerOf(theirs);
  assert.equal(readReply(reader, type), { kind: 'success', bytes: packed });
});

/** The generated client's own reader, on a request that was answered with `bytes`. */
function clientReads(bytes: Uint8Array): Promise<unknown> {
  const transport = new thrift.TBufferedTransport(undefined, () => undefined);
  const client = new Client(transport, thrift.TBinaryProtocol) as Client & ClientInternals;
  const result = client.call(1, Buffer.alloc(0));
  readByThrift(bytes, (protocol) => {
    const begin = protocol.readMessageBegin();
    client.recv_call(protocol, begin.mtype, begin.rseqid);
    return true;
  });
  return result;
}

interface ClientInternals {
  recv_call(input: thrift.TProtocol, type: thrift.Thrift.MessageType, sequenceId: number): void;
}

codec('a fault arrives at the generated client with every field', async () => {
  const error = new RemoteError('jit-crash', 'SIGSEGV in foo_lallA at 0xffffffffffffff00', {
    functionName: 'foo_lallA',
    signalName: 'SIGSEGV',
    address: 0xffff_ffff_ffff_ff00n,
    line: 2,
  });
  const ours = written((writer) => writeFaultReply(writer, 'call', 1, error.toFault()));
  const { reader, type } = headerOf(ours);
  const reply = readReply(reader, type);
  assert.equal(reply.kind === 'fault' && reply.error.toFault(), error.toFault());
  try {
    await clientReads(ours);
    assert.unreachable('the generated client took a fault for a result');
  } catch (caught) {
    assert.instance(caught, RemoteFault);
    const fault = caught as RemoteFault;
    assert.is(fault.code, 'jit-crash');
    assert.is(fault.message, error.detail);
    assert.is(fault.functionName, 'foo_lallA');
    assert.is(fault.signalName, 'SIGSEGV');
    assert.is(fault.address?.toString(), '-256');
    assert.is(fault.line, 2);
  }
});

codec('a fault the generated struct writes is read with every field', () => {
  // The generated declaration leaves `write` out.
  const fault = new RemoteFault({ code: 'cancelled', message: 'stopped', line: 4 }) as RemoteFault & {
    write(protocol: thrift.TProtocol): void;
  };
  const theirs = protocolBytes((protocol) => {
    protocol.writeMessageBegin('call', Thrift.MessageType.REPLY, 9);
    protocol.writeFieldBegin('fault', Thrift.Type.STRUCT, 1);
    fault.write(protocol);
    protocol.writeFieldStop();
  });
  const { reader, type, sequenceId } = headerOf(theirs);
  const reply = readReply(reader, type);
  assert.is(sequenceId, 9);
  assert.is(reply.kind === 'fault' && reply.error.message, '[cancelled] stopped');
});

codec("Thrift's own exception becomes a protocol error", () => {
  const theirs = protocolBytes((protocol) => {
    protocol.writeMessageBegin('call', Thrift.MessageType.EXCEPTION, 1);
    new Thrift.TApplicationException(Thrift.TApplicationExceptionType.UNKNOWN_METHOD, 'no such method').write(
      protocol,
    );
  });
  const { reader, type } = headerOf(theirs);
  const reply = readReply(reader, type);
  assert.match(reply.kind === 'fault' ? reply.error.message : '', /\[protocol\].*no such method/);
});

codec('unknown fields are stepped over, and missing ones named', () => {
  const theirs = protocolBytes((protocol) => {
    protocol.writeMessageBegin('rjit:call', Thrift.MessageType.CALL, 1);
    protocol.writeFieldBegin('future', Thrift.Type.MAP, 9);
    protocol.writeMapBegin(Thrift.Type.STRING, Thrift.Type.LIST, 1);
    protocol.writeString('key');
    protocol.writeListBegin(Thrift.Type.DOUBLE, 2);
    protocol.writeDouble(1);
    protocol.writeDouble(2);
    protocol.writeFieldBegin('handle', Thrift.Type.I32, 1);
    protocol.writeI32(5);
    protocol.writeFieldStop();
  });
  assert.throws(() => readCallRequest(headerOf(theirs).reader), /rjit:call needs 1: i32 handle/);
});

codec.run();

const rbc = suite('messages recorded from RBC');

/** foo(1, 3) as RBC's client sends it, and its server's answer. */
const RBC_CALL =
  '800100010000000e72656d6f74656a69743a63616c6c00000000' +
  '0b000100000009666f6f5f6c616c6c41' +
  '0c00020800010000000 20b0002000000044e6f6e650b000300000012' +
  '80049507000000000000004b014b0386942e0000';
const RBC_REPLY =
  '800100020000000463616c6c000000000c00000800010000000 20b0002000000044e6f6e650b00030000000580044b042e0000';

rbc('the call and its reply are cut from a stream at every offset', () => {
  const messages = [bytesOf(RBC_CALL), bytesOf(RBC_REPLY)];
  const stream = Uint8Array.from([...(messages[0] ?? []), ...(messages[1] ?? [])]);
  for (let split = 0; split <= stream.byteLength; split += 1) {
    const cut = collect([stream.subarray(0, split), stream.subarray(split)]);
    assert.equal(cut.map(hexOf), messages.map(hexOf), `split at ${split}`);
  }
  assert.equal(collect([...stream].map((byte) => Uint8Array.of(byte))).map(hexOf), messages.map(hexOf));
});

rbc('the call is read field by field', () => {
  const { reader, name, sequenceId } = headerOf(bytesOf(RBC_CALL));
  assert.is(name, 'remotejit:call');
  assert.is(sequenceId, 0);
  reader.field();
  assert.is(reader.string(), 'foo_lallA');
});

rbc.run();

const stream = suite('streams of messages');

function collect(chunks: readonly Uint8Array[]): Uint8Array[] {
  const cutter = new MessageStream(LIMIT);
  const messages: Uint8Array[] = [];
  for (const chunk of chunks) {
    cutter.push(chunk);
    for (let message = cutter.next(); message; message = cutter.next()) messages.push(message.slice());
  }
  assert.is(cutter.bufferedByteLength, 0);
  return messages;
}

function samples(): Uint8Array[] {
  return [
    written((writer) => writeCallRequest(writer, 1, { handle: 7, packed })),
    written((writer) => writeMapRequest(writer, 2, { handle: 7, length: 4n, columns })),
    written((writer) => writeReply(writer, 'mapColumns', 3, packed)),
    written((writer) =>
      writeFaultReply(writer, 'call', 4, new RemoteError('cancelled', 'stopped').toFault()),
    ),
    protocolBytes((protocol) => {
      protocol.writeMessageBegin('rjit:compile', Thrift.MessageType.CALL, 5);
      protocol.writeFieldBegin('options', Thrift.Type.MAP, 1);
      protocol.writeMapBegin(Thrift.Type.STRING, Thrift.Type.I32, 2);
      protocol.writeString('a');
      protocol.writeI32(1);
      protocol.writeString('bb');
      protocol.writeI32(2);
      protocol.writeFieldBegin('set', Thrift.Type.SET, 2);
      protocol.writeSetBegin(Thrift.Type.BOOL, 3);
      for (const flag of [true, false, true]) protocol.writeBool(flag);
      protocol.writeFieldStop();
    }),
  ];
}

stream('every message comes out whole, wherever the stream is split', () => {
  const messages = samples();
  const all = Uint8Array.from(messages.flatMap((message) => [...message]));
  for (let split = 0; split <= all.byteLength; split += 1) {
    const cut = collect([all.subarray(0, split), all.subarray(split)]);
    assert.equal(cut.map(hexOf), messages.map(hexOf), `split at ${split}`);
  }
});

stream('no message is taken before its last byte, and a reader refuses a shorter one', () => {
  for (const message of samples()) {
    for (let end = 0; end < message.byteLength; end += 1) {
      const cutter = new MessageStream(LIMIT);
      cutter.push(message.subarray(0, end));
      assert.is(cutter.next(), undefined);
    }
  }
  const call = samples()[0] ?? new Uint8Array();
  for (let end = 0; end < call.byteLength; end += 1) {
    assert.throws(
      () => readCallRequest(headerOf(call.subarray(0, end)).reader),
      (error: unknown) => error instanceof RemoteError,
      `cut at ${end}`,
    );
  }
});

stream('messages come out whole when every chunk is read into the same memory, long ones too', () => {
  const long = written((writer) =>
    writeReply(
      writer,
      'mapColumns',
      6,
      new Uint8Array(150_000).map((_, index) => index % 251),
    ),
  );
  const sent = [...samples(), long, ...samples(), long, long];
  const whole = Buffer.concat(sent);
  for (const size of [1, 7, 64, 4096, 65_536, 200_000]) {
    const cutter = new MessageStream(LIMIT);
    const memory = new Uint8Array(size);
    const messages: Uint8Array[] = [];
    // A byte at a time, the long ones would take too long.
    const end = size < 64 ? Buffer.concat(samples()).byteLength : whole.byteLength;
    for (let at = 0; at < end; at += size) {
      const chunk = memory.subarray(0, whole.subarray(at, Math.min(end, at + size)).copy(memory));
      cutter.push(chunk);
      for (let message = cutter.next(); message; message = cutter.next()) messages.push(message.slice());
      cutter.keep();
      memory.fill(0xff);
    }
    assert.equal(messages.map(hexOf), sent.slice(0, messages.length).map(hexOf));
    assert.is(messages.length, size < 64 ? samples().length : sent.length);
  }
});

/** Each is refused as soon as the bytes shown are there. */
const HOSTILE: readonly (readonly [what: string, hex: string, code: string])[] = [
  ['an HTTP request', '474554', 'protocol'],
  ['a framed message', '00000010', 'protocol'],
  ['a message type that does not exist', '80010009', 'protocol'],
  ['a name of 2 GB', '800100017fffffff', 'too-large'],
  ['a name of negative length', '80010001ffffffff', 'protocol'],
  ['a binary of 2 GB', '800100010000000161000000000b00017fffffff', 'too-large'],
  ['a list of 2^31 booleans', '800100010000000161000000000f0001027fffffff', 'too-large'],
  ['a list of 2^20 i64, eight times the limit', '800100010000000161000000000f00010a00100000', 'too-large'],
  ['a map of 2^31 pairs', '800100010000000161000000000d00010b0b7fffffff', 'too-large'],
  ['an unknown type', '80010001000000016100000000110001', 'protocol'],
  ['structs inside structs', `80010001000000016100000000${'0c0001'.repeat(80)}`, 'protocol'],
];

for (const [what, hex, code] of HOSTILE) {
  stream(`${what} is refused as ${code}`, () => {
    const cutter = new MessageStream(LIMIT);
    cutter.push(bytesOf(hex));
    assert.throws(
      () => cutter.next(),
      (error: unknown) => error instanceof RemoteError && error.code === code,
    );
  });
}

/** A call request with so many bytes of arguments, each other than its neighbours. */
function longCall(sequenceId: number, byteLength: number): Uint8Array {
  const args = Uint8Array.from({ length: byteLength }, (_, index) => (index * 7 + sequenceId) & 0xff);
  return written((writer) => writeCallRequest(writer, sequenceId, { handle: 7, packed: args }));
}

stream('long messages come out whole, however they are cut, with others before, between and behind', () => {
  const short = samples();
  const messages = [
    short[0],
    longCall(1, 70_000),
    longCall(2, 200_000),
    short[1],
    written((writer) =>
      writeMapRequest(writer, 3, {
        handle: 7,
        length: 9n,
        columns: [longCall(4, 70_000), longCall(5, 90_000)],
      }),
    ),
    short[2],
  ].map((message) => message ?? new Uint8Array());
  const all = new Uint8Array(Buffer.concat(messages));
  for (const size of [1 << 20, 100_000, 65_536, 40_000, 9_973, 61]) {
    const chunks = Array.from({ length: Math.ceil(all.byteLength / size) }, (_, index) =>
      all.subarray(index * size, (index + 1) * size),
    );
    assert.equal(collect(chunks), messages, `chunks of ${size}`);
  }
});

stream('a long message is put together in the memory that is lent for it, and only it', () => {
  const [long, next] = [longCall(1, 100_000), longCall(2, 10)];
  const memory = new Uint8Array(long.byteLength + 10);
  const asked: number[] = [];
  const cutter = new MessageStream(LIMIT, {
    lend: (begin, byteLength) => {
      asked.push(byteLength);
      assert.is(headerOf(begin).sequenceId, 1);
      return memory.subarray(0, byteLength);
    },
  });
  const all = new Uint8Array(Buffer.concat([long, next]));
  cutter.push(all.subarray(0, 60_000));
  assert.is(cutter.next(), undefined);
  cutter.push(all.subarray(60_000));
  const found = cutter.next();
  assert.is(found?.buffer, memory.buffer);
  assert.equal(found, long);
  assert.equal(cutter.next(), next);
  assert.is(cutter.bufferedByteLength, 0);
  assert.equal(asked, [long.byteLength]);
});

stream('the arguments of a long call lie at a multiple of 16 where the stream leads for them', () => {
  const cutter = new MessageStream(LIMIT, { lead: 13 });
  const message = longCall(1, 100_000);
  cutter.push(message.subarray(0, 50_000));
  assert.is(cutter.next(), undefined);
  cutter.push(message.subarray(50_000));
  const { packed: args } = readCallRequest(headerOf(cutter.next() ?? new Uint8Array()).reader);
  assert.is(args.byteLength, 100_000);
  assert.is(args.byteOffset % 16, 0);
});

stream('a message beyond the limit is refused, also when it declares no length', () => {
  const cutter = new MessageStream(100);
  // A struct of endless small fields.
  const field = bytesOf('03000107');
  assert.throws(() => {
    cutter.push(bytesOf('80010001000000016100000000'));
    for (let count = 0; count < 100; count += 1) {
      cutter.push(field);
      assert.is(cutter.next(), undefined);
    }
  }, /limit is 100 bytes/);
});

stream.run();
