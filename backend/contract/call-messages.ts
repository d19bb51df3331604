import type { BinaryReader, BinaryWriter } from './binary-protocol.ts';
import { type FaultFields, RemoteError } from './remote-error.ts';
import { MessageType, ThriftType } from './thrift-types.ts';

/**
 * The messages of the hot path, `rjit:call` and `rjit:mapColumns`, byte for byte as node-thrift's generated code
 * writes them. Requests carry the service's prefix, replies don't.
 */
const ENCODER = new TextEncoder();
const NAMES: Readonly<Record<HotMethod, Uint8Array>> = {
  call: ENCODER.encode('call'),
  mapColumns: ENCODER.encode('mapColumns'),
  compile: ENCODER.encode('compile'),
};
const REQUEST_NAMES: Readonly<Record<CallMethod, Uint8Array>> = {
  call: ENCODER.encode('rjit:call'),
  mapColumns: ENCODER.encode('rjit:mapColumns'),
};

/** Those whose result is bytes. */
export type CallMethod = 'call' | 'mapColumns';
/** Those with a codec of their own; `compile`'s is in compile-messages.ts. */
export type HotMethod = CallMethod | 'compile';

export interface CallRequest {
  readonly handle: number;
  /** A view into the message. */
  readonly packed: Uint8Array;
}

export interface MapRequest {
  readonly handle: number;
  readonly length: bigint;
  /** Views into the message. */
  readonly columns: readonly Uint8Array[];
}

export type Reply =
  /** A view into the message. */
  | { readonly kind: 'success'; readonly bytes: Uint8Array }
  | { readonly kind: 'fault'; readonly error: RemoteError };

export function writeCallRequest(writer: BinaryWriter, sequenceId: number, request: CallRequest): void {
  writeCallHead(writer, sequenceId, request.handle, request.packed.byteLength);
  writer.raw(request.packed);
  writer.stop();
}

/** A request up to its packed arguments: `byteLength` bytes and a stop follow. */
export function writeCallHead(
  writer: BinaryWriter,
  sequenceId: number,
  handle: number,
  byteLength: number,
): void {
  writer.messageBegin(REQUEST_NAMES.call, MessageType.call, sequenceId);
  writer.field(ThriftType.i32, 1);
  writer.i32(handle);
  writer.field(ThriftType.string, 2);
  writer.i32(byteLength);
}

export function writeMapRequest(writer: BinaryWriter, sequenceId: number, request: MapRequest): void {
  writeMapHead(writer, sequenceId, request);
  for (const column of request.columns) writer.binary(column);
  writer.stop();
}

/** A request up to its columns: each with its length in front, and a stop, follow. */
export function writeMapHead(
  writer: BinaryWriter,
  sequenceId: number,
  { handle, length, columns }: MapRequest,
): void {
  writer.messageBegin(REQUEST_NAMES.mapColumns, MessageType.call, sequenceId);
  writer.field(ThriftType.i32, 1);
  writer.i32(handle);
  writer.field(ThriftType.i64, 2);
  writer.i64(length);
  writer.field(ThriftType.list, 3);
  writer.listBegin(ThriftType.string, columns.length);
}

/** A reply up to its result: `byteLength` bytes and a stop follow. */
export function writeReplyHead(
  writer: BinaryWriter,
  method: CallMethod,
  sequenceId: number,
  byteLength: number,
): void {
  writer.messageBegin(NAMES[method], MessageType.reply, sequenceId);
  writer.field(ThriftType.string, 0);
  writer.i32(byteLength);
}

export function writeFaultReply(
  writer: BinaryWriter,
  method: HotMethod,
  sequenceId: number,
  fault: FaultFields,
): void {
  writer.messageBegin(NAMES[method], MessageType.reply, sequenceId);
  writer.field(ThriftType.struct, 1);
  writeFault(writer, fault);
  writer.stop();
}

