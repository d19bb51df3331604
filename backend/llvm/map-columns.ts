import koffi from 'koffi';
import { RemoteError } from '../contract/remote-error.ts';
import type { FunctionType, Type } from '../contract/types.ts';
import { valueCodec } from '../contract/value-codec.ts';

/** One argument of a `map`: `elementByteLength` bytes an element, one element or as many as the map is long. */
export interface MapColumn {
  readonly bytes: Uint8Array;
  readonly elementByteLength: number;
  readonly broadcast: boolean;
}

/** Elements a broadcast scalar is repeated to, so that every column is read the same way: 32 KiB of float64. */
export const BROADCAST_ELEMENTS = 4096;

/**
 * Checks the columns of a `map` against the signature.
 *
 * @throws RemoteError `bad-argument` naming the column and the lengths
 */
export function mapColumns(
  signature: FunctionType,
  length: number,
  columns: readonly Uint8Array[],
): readonly MapColumn[] {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RemoteError('bad-argument', `a map of length ${length}; 0 or more is needed`);
  }
  if (columns.length !== signature.parameters.length) {
    throw new RemoteError(
      'bad-argument',
      `${columns.length} columns arrived, but the function takes ${signature.parameters.length} arguments`,
    );
  }
  return signature.parameters.map((parameter, index) => mapColumn(parameter, index, length, columns[index]));
}

/** The address of a view's bytes. Asking for its buffer first moves a small array out of V8's heap for good. */
export function addressOfBytes(bytes: Uint8Array): number {
  if (bytes.buffer.byteLength === 0) return 0;
  return Number(koffi.address(bytes));
}

/** The element, over and over; or no more often than the map is long. */
export function repeated(column: MapColumn, length: number): Uint8Array {
  const count = Math.min(length, BROADCAST_ELEMENTS);
  return Buffer.alloc(count * column.elementByteLength, column.bytes);
}

function mapColumn(parameter: Type, index: number, length: number, bytes: Uint8Array | undefined): MapColumn {
  const elementByteLength = valueCodec(parameter).byteLength;
  const byteLength = bytes?.byteLength ?? 0;
  const full = byteLength === length * elementByteLength;
  if (bytes !== undefined && (full || byteLength === elementByteLength)) {
    return { bytes, elementByteLength, broadcast: !full };
  }
  throw new RemoteError(
    'bad-argument',
    `column ${index + 1} has ${byteLength} bytes; ${length} elements of ${elementByteLength} bytes, or one, are needed`,
  );
}
