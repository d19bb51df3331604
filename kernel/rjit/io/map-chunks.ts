import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { MapCommand } from './requests.ts';
import type { ThriftConnection } from './thrift-connection.ts';

/** Large enough that a message's own cost vanishes, small enough that client and server work at the same time. */
const CHUNK_BYTES = 1024 * 1024;
/** Chunks under way at once. */
const WINDOW = 4;

/**
 * Applies a function to columns of any length, in chunks, so that the server never holds the whole and computes one
 * chunk while the next is on its way.
 *
 * @returns the results, packed densely
 */
export async function mapInChunks(connection: ThriftConnection, command: MapCommand): Promise<Uint8Array> {
  const { length, columns, elementByteLengths, resultElementByteLength } = command;
  const bytesPerElement = Math.max(1, sum(elementByteLengths), resultElementByteLength);
  const chunkLength = Math.max(1, Math.floor(CHUNK_BYTES / bytesPerElement));
  const result = new Uint8Array(length * resultElementByteLength);
  let next = 0;
  const sendChunks = async () => {
    while (next < length) {
      const start = next;
      const end = Math.min(length, start + chunkLength);
      next = end;
      const chunk = columns.map((column, index) =>
        slice(column, elementByteLengths[index] ?? 0, length, start, end),
      );
      const bytes = await mapChunk(connection, command.handle, end - start, chunk).catch((error: unknown) => {
        // One that fails, or is cancelled, is the end of all: no further chunk is sent.
        next = length;
        throw error;
      });
      if (bytes.byteLength !== (end - start) * resultElementByteLength) {
        throw new RemoteError(
          'protocol',
          `${bytes.byteLength} bytes of results arrived for ${end - start} elements`,
        );
      }
      result.set(bytes, start * resultElementByteLength);
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

function mapChunk(
  connection: ThriftConnection,
  handle: number,
  length: number,
  columns: readonly Uint8Array[],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    connection.map({ handle, length: BigInt(length), columns }, { receive: resolve, fail: reject });
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