function writeFault(writer: BinaryWriter, fault: FaultFields): void {
  writer.field(ThriftType.string, 1);
  writer.string(fault.code);
  writer.field(ThriftType.string, 2);
  writer.string(fault.message);
  if (fault.functionName !== undefined) {
    writer.field(ThriftType.string, 3);
    writer.string(fault.functionName);
  }
  if (fault.signalName !== undefined) {
    writer.field(ThriftType.string, 4);
    writer.string(fault.signalName);
  }
  if (fault.address !== undefined) {
    writer.field(ThriftType.i64, 5);
    writer.i64(BigInt.asIntN(64, fault.address));
  }
  if (fault.line !== undefined) {
    writer.field(ThriftType.i32, 6);
    writer.i32(fault.line);
  }
  if (fault.fileName !== undefined) {
    writer.field(ThriftType.string, 7);
    writer.string(fault.fileName);
  }
  writer.stop();
}

/** Reads the arguments of `rjit:call`; the reader stands after the message's header. */
export function readCallRequest(reader: BinaryReader): CallRequest {
  let handle: number | undefined;
  let packed: Uint8Array | undefined;
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.i32) handle = reader.i32();
    else if (reader.fieldId === 2 && type === ThriftType.string) packed = reader.binary();
    else reader.skip(type);
  }
  if (handle === undefined || packed === undefined) {
    throw new RemoteError('bad-request', 'rjit:call needs 1: i32 handle and 2: binary packed');
  }
  return { handle, packed };
}

/** Reads the arguments of `rjit:mapColumns`; the reader stands after the message's header. */
export function readMapRequest(reader: BinaryReader): MapRequest {
  let handle: number | undefined;
  let length: bigint | undefined;
  let columns: Uint8Array[] | undefined;
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.i32) handle = reader.i32();
    else if (reader.fieldId === 2 && type === ThriftType.i64) length = reader.i64();
    else if (reader.fieldId === 3 && type === ThriftType.list) columns = readColumns(reader);
    else reader.skip(type);
  }
  if (handle === undefined || length === undefined || columns === undefined) {
    throw new RemoteError(
      'bad-request',
      'rjit:mapColumns needs 1: i32 handle, 2: i64 length and 3: list<binary> columns',
    );
  }
  return { handle, length, columns };
}

function readColumns(reader: BinaryReader): Uint8Array[] {
  const { elementType, length } = reader.listBegin();
  reader.expectField(elementType, ThriftType.string, 'a column');
  const columns: Uint8Array[] = [];
  for (let index = 0; index < length; index += 1) columns.push(reader.binary());
  return columns;
}

/** Reads the reply to a hot method; the reader stands after the message's header. */
export function readReply(reader: BinaryReader, messageType: number): Reply {
  if (messageType === MessageType.exception)
    return { kind: 'fault', error: readApplicationException(reader) };
  let reply: Reply | undefined;
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 0 && type === ThriftType.string)
      reply = { kind: 'success', bytes: reader.binary() };
    else if (reader.fieldId === 0 && type === ThriftType.struct)
      reply = { kind: 'success', bytes: reader.raw(type) };
    else if (reader.fieldId === 1 && type === ThriftType.struct)
      reply = { kind: 'fault', error: readFault(reader) };
    else reader.skip(type);
  }
  if (reply) return reply;
  throw new RemoteError('protocol', 'a reply without a result and without an error arrived');
}

/** Reads a RemoteFault struct. */
export function readFault(reader: BinaryReader): RemoteError {
  let code = '';
  let message = '';
  let functionName: string | undefined;
  let signalName: string | undefined;
  let address: bigint | undefined;
  let line: number | undefined;
  let fileName: string | undefined;
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    const field = `${reader.fieldId}:${type}`;
    if (field === `1:${ThriftType.string}`) code = reader.string();
    else if (field === `2:${ThriftType.string}`) message = reader.string();
    else if (field === `3:${ThriftType.string}`) functionName = reader.string();
    else if (field === `4:${ThriftType.string}`) signalName = reader.string();
    else if (field === `5:${ThriftType.i64}`) address = BigInt.asUintN(64, reader.i64());
    else if (field === `6:${ThriftType.i32}`) line = reader.i32();
    else if (field === `7:${ThriftType.string}`) fileName = reader.string();
    else reader.skip(type);
  }
  return RemoteError.fromFault({ code, message, functionName, signalName, address, fileName, line });
}

/** Thrift's own exception, when a server doesn't know a method or can't read its arguments. */
function readApplicationException(reader: BinaryReader): RemoteError {
  let message = 'no message';
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.string) message = reader.string();
    else reader.skip(type);
  }
  return new RemoteError('protocol', `the server answered with a Thrift exception: ${message}`);
}
