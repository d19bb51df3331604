import type { Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { MessageType, ThriftType } from '../../../backend/contract/thrift-types.ts';
import { ThriftConnection } from '../../../kernel/rjit/io/thrift-connection.ts';
import type { RemoteError } from '../../../kernel/rjit/remote-jit.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { errorOf } from '../../support/remote-jit.ts';

const REQUEST = { ir: 'define', functions: [], options: {} };

/** Answers a compilation with a report whose functions are texts. */
function answerWrongly(socket: Socket): void {
  socket.once('data', (bytes) => {
    const { sequenceId } = new BinaryReader(bytes).messageBegin();
    const writer = new BinaryWriter();
    writer.messageBegin(new TextEncoder().encode('compile'), MessageType.reply, sequenceId);
    writer.field(ThriftType.struct, 0);
    writer.field(ThriftType.list, 1);
    writer.listBegin(ThriftType.string, 1);
    writer.string('add');
    writer.stop();
    writer.stop();
    socket.write(writer.copy());
  });
}

test('a compilation whose answer can’t be read fails', async () => {
  const server = FakeServer.raw(answerWrongly);
  const location = { host: '127.0.0.1', port: await server.listen(), token: '', tls: undefined };
  const connection = await ThriftConnection.open(location);
  try {
    const error = (await errorOf(() => connection.compile(REQUEST))) as RemoteError;
    assert.is(error.code, 'protocol');
    assert.match(error.message, /an element of a list/);
  } finally {
    connection.destroy();
    await server.close();
  }
});

test.run();
