import type { ArrayType, PointerType } from './types.ts';
import { type Value, type ValueCodec, valueCodec, valueText } from './value-codec.ts';

/**
 * The elements of arrays travel behind the packed arguments of their call, as the call's memory:
 *
 *     packed arguments, up to a multiple of 16 bytes
 *     u64: how many bytes of the memory come back, from its start on; u64: 0
 *     the memory
 *
 * An array's slots hold where it begins in that memory and its lengths; a pointer's slot an address of the server or,
 * with bit 63 set, a place in that memory. A call without arrays ends after its arguments. The reply to a call with
 * memory is the result's area and then the bytes that come back, as the function has left them.
 */
export class MemoryReference {
  /** From the start of the call's memory. */
  readonly byteOffset: number;
  /** Lengths, the outermost first; none for a pointer. */
  readonly shape: readonly number[];

  constructor(byteOffset: number, shape: readonly number[]) {
    this.byteOffset = byteOffset;
    this.shape = shape;
  }
}

/** How arguments of one type lie in their slots. */
export interface ParameterCodec extends Omit<ValueCodec, 'read'> {
  read(view: DataView, offset: number): Value | MemoryReference;
}

/** What begins in a call's memory begins at a multiple of this, or as far behind one as it lay at its owner's. */
export const MEMORY_ALIGNMENT = 16;
const MEMORY_HEADER_BYTES = 16;
/** Marks the slot of a pointer that holds a place in the call's memory. */
export const IN_MEMORY = 1n << 63n;

/** Where the memory of a call begins in its packed arguments. */
export function memoryStart(argumentsByteLength: number): number {
  return Math.ceil(argumentsByteLength / MEMORY_ALIGNMENT) * MEMORY_ALIGNMENT + MEMORY_HEADER_BYTES;
}

/** @param start as `memoryStart` says, from where the packed arguments begin in `view` */
export function writeReturnedByteLength(view: DataView, start: number, byteLength: number): void {
  view.setBigUint64(start - MEMORY_HEADER_BYTES, BigInt(byteLength), true);
}

export function readReturnedByteLength(view: DataView, start: number): number {
  return Number(view.getBigUint64(start - MEMORY_HEADER_BYTES, true));
}

/** `T[]`: where it begins, then its lengths. */
export function arrayCodec({ rank }: ArrayType): ParameterCodec {
  return {
    byteLength: 8 * (1 + rank),
    write: (view, offset, value) => {
      if (!(value instanceof MemoryReference) || value.shape.length !== rank) {
        return `${valueText(value)} is no array of ${rank === 1 ? 'one dimension' : `${rank} dimensions`}`;
      }
      [value.byteOffset, ...value.shape].forEach((count, index) => {
        view.setBigUint64(offset + 8 * index, BigInt(count), true);
      });
      return undefined;
    },
    read: (view, offset) => {
      const counts = Array.from({ length: 1 + rank }, (_, index) =>
        Number(view.getBigUint64(offset + 8 * index, true)),
      );
      return new MemoryReference(counts[0] ?? 0, counts.slice(1));
    },
  };
}

/** `T*`: an address, `null`, or a place in the call's memory. */
export function pointerCodec(type: PointerType): ParameterCodec {
  const address = valueCodec(type);
  return {
    byteLength: address.byteLength,
    write: (view, offset, value) => {
      if (!(value instanceof MemoryReference)) return address.write(view, offset, value);
      view.setBigUint64(offset, BigInt(value.byteOffset) | IN_MEMORY, true);
      return undefined;
    },
    read: (view, offset): Value | MemoryReference => {
      const value = view.getBigUint64(offset, true);
      return value >= IN_MEMORY
        ? new MemoryReference(Number(value - IN_MEMORY), [])
        : address.read(view, offset);
    },
  };
}
