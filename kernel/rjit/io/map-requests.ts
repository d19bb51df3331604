import { BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { type MapRequest, writeMapHead } from '../../../backend/contract/call-messages.ts';
import { type Columns, detachedError, elementsOf } from './map-stream.ts';
import { writeNow } from './socket-bytes.ts';

/** What is larger isn't copied to be sent. */
const LARGE_BYTES = 16 * 1024;

/** A request in pieces, of which the large ones are the columns themselves. */
export function mapRequestPieces(
  writer: BinaryWriter,
  sequenceId: number,
  request: MapRequest,
): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  writer.reset();
  writeMapHead(writer, sequenceId, request);
  for (const column of request.columns) {
    writer.i32(column.byteLength);
    if (column.byteLength < LARGE_BYTES) {
      writer.raw(column);
      continue;
    }
    pieces.push(writer.copy(), column);
    writer.reset();
  }
  writer.stop();
  pieces.push(writer.copy());
  return pieces;
}

/** What a map is made of that goes to the server in chunks. */
export interface ChunkedMap extends Columns {
  readonly handle: number;
  readonly resultElementByteLength: number;
  readonly chunkLength: number;
  /** Of the first chunk; the others follow. */
  readonly firstId: number;
}

/** Writes the chunks of a map to a socket, as far as that takes them, from where they lie. */
export class MapRequests {
  readonly #map: ChunkedMap;
  readonly #descriptor: number;
  readonly #writer = new BinaryWriter();
  readonly #chunkCount: number;
  /** Chunks that were begun. */
  #begun = 0;
  /** What hasn't been written of the last of them. */
  #pieces: readonly Uint8Array[] = [];
  /** What they should have. */
  #unsentByteLength = 0;
  #isUntouched = false;

  constructor(map: ChunkedMap, chunkCount: number, descriptor: number) {
    this.#map = map;
    this.#descriptor = descriptor;
    this.#chunkCount = chunkCount;
  }

  /** Chunks that were written, and the one that `unsent` completes. */
  get count(): number {
    return this.#isUntouched || this.isBroken ? this.#begun - 1 : this.#begun;
  }

  /** What must follow what was written. */
  get unsent(): Uint8Array {
    return this.#isUntouched || this.isBroken ? new Uint8Array(0) : Buffer.concat(this.#pieces);
  }

  /** A part of a chunk was written, and the rest is gone with its array: nothing can follow. */
  get isBroken(): boolean {
    return !this.#isUntouched && this.#isDetached;
  }

  /** The views of a detached array are empty. */
  get #isDetached(): boolean {
    return byteLengthOf(this.#pieces) !== this.#unsentByteLength;
  }

  /**
   * @param limit how many chunks may be begun at most
   * @returns whether something went; undefined when nothing more will go
   * @throws RemoteError `bad-argument` when an array has been detached since the map began
   */
  send(limit: number): boolean | undefined {
    let hasSent = false;
    if (this.#isDetached) throw detachedError();
    for (;;) {
      if (this.#pieces.length === 0 && !this.#begin(limit)) return hasSent;
      const byteLength = writeNow(this.#descriptor, this.#pieces);
      if (byteLength === 0) return undefined;
      if (byteLength === undefined) return hasSent;
      hasSent = true;
      this.#isUntouched = false;
      this.#pieces = piecesAfter(this.#pieces, byteLength);
      this.#unsentByteLength -= byteLength;
      // It took a part: the socket is full.
      if (this.#pieces.length > 0) return true;
    }
  }

  #begin(limit: number): boolean {
    const count = this.#begun;
    if (count >= Math.min(limit, this.#chunkCount)) return false;
    const { handle, length, chunkLength, firstId, columns } = this.#map;
    const start = count * chunkLength;
    const end = Math.min(length, start + chunkLength);
    const request = {
      handle,
      length: BigInt(end - start),
      columns: columns.map((_, index) => elementsOf(this.#map, index, start, end)),
    };
    this.#pieces = mapRequestPieces(this.#writer, firstId + count, request);
    this.#unsentByteLength = byteLengthOf(this.#pieces);
    this.#begun += 1;
    this.#isUntouched = true;
    return true;
  }
}

function piecesAfter(pieces: readonly Uint8Array[], byteLength: number): readonly Uint8Array[] {
  let left = byteLength;
  const rest = pieces.map((piece) => {
    const taken = Math.min(left, piece.byteLength);
    left -= taken;
    return piece.subarray(taken);
  });
  return rest.filter((piece) => piece.byteLength > 0);
}

function byteLengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((total, { byteLength }) => total + byteLength, 0);
}
