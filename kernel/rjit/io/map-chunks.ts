import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { chunkLengthOf, MapReader } from './map-stream.ts';
import { abortedError, type CallEnds } from './pending-call.ts';
import type { MapCommand } from './requests.ts';
import type { Receiver, ThriftConnection } from './thrift-connection.ts';
import type { MapOptions } from './transport.ts';

/** What a reply has around its results, and more. */
const REPLY_BYTES = 256;
/** Chunks under way at once. */
const WINDOW = 4;

/**
 * Applies a function to columns of any length, in chunks, so that the server never holds the whole and computes one
 * chunk while the next is on its way.
 *
 * @param receiverOf makes the receiver of a chunk's answer
 * @returns the results, packed densely
 */
export async function mapInChunks(
  connection: ThriftConnection,
  command: MapCommand,
  receiverOf: (ends: CallEnds) => Receiver,
  { signal, onProgress, onRoom, isAwaited }: MapOptions,
): Promise<Uint8Array> {
  const { handle, length, elementByteLengths, resultElementByteLength } = command;
  const chunkLength = chunkLengthOf(elementByteLengths, resultElementByteLength);
  const reader = new MapReader(command, chunkLength, command.stream, () => !signal?.aborted && isAwaited());
  const result = new Uint8Array(length * resultElementByteLength);
  const memories = Array.from(
    { length: WINDOW },
    () => new Uint8Array(Math.min(length, chunkLength) * resultElementByteLength + REPLY_BYTES),
  );
  /** Puts the answer to the elements from `start` on in its place. Answers come in order. */
  const place = (start: number, end: number, bytes: Uint8Array): void => {
    if (bytes.byteLength !== (end - start) * resultElementByteLength) {
      const text = `${bytes.byteLength} bytes of results arrived for ${end - start} elements`;
      throw new RemoteError('protocol', text);
    }
    result.set(bytes, start * resultElementByteLength);
    reader.release();
    onRoom();
    onProgress?.(end);
  };
  const send = async (count: number): Promise<void> => {
    const start = count * chunkLength;
    const end = Math.min(length, start + chunkLength);
    const columns = await reader.chunk(count, start, end);
    if (signal?.aborted) throw abortedError();
    const bytes = new Promise<void>((resolve, reject) => {
      const receive = (bytes: Uint8Array): void => {
        try {
          resolve(place(start, end, bytes));
        } catch (error) {
          reject(error);
        }
      };
      const memory = memories[count % WINDOW] ?? new Uint8Array(0);
      const request = { handle, length: BigInt(end - start), columns };
      connection.map(request, receiverOf({ memory, receive, fail: reject }));
    });
    // Who waits for it may wait for an earlier one yet.
    bytes.catch(() => undefined);
    answers.push(bytes);
  };
  const answers: Promise<void>[] = [];
  const chunkCount = Math.ceil(length / chunkLength);
  for (let count = 0; count < chunkCount; count += 1) {
    // One that fails, or is cancelled, is the end of all: no further chunk is sent.
    if (answers.length === WINDOW) await answers.shift();
    await send(count);
  }
  await Promise.all(answers);
  return result;
}
