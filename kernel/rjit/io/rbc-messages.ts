import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { MessageType, ThriftType } from '../../../backend/contract/thrift-types.ts';
import { rbcError } from './rbc-error.ts';

/**
 * The messages of RBC's service `remotejit`, byte for byte as its Python client writes them: the sequence id is always
 * 0, so replies belong to requests by their order alone.
 */
const PICKLED = 2;
/** What RBC's client writes where a pickle has no type to tell. */
const NO_INFO = new TextEncoder().encode('None');
const EXC_TBLIB = 1;

export function targetsRequest(): Uint8Array {
  return request('targets', () => undefined);
}

/** @param signatures the mangled parts of the functions' names, `_lallA`, joined by `;` */
export function compileRequest(name: string, signatures: string, ir: string): Uint8Array {
  return request('compile', (writer) => {
    writer.field(ThriftType.string, 1);
    writer.string(name);
    writer.field(ThriftType.string, 2);
    writer.string(signatures);
    writer.field(ThriftType.string, 3);
    writer.string(ir);
  });
}

/** @param pickle of the tuple of arguments */
export function callRequest(fullName: string, pickle: Uint8Array): Uint8Array {
  return request('call', (writer) => {
    writer.field(ThriftType.string, 1);
    writer.string(fullName);
    writer.field(ThriftType.struct, 2);
    writer.field(ThriftType.i32, 1);
    writer.i32(PICKLED);
    writer.field(ThriftType.string, 2);
    writer.binary(NO_INFO);
    writer.field(ThriftType.string, 3);
    writer.binary(pickle);
    writer.stop();
  });
}

function request(method: string, writeArguments: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  writer.messageBegin(`remotejit:${method}`, MessageType.call, 0);
  writeArguments(writer);
  writer.stop();
  return writer.written();
}

/** The devices' descriptions, JSON texts by name. @throws RemoteError also what the server answered */
export function readTargets(message: Uint8Array): ReadonlyMap<string, string> {
  return readReply(message, ThriftType.map, (reader) => {
    const [keyType, valueType, length] = [reader.byte(), reader.byte(), reader.i32()];
    if (length > 0) {
      reader.expectField(keyType, ThriftType.string, 'a device');
      reader.expectField(valueType, ThriftType.string, 'a device’s description');
    }
    const targets = new Map<string, string>();
    for (let index = 0; index < length; index += 1) {
      const device = reader.string();
      targets.set(device, reader.string());
    }
    return targets;
  });
}

/** @throws RemoteError also what the server answered */
export function readCompiled(message: Uint8Array): boolean {
  return readReply(message, ThriftType.bool, (reader) => reader.bool());
}

/** The pickled result of a call. @throws RemoteError also what the server answered */
export function readResult(message: Uint8Array): Uint8Array {
  return readReply(message, ThriftType.struct, (reader) => {
    let kind: number | undefined;
    let data: Uint8Array | undefined;
    for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
      if (reader.fieldId === 1 && type === ThriftType.i32) kind = reader.i32();
      else if (reader.fieldId === 3 && type === ThriftType.string) data = reader.binary();
      else reader.skip(type);
    }
    if (kind === PICKLED && data !== undefined) return data;
    throw new RemoteError(
      'unsupported',
      `the function returned data of kind ${kind}; only pickled values are read`,
    );
  });
}

function readReply<T>(message: Uint8Array, resultType: number, read: (reader: BinaryReader) => T): T {
  const reader = new BinaryReader(message);
  const { type: messageType } = reader.messageBegin();
  if (messageType !== MessageType.reply) {
    throw new RemoteError('protocol', `the server answered with a Thrift message of type ${messageType}`);
  }
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 0 && type === resultType) return read(reader);
    if (reader.fieldId === 1 && type === ThriftType.struct) throw readException(reader);
    reader.skip(type);
  }
  throw new RemoteError('protocol', 'a reply without a result and without an error arrived');
}

function readException(reader: BinaryReader): RemoteError {
  let kind = 0;
  let message: Uint8Array = new Uint8Array(0);
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.i32) kind = reader.i32();
    else if (reader.fieldId === 2 && type === ThriftType.string) message = reader.binary();
    else reader.skip(type);
  }
  return rbcError(message, kind === EXC_TBLIB);
}
