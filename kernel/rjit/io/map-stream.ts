import { RemoteError } from '../../../backend/contract/remote-error.ts';

/** Large enough that a message's own cost vanishes, small enough that client and server work at the same time. */
const CHUNK_BYTES = 1024 * 1024;
/** Chunks whose answer hasn't come, and those that are copied meanwhile. */
const SLOTS = 6;
const HEADER_BYTES = 64;
const Counter = {
  /** Chunks that the main thread has put there, ever. */
  filled: 0,
  /** Chunks whose place is free again, ever. */
  freed: 1,
} as const;
const WATCH_MS = 1_000;

/** The columns of a map, packed: of each as many elements as the map is long, or one that goes with every element. */
export interface Columns {
  readonly length: number;
  readonly columns: readonly Uint8Array[];
  readonly elementByteLengths: readonly number[];
}

/**
 * Shared memory for a few chunks, through which columns come to the I/O thread that lie where only the main thread can
 * read: it copies one chunk when another has been answered. So a large array is never there twice, and no time goes into
 * making fresh memory for it.
 */
export interface MapStream {
  readonly buffer: SharedArrayBuffer;
  /** Which of the columns; the others are in the command. */
  readonly indexes: readonly number[];
}

/** How many elements a chunk has. */
export function chunkLengthOf(elementByteLengths: readonly number[], resultByteLength: number): number {
  const bytesPerElement = Math.max(1, sum(elementByteLengths), resultByteLength);
  return Math.max(1, Math.floor(CHUNK_BYTES / bytesPerElement));
}

/**
 * The elements of one column from `start` to `end`. A column of one element is a scalar: every chunk gets it whole.
 *
 * @throws RemoteError `bad-argument` when its array has been detached since the map began
 */
export function elementsOf(
  { length, columns, elementByteLengths }: Columns,
  index: number,
  start: number,
  end: number,
): Uint8Array {
  const column = columns[index] ?? new Uint8Array(0);
  const byteLength = elementByteLengths[index] ?? 0;
  if (column.byteLength === byteLength && length !== 1) return column;
  if (column.byteLength !== length * byteLength) throw detachedError();
  return column.subarray(start * byteLength, end * byteLength);
}

export function detachedError(): RemoteError {
  return new RemoteError('bad-argument', 'an array was detached or became shorter during the map');
}

/** The main thread's end. */
export class MapFeeder {
  /** Goes to the I/O thread, in place of the columns. */
  readonly carried: { readonly columns: readonly Uint8Array[]; readonly stream: MapStream };
  readonly #source: Columns;
  readonly #slots: Slots;

  private constructor(source: Columns, indexes: readonly number[], chunkLength: number) {
    this.#source = source;
    const columns = source.columns.map((column, index) => (indexes.includes(index) ? NOTHING : column));
    const slotBytes = chunkLength * sum(indexes.map((index) => source.elementByteLengths[index] ?? 0));
    const buffer = new SharedArrayBuffer(HEADER_BYTES + SLOTS * aligned(slotBytes));
    this.carried = { columns, stream: { buffer, indexes } };
    this.#slots = new Slots(this.carried.stream, source, chunkLength);
  }

  /** Undefined where messages do as well: for what fits a chunk, and what both threads can read. */
  static of(source: Columns & { readonly resultElementByteLength: number }): MapFeeder | undefined {
    const chunkLength = chunkLengthOf(source.elementByteLengths, source.resultElementByteLength);
    if (source.length <= chunkLength) return undefined;
    const indexes = source.columns.flatMap((column, index) => {
      const isScalar = column.byteLength === source.elementByteLengths[index];
      return isScalar || column.buffer instanceof SharedArrayBuffer ? [] : [index];
    });
    return indexes.length === 0 ? undefined : new MapFeeder(source, indexes, chunkLength);
  }

  /**
   * Copies the next chunk; false when there is none, or no place.
   *
   * @throws RemoteError `bad-argument` when an array has been detached meanwhile
   */
  feed(): boolean {
    const { counters } = this.#slots;
    const filled = Atomics.load(counters, Counter.filled);
    const { start, end } = this.#slots.range(filled);
    if (start >= end || filled - Atomics.load(counters, Counter.freed) >= SLOTS) return false;
    for (const index of this.carried.stream.indexes) {
      this.#slots.place(filled, index).set(elementsOf(this.#source, index, start, end));
    }
    Atomics.store(counters, Counter.filled, filled + 1);
    Atomics.notify(counters, Counter.filled);
    return true;
  }

