import type { BinaryReader, BinaryWriter } from './binary-protocol.ts';
import { MessageType, ThriftType } from './thrift-types.ts';

/*
 * The messages of `rjit:compile`, byte for byte as node-thrift's generated code writes them, in a quarter of its time.
 * A failure is answered as that of a call is (call-messages.ts).
 */
const ENCODER = new TextEncoder();
const NAME = ENCODER.encode('compile');
const REQUEST_NAME = ENCODER.encode('rjit:compile');

/** As in remotejit.thrift. */
export interface CompileRequest {
  readonly ir: string;
  readonly functions: readonly FunctionSpec[];
  readonly options: Readonly<Record<string, string>>;
}

export interface FunctionSpec {
  readonly name: string;
  readonly signature: string;
  readonly symbol: string;
}

/** As in remotejit.thrift. */
export interface CompileReport {
  readonly functions: readonly { readonly handle: number; readonly symbol: string }[];
  readonly phaseMicroseconds: Readonly<Record<string, number>>;
  readonly cached: boolean;
}

export function writeCompileRequest(
  writer: BinaryWriter,
  sequenceId: number,
  { ir, functions, options }: CompileRequest,
): void {
  writer.messageBegin(REQUEST_NAME, MessageType.call, sequenceId);
  writer.field(ThriftType.struct, 1);
  writer.field(ThriftType.string, 1);
  writer.string(ir);
  writer.field(ThriftType.list, 2);
  writer.listBegin(ThriftType.struct, functions.length);
  for (const { name, signature, symbol } of functions) {
    for (const [index, text] of [name, signature, symbol].entries()) {
      writer.field(ThriftType.string, index + 1);
      writer.string(text);
    }
    writer.stop();
  }
  const entries = Object.entries(options);
  writer.field(ThriftType.map, 3);
  writer.mapBegin(ThriftType.string, ThriftType.string, entries.length);
  for (const entry of entries) for (const text of entry) writer.string(text);
  writer.stop();
  writer.stop();
}

/**
 * Reads the arguments of `rjit:compile`; the reader stands after the message's header. What is missing is empty: it is
 * for the compiler to refuse.
 */
export function readCompileRequest(reader: BinaryReader): CompileRequest {
  let request: CompileRequest = { ir: '', functions: [], options: {} };
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.struct) request = readRequest(reader);
    else reader.skip(type);
  }
  return request;
}

function readRequest(reader: BinaryReader): CompileRequest {
  let ir = '';
  let functions: readonly FunctionSpec[] = [];
  let options: Readonly<Record<string, string>> = {};
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.string) ir = reader.string();
    else if (reader.fieldId === 2 && type === ThriftType.list) functions = readList(reader, readFunction);
    else if (reader.fieldId === 3 && type === ThriftType.map) {
      options = readMap(reader, ThriftType.string, () => reader.string());
    } else reader.skip(type);
  }
  return { ir, functions, options };
}

function readFunction(reader: BinaryReader): FunctionSpec {
  let name = '';
  let signature = '';
  let symbol = '';
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.string) name = reader.string();
    else if (reader.fieldId === 2 && type === ThriftType.string) signature = reader.string();
    else if (reader.fieldId === 3 && type === ThriftType.string) symbol = reader.string();
    else reader.skip(type);
  }
  return { name, signature, symbol };
}

export function writeCompileReply(
  writer: BinaryWriter,
  sequenceId: number,
  { functions, phaseMicroseconds, cached }: CompileReport,
): void {
  writer.messageBegin(NAME, MessageType.reply, sequenceId);
  writer.field(ThriftType.struct, 0);
  writer.field(ThriftType.list, 1);
  writer.listBegin(ThriftType.struct, functions.length);
  for (const { handle, symbol } of functions) {
    writer.field(ThriftType.i32, 1);
    writer.i32(handle);
    writer.field(ThriftType.string, 2);
    writer.string(symbol);
    writer.stop();
  }
  const phases = Object.entries(phaseMicroseconds);
  writer.field(ThriftType.map, 2);
  writer.mapBegin(ThriftType.string, ThriftType.double, phases.length);
  for (const [phase, microseconds] of phases) {
    writer.string(phase);
    writer.double(microseconds);
  }
  writer.field(ThriftType.bool, 3);
  writer.bool(cached);
  writer.stop();
  writer.stop();
}

/** Reads the result of a reply to `compile`, as `readReply` gives it. */
export function readCompileReport(reader: BinaryReader): CompileReport {
  let functions: CompileReport['functions'] = [];
  let phaseMicroseconds: Readonly<Record<string, number>> = {};
  let cached = false;
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.list) functions = readList(reader, readCompiled);
    else if (reader.fieldId === 2 && type === ThriftType.map) {
      phaseMicroseconds = readMap(reader, ThriftType.double, () => reader.double());
    } else if (reader.fieldId === 3 && type === ThriftType.bool) cached = reader.bool();
    else reader.skip(type);
  }
  return { functions, phaseMicroseconds, cached };
}

function readCompiled(reader: BinaryReader): CompileReport['functions'][number] {
  let handle = 0;
  let symbol = '';
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.i32) handle = reader.i32();
    else if (reader.fieldId === 2 && type === ThriftType.string) symbol = reader.string();
    else reader.skip(type);
  }
  return { handle, symbol };
}

function readList<T>(reader: BinaryReader, readElement: (reader: BinaryReader) => T): T[] {
  const { elementType, length } = reader.listBegin();
  reader.expectField(elementType, ThriftType.struct, 'an element of a list');
  const elements: T[] = [];
  for (let index = 0; index < length; index += 1) elements.push(readElement(reader));
  return elements;
}

function readMap<T>(reader: BinaryReader, valueType: number, readValue: () => T): Record<string, T> {
  const { keyType, valueType: found, length } = reader.mapBegin();
  const entries: [string, T][] = [];
  if (length > 0) {
    reader.expectField(keyType, ThriftType.string, 'a key of a map');
    reader.expectField(found, valueType, 'a value of a map');
  }
  for (let index = 0; index < length; index += 1) entries.push([reader.string(), readValue()]);
  return Object.fromEntries(entries);
}
