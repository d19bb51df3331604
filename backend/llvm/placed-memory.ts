import { IN_MEMORY, MEMORY_ALIGNMENT, memoryStart, readReturnedByteLength } from '../contract/call-memory.ts';
import type { PackedLayout } from '../contract/packed.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { addressOfBytes } from './map-columns.ts';

/** The memory that came with a call, where the function finds it. */
export interface PlacedMemory {
  /** From the memory's start on; longer than what is returned. */
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly returnedByteLength: number;
}

interface CalledFunction {
  readonly name: string;
  readonly layout: PackedLayout;
}

/**
 * Where in `packed` the memory of a call begins.
 *
 * @returns undefined for a call that brings none
 * @throws RemoteError `bad-argument` when the bytes are neither
 */
export function startOfMemory({ name, layout }: CalledFunction, packed: Uint8Array): number | undefined {
  if (packed.byteLength === layout.argumentsByteLength) {
    if (!layout.memoryParameters.some(({ rank }) => rank > 0)) return undefined;
    throw new RemoteError(
      'bad-argument',
      `a call of ${name}, which takes arrays, came without their elements`,
      {
        functionName: name,
      },
    );
  }
  const start = memoryStart(layout.argumentsByteLength);
  if (layout.memoryParameters.length > 0 && packed.byteLength >= start) return start;
  throw new RemoteError(
    'bad-argument',
    `${packed.byteLength} bytes of arguments arrived, but ${name} takes ${layout.argumentsByteLength}`,
    { functionName: name },
  );
}

/** @throws RemoteError `bad-argument` when more is to come back than was sent */
export function returnedByteLength(packed: Uint8Array, start: number): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const returned = readReturnedByteLength(view, start);
  if (returned <= packed.byteLength - start) return returned;
  throw new RemoteError(
    'bad-argument',
    `${returned} bytes are to come back of ${packed.byteLength - start} that were sent`,
  );
}

/**
 * Puts addresses where the slots hold places in the call's memory.
 *
 * @param slots the packed arguments
 * @throws RemoteError `bad-argument` for an array that is not all in the memory
 */
export function relocate(layout: PackedLayout, slots: DataView, memory: PlacedMemory): void {
  for (const { offset, rank, elementByteLength } of layout.memoryParameters) {
    const place = slots.getBigUint64(offset, true);
    if (rank === 0 && place < IN_MEMORY) continue;
    const byteOffset = Number(BigInt.asUintN(63, place));
    let byteLength = rank === 0 ? 0 : elementByteLength;
    for (let axis = 1; axis <= rank; axis += 1) {
      byteLength *= Number(slots.getBigUint64(offset + 8 * axis, true));
    }
    if (byteOffset + byteLength > memory.bytes.byteLength) {
      throw new RemoteError(
        'bad-argument',
        `an array of ${byteLength} bytes at byte ${byteOffset} is not all in the ${memory.bytes.byteLength} bytes of ` +
          'memory that came with the call',
      );
    }
    slots.setBigUint64(offset, BigInt(memory.address) + BigInt(byteOffset), true);
  }
}

/** Memory as it lies, or a copy where it lies badly: machine code expects elements at multiples of their size. */
export function aligned(bytes: Uint8Array): Uint8Array {
  const misplaced = addressOfBytes(bytes) % MEMORY_ALIGNMENT;
  if (misplaced === 0) return bytes;
  const copy = new Uint8Array(bytes.byteLength + MEMORY_ALIGNMENT);
  const excess = addressOfBytes(copy) % MEMORY_ALIGNMENT;
  const place = copy.subarray(excess === 0 ? 0 : MEMORY_ALIGNMENT - excess).subarray(0, bytes.byteLength);
  place.set(bytes);
  return place;
}
