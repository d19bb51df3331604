import { endOfValue } from './message-scanner.ts';
import { RemoteError } from './remote-error.ts';
import { checkMessagePrefix, ThriftType, VERSION_1 } from './thrift-types.ts';

export interface MessageHeader {
  /** With the service's prefix in requests: `rjit:call`. */
  readonly name: string;
  readonly type: number;
  readonly sequenceId: number;
}

const TEXT_ENCODER = new TextEncoder();
const TEXT_DECODER = new TextDecoder('utf-8', { fatal: true });

/**
 * Writes strict TBinaryProtocol. Reuse one writer: `reset` keeps its memory.
 * Numbers are big-endian; the bytes are those of node-thrift's TBinaryProtocol.
 */
export class BinaryWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  reset(): void {
    this.#length = 0;
  }

  /** Of what was written since `reset`. */
  get byteLength(): number {
    return this.#length;
  }

  /** What was written since `reset`; a view that the next `reset` invalidates. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was written, for a caller that keeps it. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  messageBegin(name: Uint8Array | string, type: number, sequenceId: number): void {
    this.#reserve(4);
    this.#view.setUint16(this.#length, VERSION_1);
    this.#view.setUint16(this.#length + 2, type);
    this.#length += 4;
    this.binary(typeof name === 'string' ? TEXT_ENCODER.encode(name) : name);
    this.i32(sequenceId);
  }

  field(type: number, id: number): void {
    this.#reserve(3);
    this.#bytes[this.#length] = type;
    this.#view.setInt16(this.#length + 1, id);
    this.#length += 3;
  }

  stop(): void {
    this.byte(ThriftType.stop);
  }

  listBegin(elementType: number, length: number): void {
    this.byte(elementType);
    this.i32(length);
  }

  mapBegin(keyType: number, valueType: number, length: number): void {
    this.byte(keyType);
    this.listBegin(valueType, length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  bool(value: boolean): void {
    this.byte(value ? 1 : 0);
  }

  i32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value);
    this.#length += 4;
  }

  i64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, value);
    this.#length += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  string(value: string): void {
    this.binary(TEXT_ENCODER.encode(value));
  }

  binary(value: Uint8Array): void {
    this.i32(value.byteLength);
    this.raw(value);
  }

  /** Bytes whose length is written already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength;
    if (needed <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.byteLength * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/**
 * Reads strict TBinaryProtocol from a message that is there as a whole (see MessageScanner).
 * What doesn't fit is a RemoteError `protocol`.
 */
export class BinaryReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  messageBegin(): MessageHeader {
    const start = this.#advance(4);
    const type = this.#view.getUint16(start + 2);
    checkMessagePrefix(this.#view.getUint16(start), type);
    return { name: this.string(), type, sequenceId: this.i32() };
  }

  /** The next field's type; `id` is then in `fieldId`. Returns `ThriftType.stop` at the end of the struct. */
  field(): number {
    const type = this.byte();
    if (type !== ThriftType.stop) this.fieldId = this.#view.getInt16(this.#advance(2));
    return type;
  }

  fieldId = 0;

  expectField(type: number, expected: number, what: string): void {
    if (type === expected) return;
    throw new RemoteError('protocol', `${what} arrived as Thrift type ${type}; type ${expected} is expected`);
  }

  byte(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#advance(8));
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  /** A view into the message, not a copy. */
  binary(): Uint8Array {
    const byteLength = this.#view.getInt32(this.#advance(4));
    if (byteLength < 0) throw new RemoteError('protocol', `a string of length ${byteLength} arrived`);
    const start = this.#advance(byteLength);
    return this.#bytes.subarray(start, start + byteLength);
  }

  string(): string {
    const bytes = this.binary();
    try {
      return TEXT_DECODER.decode(bytes);
    } catch (error) {
      throw new RemoteError('protocol', 'a string that is not UTF-8 arrived', { cause: error });
    }
  }

  listBegin(): { elementType: number; length: number } {
    const elementType = this.byte();
    const length = this.i32();
    if (length < 0) throw new RemoteError('protocol', `a list of length ${length} arrived`);
    return { elementType, length };
  }

  mapBegin(): { keyType: number; valueType: number; length: number } {
    const keyType = this.byte();
    const { elementType: valueType, length } = this.listBegin();
    return { keyType, valueType, length };
  }

  /** A value of `type` as it stands in the message: a view, not a copy. */
  raw(type: number): Uint8Array {
    const start = this.#position;
    this.skip(type);
    return this.#bytes.subarray(start, this.#position);
  }

  /** Steps over a value of `type`, as unknown fields are. */
  skip(type: number): void {
    const end = endOfValue(this.#bytes, this.#position, type);
    if (end === undefined) throw truncated();
    this.#position = end;
  }

  #advance(byteLength: number): number {
    const start = this.#position;
    if (start + byteLength > this.#bytes.byteLength) throw truncated();
    this.#position = start + byteLength;
    return start;
  }
}

function truncated(): RemoteError {
  return new RemoteError('protocol', 'a message ended before its last field');
}
