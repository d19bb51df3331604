import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { readReply, writeReplyHead } from '../../../backend/contract/call-messages.ts';
import { MessageScanner } from '../../../backend/contract/message-scanner.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { ChunkedMap } from './map-requests.ts';
import { readNow } from './socket-bytes.ts';

/** An answer without results has an error; none is longer. */
const ERROR_BYTES = 64 * 1024;

/** What is left of a map's answers for another reader. */
export interface UnreadAnswers {
  /** The first chunk whose answer hasn't been read. */
  readonly count: number;
  /** What has been read of that answer. */
  readonly begun: Uint8Array;
}

/**
 * Reads the answers to the chunks of a map from a socket, the results right to their place. All that stands between the
 * results is known beforehand: what is there instead is an error of the server.
 */
export class MapAnswers {
  readonly result: Uint8Array<ArrayBuffer>;
  readonly #map: ChunkedMap;
  readonly #descriptor: number;
  readonly #chunkCount: number;
  /** Chunks whose results are there. */
  #count = 0;
  /** Bytes of results that are there. */
  #byteLength = 0;
  /** What should stand before the results of the next chunk, and what has come of it. */
  #expected: Uint8Array;
  #seam: Uint8Array;
  #seamByteLength = 0;
  #error: ErrorAnswer | undefined;

  constructor(map: ChunkedMap, chunkCount: number, descriptor: number) {
    this.#map = map;
    this.#descriptor = descriptor;
    this.#chunkCount = chunkCount;
    this.result = new Uint8Array(map.length * map.resultElementByteLength);
    this.#expected = this.#seamBefore(0);
    this.#seam = new Uint8Array(this.#expected.byteLength);
  }

  get count(): number {
    return this.#count;
  }

  get isComplete(): boolean {
    return this.#count === this.#chunkCount && this.#seamByteLength === this.#expected.byteLength;
  }

  /** What the server answered in place of results; nothing is read behind it. */
  get error(): RemoteError | undefined {
    return this.#error?.found;
  }

  /** @returns whether something came; undefined when nothing more will come */
  receive(): boolean | undefined {
    let hasReceived = false;
    while (!this.isComplete && !this.error) {
      const { memory, filled } = this.#place();
      const byteLength = readNow(this.#descriptor, memory, filled);
      if (byteLength === 0) return undefined;
      if (byteLength === undefined) return hasReceived;
      hasReceived = true;
      this.#fill(byteLength);
      // There was no more.
      if (filled + byteLength < memory.byteLength) return true;
    }
    return hasReceived;
  }

  get unread(): UnreadAnswers {
    const count = this.#count;
    if (this.#error) {
      const { rest, found } = this.#error;
      return { count: found ? count + 1 : count, begun: rest };
    }
    if (this.#seamByteLength === 0 && count > 0) {
      // All but its stop.
      const results = this.result.subarray(this.#startOf(count - 1), this.#startOf(count));
      return { count: count - 1, begun: Buffer.concat([this.#headOf(count - 1), results]) };
    }
    const stop = count > 0 ? 1 : 0;
    const head = this.#seam.subarray(stop, this.#seamByteLength);
    const results = this.result.subarray(this.#startOf(count), this.#byteLength);
    return { count, begun: Buffer.concat([head, results]) };
  }

  /** Where the next bytes go, and how many are there. */
  #place(): { readonly memory: Uint8Array; readonly filled: number } {
    if (this.#error) return { memory: this.#error.memory, filled: this.#error.byteLength };
    if (this.#seamByteLength < this.#expected.byteLength) {
      return { memory: this.#seam, filled: this.#seamByteLength };
    }
    return { memory: this.result.subarray(0, this.#startOf(this.#count + 1)), filled: this.#byteLength };
  }

  #fill(byteLength: number): void {
    if (this.#error) {
      this.#error.fill(byteLength);
    } else if (this.#seamByteLength < this.#expected.byteLength) {
      this.#seamByteLength += byteLength;
      if (this.#seamByteLength === this.#expected.byteLength) this.#compareSeam();
    } else {
      this.#byteLength += byteLength;
      if (this.#byteLength === this.#startOf(this.#count + 1)) this.#finishChunk();
    }
  }

  #compareSeam(): void {
    if (Buffer.compare(this.#seam, this.#expected) === 0) return;
    const stop = this.#count > 0 ? 1 : 0;
    this.#error = new ErrorAnswer(this.#map.firstId + this.#count, this.#seam.subarray(stop));
  }

  #finishChunk(): void {
    this.#count += 1;
    this.#expected = this.#seamBefore(this.#count);
    this.#seam = new Uint8Array(this.#expected.byteLength);
    this.#seamByteLength = 0;
  }

  /** The stop of the answer before, and the head of this one; there is neither before the first nor after the last. */
  #seamBefore(count: number): Uint8Array {
    const stop = new Uint8Array(count > 0 ? 1 : 0);
    return count < this.#chunkCount ? Buffer.concat([stop, this.#headOf(count)]) : stop;
  }

  #headOf(count: number): Uint8Array {
    const writer = new BinaryWriter(64);
    const byteLength = this.#startOf(count + 1) - this.#startOf(count);
    writeReplyHead(writer, 'mapColumns', this.#map.firstId + count, byteLength);
    return writer.written();
  }

  #startOf(count: number): number {
    const { length, chunkLength, resultElementByteLength } = this.#map;
    return Math.min(length, count * chunkLength) * resultElementByteLength;
  }
}

/** An answer that isn't results. */
class ErrorAnswer {
  readonly memory = new Uint8Array(ERROR_BYTES);
  byteLength = 0;
  found: RemoteError | undefined;
  readonly #sequenceId: number;
  readonly #scanner = new MessageScanner(ERROR_BYTES);
  #end = 0;

  constructor(sequenceId: number, begin: Uint8Array) {
    this.#sequenceId = sequenceId;
    this.memory.set(begin);
    this.fill(begin.byteLength);
  }

  /** What came of it, or behind it once it was found. */
  get rest(): Uint8Array {
    return this.memory.slice(this.#end, this.byteLength);
  }

  fill(byteLength: number): void {
    this.byteLength += byteLength;
    try {
      const end = this.#scanner.scan(this.memory.subarray(0, this.byteLength));
      if (end === undefined) return;
      this.#end = end;
      this.found = this.#read(this.memory.subarray(0, end));
    } catch (error) {
      this.found = RemoteError.from(error);
    }
  }

  #read(message: Uint8Array): RemoteError {
    const reader = new BinaryReader(message);
    const { name, type, sequenceId } = reader.messageBegin();
    const wrong = (what: string) =>
      new RemoteError('protocol', `${what} arrived in place of the answer to message ${this.#sequenceId}`);
    if (sequenceId !== this.#sequenceId) return wrong(`the answer to message ${sequenceId}`);
    const reply = readReply(reader, type);
    return reply.kind === 'fault' ? reply.error : wrong(`${reply.bytes.byteLength} bytes of ${name}`);
  }
}
