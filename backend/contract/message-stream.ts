import { MessageScanner } from './message-scanner.ts';

const NOTHING = new Uint8Array(0);
/** Up to here, what a message says of its own length is not worth an allocation of just that size. */
const SMALL_BYTES = 64 * 1024;

export interface MessageStreamOptions {
  /**
   * A long message begins so many bytes behind a multiple of 16, so that what lies at a known place in it lies well.
   */
  readonly lead?: number;
  /**
   * Memory in which a long message may be put together.
   *
   * @param begin what there is of it
   * @returns undefined, or memory of at least `byteLength`, which is filled until the message has been taken. What it has
   * beyond that is for more of this message, which may have told only a part of its length.
   */
  readonly lend?: (begin: Uint8Array, byteLength: number) => Uint8Array | undefined;
}

/**
 * Cuts a byte stream into Thrift messages. `push` what arrived, then call `next` until it returns undefined.
 * A message is a view into what was pushed: it costs nothing, and keeps that memory alive. One that comes in many
 * pieces is put together in memory of its own size, which only it uses.
 */
export class MessageStream {
  readonly #scanner: MessageScanner;
  readonly #options: MessageStreamOptions;
  /** Bytes received and not yet handed out lie at `#start` to `#end`. */
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether `#buffer` is ours to write to; a chunk from a socket isn't. */
  #owned = false;
  /** Where the message under way ends in `#buffer`, by what it says itself; what lies behind waits in `#overflow`. */
  #limit = Number.POSITIVE_INFINITY;
  #overflow: Uint8Array[] = [];

  constructor(maxMessageBytes: number, options: MessageStreamOptions = {}) {
    this.#scanner = new MessageScanner(maxMessageBytes);
    this.#options = options;
  }

  get bufferedByteLength(): number {
    return this.#overflow.reduce((sum, { byteLength }) => sum + byteLength, this.#end - this.#start);
  }

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) this.#begin(chunk);
    else this.#append(chunk);
  }

  /**
   * The next whole message, or undefined while it isn't all there.
   *
   * @throws RemoteError `too-large` or `protocol`; the stream can't be used afterwards
   */
  next(): Uint8Array | undefined {
    while (this.#start < this.#end) {
      const pending = this.#buffer.subarray(this.#start, this.#end);
      const byteLength = this.#scanner.scan(pending);
      if (byteLength !== undefined) {
        this.#scanner.reset();
        this.#start += byteLength;
        if (this.#start === this.#end) this.#begin(joined(this.#overflow));
        else if (this.#start >= this.#limit) this.#appendOverflow(Number.POSITIVE_INFINITY);
        return pending.subarray(0, byteLength);
      }
      if (!this.#hasMoreAfterMakingRoom(pending)) break;
    }
    return undefined;
  }

  /** Memory that the rest of a long message goes to: who reads it right there, and tells `filled`, saves a copy. */
  get room(): Uint8Array | undefined {
    const isLong = this.#owned && this.#limit !== Number.POSITIVE_INFINITY && this.#overflow.length === 0;
    return isLong ? this.#buffer.subarray(this.#end) : undefined;
  }

  /** So many bytes have been put at the start of `room`. Call `next`, as after `push`. */
  filled(byteLength: number): void {
    this.#end += byteLength;
  }

  /** Copies what is still pending of the chunks that were pushed: their memory may be used for something else. */
  keep(): void {
    if (!this.#owned && this.#start < this.#end) {
      this.#buffer = this.#buffer.slice(this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      this.#owned = true;
    }
    this.#overflow = this.#overflow.map((chunk) => chunk.slice());
  }

  /** What there is of the message under way. */
  get begun(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** What has arrived beyond the last message, for whoever takes the connection over. */
  rest(): Uint8Array {
    return joined([this.#buffer.slice(this.#start, this.#end), ...this.#overflow]);
  }

  /** Nothing pending: a whole message in one chunk, the usual case, is never copied. */
  #begin(chunk: Uint8Array): void {
    this.#buffer = chunk;
    this.#owned = false;
    this.#start = 0;
    this.#end = chunk.byteLength;
    this.#limit = Number.POSITIVE_INFINITY;
    this.#overflow = [];
  }

  #append(chunk: Uint8Array): void {
    const room = Math.max(0, this.#limit - this.#end);
    const behind = chunk.subarray(Math.min(room, chunk.byteLength));
    if (behind.byteLength > 0) this.#overflow.push(behind);
    const fitting = chunk.subarray(0, chunk.byteLength - behind.byteLength);
    if (fitting.byteLength === 0) return;
    if (this.#end + fitting.byteLength > this.#buffer.byteLength || !this.#owned) {
      const pending = this.#end - this.#start;
      this.#move(new Uint8Array(Math.max(pending + fitting.byteLength, this.#owned ? 2 * pending : 0)));
    }
    this.#buffer.set(fitting, this.#end);
    this.#end += fitting.byteLength;
  }

  /** Makes room for all of a long message as soon as it says how long it is. */
  #hasMoreAfterMakingRoom(pending: Uint8Array): boolean {
    const { leastByteLength } = this.#scanner;
    const isFirst = this.#limit === Number.POSITIVE_INFINITY;
    let limit = this.#limit;
    if (
      leastByteLength > SMALL_BYTES &&
      leastByteLength > Math.max(pending.byteLength, isFirst ? 0 : this.#limit)
    ) {
      const { lead = 0, lend } = this.#options;
      const lent = isFirst ? lend?.(pending, leastByteLength) : undefined;
      // What was lent may have room for more than was known then.
      const fits = !isFirst && leastByteLength <= this.#buffer.byteLength;
      if (!fits) this.#move(lent ?? new Uint8Array(lead + leastByteLength).subarray(lead));
      limit = leastByteLength;
    } else if (this.#end >= this.#limit) {
      // It goes on behind the values whose length it has said.
      limit = Number.POSITIVE_INFINITY;
    }
    this.#appendOverflow(limit);
    return this.#end - this.#start > pending.byteLength;
  }

  #appendOverflow(limit: number): void {
    this.#limit = limit;
    const waiting = this.#overflow;
    this.#overflow = [];
    for (const chunk of waiting) this.#append(chunk);
  }

  #move(larger: Uint8Array): void {
    larger.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#buffer = larger;
    this.#owned = true;
    this.#start = 0;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only = NOTHING] = pieces;
  if (pieces.length < 2) return only;
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
