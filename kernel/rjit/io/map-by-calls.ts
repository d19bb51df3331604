import { flattenedParameters, type PackedSignature } from '../../../backend/contract/packed.ts';
import type { FunctionType } from '../../../backend/contract/types.ts';
import { valueCodec } from '../../../backend/contract/value-codec.ts';
import { chunkLengthOf, MapReader } from './map-stream.ts';
import type { CallEnds } from './pending-call.ts';
import type { MapCommand } from './requests.ts';
import type { MapOptions } from './transport.ts';

/** Calls under way at once: the server is never idle, and its answers never pile up. */
const WINDOW = 64;
/** Progress is told so often. */
const PROGRESS_ELEMENTS = 1024;

/** Applies a function to columns by a call an element, for servers that know nothing better. */
export async function mapByCalls(
  command: MapCommand,
  { signature, packed }: { readonly signature: FunctionType; readonly packed: PackedSignature },
  call: (packed: Uint8Array, ends: CallEnds) => void,
  options: MapOptions,
): Promise<Uint8Array> {
  const { length, resultElementByteLength } = command;
  const { onProgress } = options;
  const columns = await wholeColumns(command, options);
  const codecs = flattenedParameters(signature).map(valueCodec);
  const views = columns.map(viewOf);
  const result = new Uint8Array(length * resultElementByteLength);
  let next = 0;
  let done = 0;
  const argumentsAt = (index: number): Uint8Array => {
    const values = codecs.map((codec, parameter) => {
      const view = views[parameter];
      // A column of one element is a scalar.
      const isScalar = view?.byteLength === codec.byteLength;
      return view && codec.read(view, isScalar ? 0 : index * codec.byteLength);
    });
    return packed.packArguments(values);
  };
  const callAll = async (): Promise<void> => {
    while (next < length) {
      const index = next;
      next += 1;
      const bytes = await new Promise<Uint8Array>((receive, fail) => {
        call(argumentsAt(index), { receive, fail });
      }).catch((error: unknown) => {
        next = length;
        throw error;
      });
      result.set(bytes.subarray(0, resultElementByteLength), index * resultElementByteLength);
      done += 1;
      if (done % PROGRESS_ELEMENTS === 0 || done === length) onProgress?.(done);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, callAll));
  return result;
}

/** A stream's columns, put together again. */
async function wholeColumns(
  command: MapCommand,
  { onRoom, isAwaited }: MapOptions,
): Promise<readonly Uint8Array[]> {
  const { stream, columns, length, elementByteLengths, resultElementByteLength } = command;
  if (!stream) return columns;
  const chunkLength = chunkLengthOf(elementByteLengths, resultElementByteLength);
  const reader = new MapReader(command, chunkLength, stream, isAwaited);
  const byteLengthOf = (index: number) => elementByteLengths[index] ?? 0;
  const whole = columns.map((column, index) =>
    stream.indexes.includes(index) ? new Uint8Array(length * byteLengthOf(index)) : column,
  );
  for (let count = 0; count * chunkLength < length; count += 1) {
    const start = count * chunkLength;
    const chunk = await reader.chunk(count, start, Math.min(length, start + chunkLength));
    for (const index of stream.indexes) {
      whole[index]?.set(chunk[index] ?? [], start * byteLengthOf(index));
    }
    reader.release();
    onRoom();
  }
  return whole;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
