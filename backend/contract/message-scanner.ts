import { RemoteError } from './remote-error.ts';
import { checkMessagePrefix, ThriftType } from './thrift-types.ts';

const MAX_DEPTH = 64;

/** Frames of the scan: a value of a Thrift type (its code), the fields of a struct, the elements of a container. */
const FIELDS = -1;
const ELEMENTS = -2;

/**
 * Finds where the first message of a growing buffer ends, reading no values: the way to cut a stream into messages.
 * It goes on where it stopped, so a message that comes in many pieces is looked at once.
 */
export class MessageScanner {
  readonly #maxMessageBytes: number;
  #position = 0;
  /** See `leastByteLength`. */
  #leastByteLength = 0;
  /** One entry a frame in each: kind, elements left, and the one or two types of the elements. */
  readonly #kinds: number[] = [];
  readonly #counts: number[] = [];
  readonly #evenTypes: number[] = [];
  readonly #oddTypes: number[] = [];

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Begins again, at the start of a message. */
  reset(): void {
    this.#position = 0;
    this.#leastByteLength = 0;
    this.#clear();
  }

  #clear(): void {
    for (const stack of [this.#kinds, this.#counts, this.#evenTypes, this.#oddTypes]) stack.length = 0;
  }

  /** The message is at least this long, by the lengths it has declared so far. */
  get leastByteLength(): number {
    return this.#leastByteLength;
  }

  /**
   * @param bytes the message from its first byte; longer at each call until it is all there
   * @returns its length in bytes, or undefined while more bytes are needed
   * @throws RemoteError `too-large` as soon as a declared size exceeds the limit, `protocol` when it is no message
   */
  scan(bytes: Uint8Array): number | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#position === 0 && !this.#begin(view)) return undefined;
    const end = this.#run(view);
    if ((end ?? bytes.byteLength) > this.#maxMessageBytes) throw this.#tooLarge(end ?? bytes.byteLength);
    return end;
  }

  /** The end of the value of `type` at `start`, or undefined when it isn't all there. */
  scanValue(bytes: Uint8Array, start: number, type: number): number | undefined {
    this.#clear();
    this.#position = start;
    this.#push(type);
    return this.#run(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  /** Refuses what can't become a message at its first wrong byte. */
  #begin(view: DataView): boolean {
    if (view.byteLength < 4) {
      const byte = (index: number, expected: number) =>
        index < view.byteLength ? view.getUint8(index) : expected;
      checkMessagePrefix(byte(0, 0x80) * 256 + byte(1, 0x01), byte(2, 0) * 256 + 1);
      return false;
    }
    checkMessagePrefix(view.getUint16(0), view.getUint16(2));
    this.#position = 4;
    // The header's name and sequence id, then the arguments or the result.
    this.#push(ThriftType.struct);
    this.#push(ThriftType.i32);
    this.#push(ThriftType.string);
    return true;
  }

  #run(view: DataView): number | undefined {
    while (this.#kinds.length > 0) {
      const kind = this.#kinds.at(-1) ?? FIELDS;
      const moved =
        kind === FIELDS
          ? this.#field(view)
          : kind === ELEMENTS
            ? this.#elements(view)
            : this.#value(view, kind);
      if (!moved) return undefined;
    }
    return this.#position;
  }

