import thrift from 'thrift';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as types from '#thrift/remotejit_types.js';
import { Client, Processor } from '#thrift/rjit.js';
import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { readReply } from '../../../backend/contract/call-messages.ts';
import {
  type CompileReport,
  type CompileRequest,
  readCompileReport,
  readCompileRequest,
  writeCompileReply,
  writeCompileRequest,
} from '../../../backend/contract/compile-messages.ts';
import { dispatch, thriftService } from '../../../backend/service/thrift-dispatch.ts';
import { hexOf } from '../../support/bytes.ts';
import { protocolBytes, readByThrift, requestBytes } from '../../support/thrift-bytes.ts';

const { Thrift } = thrift;

const REQUEST: CompileRequest = {
  ir: 'define i64 @"größe_lA"() {\n  ret i64 1\n}\n',
  functions: [
    { name: 'größe', signature: 'int64(void)', symbol: 'größe_lA' },
    { name: 'b', signature: 'float64(int32)', symbol: 'b_diA' },
  ],
  options: { files: '["In[1]"]', raises: '[]' },
};

const REPORT: CompileReport = {
  functions: [
    { handle: 7, symbol: 'größe_lA' },
    { handle: 8, symbol: 'b_diA' },
  ],
  phaseMicroseconds: { parse: 120.5, total: 3000 },
  cached: true,
};

function written(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter(4);
  write(writer);
  return writer.copy();
}

function afterHeader(bytes: Uint8Array): BinaryReader {
  const reader = new BinaryReader(bytes);
  reader.messageBegin();
  return reader;
}

const codec = suite('the messages of a compilation against node-thrift');

codec('a request has the bytes of the generated client, and is read from them', () => {
  const { ir, functions, options } = REQUEST;
  const specs = functions.map((spec) => new types.FunctionSpec(spec));
  const theirs = requestBytes('rjit', Client, (client) =>
    client.compile(new types.CompileRequest({ ir, functions: specs, options: { ...options } })),
  );
  assert.is(hexOf(written((writer) => writeCompileRequest(writer, 1, REQUEST))), hexOf(theirs));
  assert.equal(readCompileRequest(afterHeader(theirs)), REQUEST);
});

codec('a report is read by the generated client', async () => {
  const ours = written((writer) => writeCompileReply(writer, 1, REPORT));
  const transport = new thrift.TBufferedTransport(undefined, () => undefined);
  const client = new Client(transport, thrift.TBinaryProtocol) as Client & ClientInternals;
  const result = client.compile(new types.CompileRequest({ ir: '', functions: [], options: {} }));
  readByThrift(ours, (protocol) => {
    const begin = protocol.readMessageBegin();
    client.recv_compile(protocol, begin.mtype, begin.rseqid);
    return true;
  });
  const { functions, phaseMicroseconds, cached } = await result;
  assert.equal(
    functions.map(({ handle, symbol }) => ({ handle, symbol })),
    REPORT.functions,
  );
  assert.equal({ ...phaseMicroseconds }, REPORT.phaseMicroseconds);
  assert.is(cached, true);
});

interface ClientInternals {
  recv_compile(input: thrift.TProtocol, type: thrift.Thrift.MessageType, sequenceId: number): void;
}

codec('a report has the bytes of the generated server, and is read from them', async () => {
  const request = requestBytes('rjit', Client, (client) =>
    client.compile(new types.CompileRequest({ ir: 'x', functions: [], options: {} })),
  );
  const service = thriftService(Processor, {
    compile: async (_request: types.CompileRequest) =>
      new types.CompileReport({
        functions: REPORT.functions.map((one) => new types.CompiledFunction(one)),
        phaseMicroseconds: { ...REPORT.phaseMicroseconds },
        cached: REPORT.cached,
      }),
  });
  const header = new BinaryReader(request).messageBegin();
  const theirs = await dispatch(new Map([['rjit', service]]), header, request);
  const ours = written((writer) => writeCompileReply(writer, header.sequenceId, REPORT));
  assert.is(hexOf(ours), hexOf(theirs));
  const reply = readReply(afterHeader(theirs), Thrift.MessageType.REPLY);
  if (reply.kind !== 'success') throw reply.error;
  assert.equal(readCompileReport(new BinaryReader(reply.bytes)), REPORT);
});

codec('fields that a later version adds are passed over, and those that are missing are empty', () => {
  const message = protocolBytes((protocol) => {
    protocol.writeMessageBegin('rjit:compile', Thrift.MessageType.CALL, 5);
    protocol.writeFieldBegin('new', Thrift.Type.I32, 9);
    protocol.writeI32(1);
    protocol.writeFieldBegin('request', Thrift.Type.STRUCT, 1);
    protocol.writeFieldBegin('new', Thrift.Type.LIST, 12);
    protocol.writeListBegin(Thrift.Type.I32, 1);
    protocol.writeI32(1);
    protocol.writeFieldBegin('ir', Thrift.Type.STRING, 1);
    protocol.writeString('text');
    protocol.writeFieldStop();
    protocol.writeFieldStop();
  });
  assert.equal(readCompileRequest(afterHeader(message)), { ir: 'text', functions: [], options: {} });
  const empty = protocolBytes((protocol) => {
    protocol.writeMessageBegin('rjit:compile', Thrift.MessageType.CALL, 5);
    protocol.writeFieldStop();
  });
  assert.equal(readCompileRequest(afterHeader(empty)), { ir: '', functions: [], options: {} });
});

codec('a list or map of other things than it should hold is no request', () => {
  const message = protocolBytes((protocol) => {
    protocol.writeMessageBegin('rjit:compile', Thrift.MessageType.CALL, 5);
    protocol.writeFieldBegin('request', Thrift.Type.STRUCT, 1);
    protocol.writeFieldBegin('functions', Thrift.Type.LIST, 2);
    protocol.writeListBegin(Thrift.Type.I32, 1);
    protocol.writeI32(1);
    protocol.writeFieldStop();
    protocol.writeFieldStop();
  });
  assert.throws(
    () => readCompileRequest(afterHeader(message)),
    /an element of a list arrived as Thrift type 8/,
  );
});

codec.run();
