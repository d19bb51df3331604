import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { type Channel, Word } from './channel.ts';

/**
 * Calls on their way from the main thread to the I/O thread, in order, as records in shared memory:
 * a header of eight 32-bit words, then the packed arguments, up to the next multiple of 8 bytes.
 */
const Field = {
  byteLength: 0,
  id: 1,
  handle: 2,
  epoch: 3,
  timeoutMs: 4,
  flags: 5,
  argumentsByteLength: 6,
  resultByteLength: 7,
} as const;
const Flag = { sync: 1, abortable: 2 } as const;
const HEADER_BYTES = 32;
/** In place of a record's length: the rest of the ring is unused, the record is at the ring's start. */
const SKIP = -1;
/** 4096 arguments of 16 bytes. */
export const MAX_ARGUMENTS_BYTES = 64 * 1024;
const WATCH_MS = 1_000;

export interface CallHeader {
  readonly id: number;
  readonly handle: number;
  /**
   * The epoch of the handle. It counts the sessions this client has had: handles of an earlier one are unknown to the
   * server now, or worse, name something else.
   */
  readonly epoch: number;
  /** 0 for none. */
  readonly timeoutMs: number;
  /** The main thread waits for it. */
  readonly isSync: boolean;
  /** The main thread may ask to stop this one call. */
  readonly isAbortable: boolean;
  /** What the answer has to have. */
  readonly resultByteLength: number;
}

export interface RingCall extends CallHeader {
  /** A view into the ring, valid until `release`. */
  readonly packed: Uint8Array;
}

/** The main thread's end. Nothing is seen by the other end before `publish`. */
export class CallWriter {
  /** Over the ring: arguments are packed right into it. */
  readonly view: DataView;
  readonly #channel: Channel;
  readonly #fields: Int32Array;
  #start = 0;
  #argumentsByteLength = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    const { buffer, byteOffset, byteLength } = channel.ring;
    this.view = new DataView(buffer, byteOffset, byteLength);
    this.#fields = new Int32Array(buffer, byteOffset, byteLength / 4);
  }

  /**
   * Makes room for a call; waits for it where the I/O thread is far behind.
   *
   * @returns where in `view` the arguments go; the bytes there are 0
   * @throws RemoteError `too-large`, or `connection-lost` when the I/O thread has ended
   */
  reserve(argumentsByteLength: number): number {
    if (argumentsByteLength > MAX_ARGUMENTS_BYTES) {
      throw new RemoteError(
        'too-large',
        `arguments of ${argumentsByteLength} bytes; at most ${MAX_ARGUMENTS_BYTES} are passed`,
      );
    }
    const { words, ring } = this.#channel;
    const written = words[Word.written] ?? 0;
    const position = written & (ring.byteLength - 1);
    const toEnd = ring.byteLength - position;
    const needed = recordByteLength(argumentsByteLength);
    const skipped = needed > toEnd ? toEnd : 0;
    this.#waitForRoom(written, skipped + needed);
    if (skipped > 0) this.#fields[position / 4] = SKIP;
    this.#start = (written + skipped) | 0;
    this.#argumentsByteLength = argumentsByteLength;
    const at = (this.#start & (ring.byteLength - 1)) + HEADER_BYTES;
    ring.fill(0, at, at + argumentsByteLength);
    return at;
  }

  /** Hands the call that was reserved last to the I/O thread. */
  publish({ id, handle, epoch, timeoutMs, isSync, isAbortable, resultByteLength }: CallHeader): void {
    const { words, ring } = this.#channel;
    const byteLength = recordByteLength(this.#argumentsByteLength);
    const at = (this.#start & (ring.byteLength - 1)) / 4;
    this.#fields[at + Field.byteLength] = byteLength;
    this.#fields[at + Field.id] = id;
    this.#fields[at + Field.handle] = handle;
    this.#fields[at + Field.epoch] = epoch;
    this.#fields[at + Field.timeoutMs] = timeoutMs;
    this.#fields[at + Field.flags] = (isSync ? Flag.sync : 0) | (isAbortable ? Flag.abortable : 0);
    this.#fields[at + Field.argumentsByteLength] = this.#argumentsByteLength;
    this.#fields[at + Field.resultByteLength] = resultByteLength;
    Atomics.store(words, Word.written, (this.#start + byteLength) | 0);
    Atomics.notify(words, Word.written);
  }

  #waitForRoom(written: number, needed: number): void {
    const { words, ring } = this.#channel;
    for (;;) {
      const read = Atomics.load(words, Word.read);
      if (ring.byteLength - ((written - read) | 0) >= needed) return;
      if (Atomics.load(words, Word.ended) === 1)
        throw new RemoteError('connection-lost', 'the I/O thread has ended; the next call starts another');
      Atomics.wait(words, Word.read, read, WATCH_MS);
    }
  }
}

/** The I/O thread's end. */
export class CallReader {
  readonly #channel: Channel;
  readonly #fields: Int32Array;
  #read: number;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#read = channel.words[Word.read] ?? 0;
    this.#fields = new Int32Array(channel.ring.buffer, channel.ring.byteOffset, channel.ring.byteLength / 4);
  }

  /** How far this end has come, to be compared with `Word.written`. */
  get position(): number {
    return this.#read;
  }

  /** The oldest call that wasn't released, or undefined when there is none. */
  next(): RingCall | undefined {
    const { words, ring } = this.#channel;
    if (Atomics.load(words, Word.written) === this.#read) return undefined;
    let start = this.#read & (ring.byteLength - 1);
    if (this.#fields[start / 4] === SKIP) {
      this.#read = (this.#read + ring.byteLength - start) | 0;
      start = 0;
    }
    const field = (name: number) => this.#fields[start / 4 + name] ?? 0;
    const at = start + HEADER_BYTES;
    return {
      id: field(Field.id),
      handle: field(Field.handle),
      epoch: field(Field.epoch),
      timeoutMs: field(Field.timeoutMs),
      isSync: (field(Field.flags) & Flag.sync) !== 0,
      isAbortable: (field(Field.flags) & Flag.abortable) !== 0,
      resultByteLength: field(Field.resultByteLength),
      packed: ring.subarray(at, at + field(Field.argumentsByteLength)),
    };
  }

  /** Gives the room of the call that `next` returned back. */
  release(): void {
    const { words, ring } = this.#channel;
    this.#read = (this.#read + (this.#fields[(this.#read & (ring.byteLength - 1)) / 4] ?? 0)) | 0;
    Atomics.store(words, Word.read, this.#read);
    Atomics.notify(words, Word.read);
  }
}

function recordByteLength(argumentsByteLength: number): number {
  return HEADER_BYTES + 8 * Math.ceil(argumentsByteLength / 8);
}
