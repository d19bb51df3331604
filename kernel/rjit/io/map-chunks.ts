import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { CallEnds } from './pending-call.ts';
import type { MapCommand } from './requests.ts';
import type { Receiver, ThriftConnection } from './thrift-connection.ts';

/** Large enough that a message's own cost vanishes, small enough that client and server work at the same time. */
const CHUNK_BYTES = 1024 * 1024;
/** What a reply has around its results, and more. */
const REPLY_BYTES = 256;
/** Chunks under way at once. */
const WINDOW = 4;

/**
 * Applies a function to columns of any length, in chunks, so that the server never holds the whole and computes one
 * chunk while the next is on its way.
 *
 * @param receiverOf makes the receiver of a chunk's answer
 * @param onProgress told how many elements have their results, after each chunk
 * @returns the results, packed densely
 */
export async function mapInChunks(
  connection: ThriftConnection,
  command: MapCommand,
  receiverOf: (ends: CallEnds) => Receiver,
  onProgress: ((done: number) => void) | undefined,
): Promise<Uint8Array> {
  const { length, columns, elementByteLengths, resultElementByteLength } = command;
  const bytesPerElement = Math.max(1, sum(elementByteLengths), resultElementByteLength);
  const chunkLength = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerElement));
  const result = new Uint8Array(length * resultElementByteLength);
  let next = 0;
  let done = 0;
  /** Puts the answer to the elements from `start` on in its place. */
  const place = (start: number, end: number, bytes: Uint8Array): RemoteError | undefined => {
    if (bytes.byteLength !== (end - start) * resultElementByteLength) {
      return new RemoteError(
        'protocol',
        `${bytes.byteLength} bytes of results arrived for ${end - start} elements`,
      );
    }
    result.set(bytes, start * resultElementByteLength);
    done += end - start;
    onProgress?.(done);
    return undefined;
  };
  const sendChunks = async () => {
    // All answers of this turn arrive here, one after the other.
    const memory = new Uint8Array(Math.min(length, chunkLength) * resultElementByteLength + REPLY_BYTES);
    while (next < length) {
      const start = next;
      const end = Math.min(length, start + chunkLength);
      next = end;
      const chunk = columns.map((column, index) =>
        slice(column, elementByteLengths[index] ?? 0, length, start, end),
      );
      const request = { handle: command.handle, length: BigInt(end - start), columns: chunk };
      await new Promise<void>((resolve, reject) => {
        const receive = (bytes: Uint8Array): void => {
          const problem = place(start, end, bytes);
          if (problem) reject(problem);
          else resolve();
        };
        connection.map(request, receiverOf({ memory, receive, fail: reject }));
      }).catch((error: unknown) => {
        // One that fails, or is cancelled, is the end of all: no further chunk is sent.
        next = length;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, sendChunks));
  return result;
}

/** A column of one element is a scalar: every chunk gets it whole. */
function slice(
  column: Uint8Array,
  elementByteLength: number,
  length: number,
  start: number,
  end: number,
): Uint8Array {
  if (column.byteLength === elementByteLength && length !== 1) return column;
  return column.subarray(start * elementByteLength, end * elementByteLength);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