  /** For a map that isn't waited for: copies a chunk whenever there is room, until `over` is settled. */
  async feedUntil(over: Promise<unknown>): Promise<void> {
    const { counters } = this.#slots;
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    over.then(end, end);
    while (!isOver) {
      const freed = Atomics.load(counters, Counter.freed);
      while (this.feed());
      const { start, end } = this.#slots.range(Atomics.load(counters, Counter.filled));
      if (start >= end) return;
      const waiting = Atomics.waitAsync(counters, Counter.freed, freed, WATCH_MS);
      if (waiting.async) await waiting.value;
    }
  }
}

/** The I/O thread's end, and the same for columns that came as they are. */
export class MapReader {
  readonly #source: Columns;
  readonly #slots: Slots | undefined;
  readonly #isAwaited: () => boolean;
  readonly #watchMs: number;

  /**
   * @param isAwaited whether the main thread still brings chunks: if not, none will come
   * @param watchMs how often that is asked
   */
  constructor(
    source: Columns,
    chunkLength: number,
    stream: MapStream | undefined,
    isAwaited: () => boolean,
    watchMs = WATCH_MS,
  ) {
    this.#watchMs = watchMs;
    this.#source = source;
    this.#slots = stream && new Slots(stream, source, chunkLength);
    this.#isAwaited = isAwaited;
  }

  /** The columns of a chunk, counted from 0; valid until `release`. @throws RemoteError `cancelled`, by the promise */
  async chunk(count: number, start: number, end: number): Promise<readonly Uint8Array[]> {
    const slots = this.#slots;
    if (slots) await this.#filled(slots.counters, count);
    return this.#source.columns.map((_, index) =>
      slots?.has(index) ? slots.place(count, index) : elementsOf(this.#source, index, start, end),
    );
  }

  /** The oldest chunk that wasn't released is done with. */
  release(): void {
    if (!this.#slots) return;
    Atomics.add(this.#slots.counters, Counter.freed, 1);
    Atomics.notify(this.#slots.counters, Counter.freed);
  }

  async #filled(counters: Int32Array, count: number): Promise<void> {
    for (;;) {
      const filled = Atomics.load(counters, Counter.filled);
      if (filled > count) return;
      const waiting = Atomics.waitAsync(counters, Counter.filled, filled, this.#watchMs);
      if (waiting.async && (await waiting.value) === 'timed-out' && !this.#isAwaited())
        throw new RemoteError('cancelled', 'the main thread was interrupted');
    }
  }
}

/** Where in a stream's memory the chunks lie: one behind the other, and in each its columns. */
class Slots {
  readonly counters: Int32Array;
  readonly #stream: MapStream;
  readonly #source: Columns;
  readonly #chunkLength: number;
  readonly #slotBytes: number;

  constructor(stream: MapStream, source: Columns, chunkLength: number) {
    this.#stream = stream;
    this.#source = source;
    this.#chunkLength = chunkLength;
    this.counters = new Int32Array(stream.buffer, 0, 2);
    this.#slotBytes = (stream.buffer.byteLength - HEADER_BYTES) / SLOTS;
  }

  has(index: number): boolean {
    return this.#stream.indexes.includes(index);
  }

  /** Which elements a chunk has; none behind the last. */
  range(count: number): { readonly start: number; readonly end: number } {
    const start = count * this.#chunkLength;
    return { start, end: Math.min(this.#source.length, start + this.#chunkLength) };
  }

  place(count: number, index: number): Uint8Array {
    const { indexes, buffer } = this.#stream;
    const byteLengthOf = (one: number) => this.#source.elementByteLengths[one] ?? 0;
    const before = sum(indexes.slice(0, indexes.indexOf(index)).map(byteLengthOf));
    const { start, end } = this.range(count);
    const slot = HEADER_BYTES + (count % SLOTS) * this.#slotBytes;
    return new Uint8Array(buffer, slot + before * this.#chunkLength, (end - start) * byteLengthOf(index));
  }
}

const NOTHING = new Uint8Array(0);

function aligned(byteLength: number): number {
  return Math.ceil(byteLength / HEADER_BYTES) * HEADER_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
