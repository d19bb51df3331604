import thrift from 'thrift';
import { HelloRequest } from '#thrift/remotejit_types.js';
import { Client as RjitClient } from '#thrift/rjit.js';
import { packInt64s } from './rjit-client.ts';
import { protocolBytes, requestBytes } from './thrift-bytes.ts';

/** Single messages of the `rjit` service as bytes, made by node-thrift, for tests that send them in odd ways. */

export function helloMessage(): Buffer {
  const request = new HelloRequest({ clientName: 'test', token: '', session: '' });
  return Buffer.from(requestBytes('rjit', RjitClient, (client) => client.hello(request)));
}

export function attachMessage(session: string): Buffer {
  return Buffer.from(requestBytes('rjit', RjitClient, (client) => client.attach(session, '')));
}

/** A call of int64(int64, int64). */
export function callMessage(handle: number, a: bigint, b: bigint): Buffer {
  return Buffer.from(requestBytes('rjit', RjitClient, (client) => client.call(handle, packInt64s(a, b))));
}

/** A call message of any name without arguments. */
export function emptyMessage(name: string): Buffer {
  const bytes = protocolBytes((protocol) => {
    protocol.writeMessageBegin(name, thrift.Thrift.MessageType.CALL, 0);
    protocol.writeFieldStop();
    protocol.writeMessageEnd();
  });
  return Buffer.from(bytes);
}

/** What `attach` is answered with: header with the name, field 0 with true, stop. */
export const attachReplyByteLength = 4 + 4 + 'attach'.length + 4 + 3 + 1 + 1;

const resultByteLength = 16;

/** What `call` is answered with: header with the name, field 0 with a packed result, stop. */
export const callReplyByteLength = 4 + 4 + 'call'.length + 4 + 3 + 4 + resultByteLength + 1;

export function resultOfReply(reply: Buffer): bigint {
  return reply.readBigInt64LE(callReplyByteLength - 1 - resultByteLength);
}
