import { constants } from 'node:buffer';
import { RemoteError } from '../contract/remote-error.ts';
import { OUTCOME } from './guard-runtime.ts';
import { addressOfBytes, BROADCAST_ELEMENTS, type MapColumn, repeated } from './map-columns.ts';
import type { NativeMemory } from './posix.ts';

/** Calls a map loop: `args` is `{ i64 length, column pointers… }`, `ret` where the results go. */
export type MapLoop = (argumentsAddress: number, resultAddress: number) => number;

interface PreparedColumn {
  readonly bytes: Uint8Array;
  readonly address: number;
  /** Bytes to go on by for each element already done: 0 for a repeated scalar. */
  readonly stride: number;
}

export type MapOutcome =
  | { readonly result: Uint8Array }
  /** Another of `OUTCOME` than `returned`, or a signal's number. */
  | { readonly outcome: number };

/**
 * Runs a map loop over columns that stay where they are. Only a broadcast scalar is repeated, into a block that fits
 * the first-level cache, and the loop then goes block by block. A cancellation between two blocks ends the next one
 * before it starts (guard-runtime.ts).
 *
 * @param memory holds the loop's arguments
 * @param allocate makes the memory of the result: as much as it is told, or more, with anything in it
 */
export function runMap(
  loop: MapLoop,
  memory: NativeMemory,
  length: number,
  columns: readonly MapColumn[],
  resultElementByteLength: number,
  allocate: (byteLength: number) => Uint8Array,
): MapOutcome {
  const byteLength = length * resultElementByteLength;
  refuseTooLarge(byteLength);
  // Every element is written, or the result is never seen.
  const result = allocate(byteLength).subarray(0, byteLength);
  const resultAddress = addressOfBytes(result);
  const prepared = columns.map((column) => prepare(column, length));
  const blockLength = columns.some(({ broadcast }) => broadcast) ? BROADCAST_ELEMENTS : length;
  const args = new BigUint64Array(memory.buffer, 0, columns.length + 1);
  for (let start = 0; start < length; start += blockLength) {
    args[0] = BigInt(Math.min(blockLength, length - start));
    prepared.forEach(({ address, stride }, index) => {
      args[index + 1] = BigInt(address + start * stride);
    });
    const outcome = loop(memory.address, resultAddress + start * resultElementByteLength);
    if (outcome !== OUTCOME.returned) return { outcome };
  }
  return { result };
}

function prepare(column: MapColumn, length: number): PreparedColumn {
  const bytes = column.broadcast ? repeated(column, length) : column.bytes;
  return { bytes, address: addressOfBytes(bytes), stride: column.broadcast ? 0 : column.elementByteLength };
}

function refuseTooLarge(byteLength: number): void {
  if (byteLength <= constants.MAX_LENGTH) return;
  throw new RemoteError(
    'too-large',
    `the results would take ${byteLength} bytes, ${constants.MAX_LENGTH} fit in one map; map parts of the arrays`,
  );
}