  #push(kind: number, count = 0, evenType = 0, oddType = 0): void {
    if (this.#kinds.length >= MAX_DEPTH) {
      throw new RemoteError('protocol', `values nested deeper than ${MAX_DEPTH} arrived`);
    }
    this.#kinds.push(kind);
    this.#counts.push(count);
    this.#evenTypes.push(evenType);
    this.#oddTypes.push(oddType);
  }

  #pop(): true {
    this.#kinds.pop();
    this.#counts.pop();
    this.#evenTypes.pop();
    this.#oddTypes.pop();
    return true;
  }

  /** Whether the frame on top was finished or replaced; false when bytes are missing. */
  #value(view: DataView, type: number): boolean {
    const fixed = fixedByteLength(type);
    if (fixed > 0) return this.#advance(view, fixed) && this.#pop();
    switch (type) {
      case ThriftType.string:
        return this.#string(view);
      case ThriftType.struct:
        this.#pop();
        this.#push(FIELDS);
        return true;
      case ThriftType.list:
      case ThriftType.set:
        return this.#container(view, 1);
      case ThriftType.map:
        return this.#container(view, 2);
      default:
        throw new RemoteError('protocol', `unknown Thrift type ${type} arrived`);
    }
  }

  #string(view: DataView): boolean {
    if (this.#position + 4 > view.byteLength) return false;
    const byteLength = declaredLength(view, this.#position, 'string');
    this.#checkLimit(4 + byteLength);
    // Whatever holds it ends with a stop.
    this.#leastByteLength = this.#position + 4 + byteLength + 1;
    return this.#advance(view, 4 + byteLength) && this.#pop();
  }

  #container(view: DataView, typeCount: 1 | 2): boolean {
    const start = this.#position;
    if (start + typeCount + 4 > view.byteLength) return false;
    const length = declaredLength(view, start + typeCount, 'container');
    // An element takes at least one byte, so a count beyond the limit can't be honest.
    this.#checkLimit(length * typeCount);
    this.#position = start + typeCount + 4;
    this.#pop();
    this.#push(ELEMENTS, length * typeCount, view.getUint8(start), view.getUint8(start + typeCount - 1));
    return true;
  }

  #elements(view: DataView): boolean {
    const top = this.#counts.length - 1;
    const left = this.#counts[top] ?? 0;
    if (left === 0) return this.#pop();
    const even = this.#evenTypes[top] ?? 0;
    const odd = this.#oddTypes[top] ?? 0;
    const fixed = fixedByteLength(even);
    if (even === odd && fixed > 0) {
      this.#checkLimit(left * fixed);
      return this.#advance(view, left * fixed) && this.#pop();
    }
    this.#counts[top] = left - 1;
    // A map's keys and values alternate; its count was doubled, so keys fall on even remainders.
    this.#push(left % 2 === 0 ? even : odd);
    return true;
  }

  #field(view: DataView): boolean {
    if (this.#position >= view.byteLength) return false;
    const type = view.getUint8(this.#position);
    if (type === ThriftType.stop) {
      this.#position += 1;
      return this.#pop();
    }
    if (!this.#advance(view, 3)) return false;
    this.#push(type);
    return true;
  }

  #advance(view: DataView, byteLength: number): boolean {
    if (this.#position + byteLength > view.byteLength) return false;
    this.#position += byteLength;
    return true;
  }

  #checkLimit(byteLength: number): void {
    if (this.#position + byteLength > this.#maxMessageBytes)
      throw this.#tooLarge(this.#position + byteLength);
  }

  #tooLarge(byteLength: number): RemoteError {
    return new RemoteError(
      'too-large',
      `a message of at least ${byteLength} bytes arrived; the limit is ${this.#maxMessageBytes} bytes`,
    );
  }
}

/** The offset after the value of `type` at `start`, or undefined when it isn't all there. */
export function endOfValue(bytes: Uint8Array, start: number, type: number): number | undefined {
  return new MessageScanner(bytes.byteLength).scanValue(bytes, start, type);
}

/** 0 for types whose length depends on the value. */
function fixedByteLength(type: number): number {
  switch (type) {
    case ThriftType.bool:
    case ThriftType.byte:
      return 1;
    case ThriftType.i16:
      return 2;
    case ThriftType.i32:
      return 4;
    case ThriftType.i64:
    case ThriftType.double:
      return 8;
    default:
      return 0;
  }
}

function declaredLength(view: DataView, offset: number, what: string): number {
  const length = view.getInt32(offset);
  if (length < 0) throw new RemoteError('protocol', `a ${what} of length ${length} arrived`);
  return length;
}
