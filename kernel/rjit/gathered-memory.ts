import { MEMORY_ALIGNMENT, MemoryReference } from '../../backend/contract/call-memory.ts';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { type ArrayArgument, arrayArgument } from './array-argument.ts';

/** Bytes of one buffer that the arguments of a call show. */
interface Block {
  readonly buffer: ArrayBufferLike;
  /** In the buffer. */
  readonly start: number;
  end: number;
  /** The function may write to an array that lies here. */
  isWritten: boolean;
  /** In the call's memory. */
  byteOffset: number;
  /** What lay there when the call was made, where it is sent later. */
  frozen: Uint8Array | undefined;
}

interface Range {
  readonly index: number;
  readonly argument: ArrayArgument;
  readonly start: number;
  readonly end: number;
}

/**
 * The arrays among the arguments of one call, as they travel (call-memory.ts). What several arguments show of one
 * buffer travels once, so that a function sees in one what it writes to the other. What may be written comes first:
 * only that comes back.
 */
export class GatheredMemory {
  readonly #args: readonly unknown[];
  readonly #blocksOf: ReadonlyMap<Range, Block>;
  #blocks: readonly Block[];
  #passed: readonly unknown[];
  #byteLength = 0;
  #returnedByteLength = 0;

  constructor(args: readonly unknown[]) {
    this.#args = args;
    this.#passed = args;
    this.#blocksOf = mergedBlocks(args.flatMap(rangeOf));
    this.#blocks = [...new Set(this.#blocksOf.values())];
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Keeps the elements as they are now. */
  freeze(): this {
    for (const block of this.#blocks) block.frozen = bytesOf(block).slice();
    return this;
  }

  /** @param isWritten for each parameter, whether the function may write to its elements */
  layOut(isWritten: readonly boolean[]): this {
    for (const block of this.#blocks) block.isWritten = false;
    for (const [{ index }, block] of this.#blocksOf) block.isWritten ||= isWritten[index] ?? true;
    const isLast = ({ isWritten }: Block) => !isWritten;
    this.#blocks = [...this.#blocks.filter((one) => !isLast(one)), ...this.#blocks.filter(isLast)];
    let end = 0;
    let returned = 0;
    for (const block of this.#blocks) {
      // As far behind a multiple as in its buffer: elements stay aligned.
      const start = Math.ceil(end / MEMORY_ALIGNMENT) * MEMORY_ALIGNMENT;
      block.byteOffset = start + (block.start % MEMORY_ALIGNMENT);
      end = block.byteOffset + block.end - block.start;
      if (block.isWritten) returned = end;
    }
    this.#byteLength = end;
    this.#returnedByteLength = returned;
    const passed = [...this.#args];
    for (const [{ index, start, argument }, block] of this.#blocksOf) {
      passed[index] = new MemoryReference(block.byteOffset + start - block.start, argument.shape);
    }
    this.#passed = passed;
    return this;
  }

  /** The arguments, with references in place of arrays once those are laid out. */
  get args(): readonly unknown[] {
    return this.#passed;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get returnedByteLength(): number {
    return this.#returnedByteLength;
  }

  /** Copies the elements to `memory`. */
  copyTo(memory: Uint8Array): void {
    for (const block of this.#blocks) memory.set(block.frozen ?? bytesOf(block), block.byteOffset);
  }

  /**
   * Copies what came back into the arrays.
   *
   * @param memory `returnedByteLength` bytes
   * @throws RemoteError `bad-argument` when an array has been detached meanwhile
   */
  writeBack(memory: Uint8Array): void {
    for (const block of this.#blocks) {
      if (!block.isWritten) continue;
      if (block.buffer.byteLength < block.end) {
        throw new RemoteError(
          'bad-argument',
          'an array was detached or became shorter while the function ran on it; what it wrote there is lost',
        );
      }
      bytesOf(block).set(memory.subarray(block.byteOffset, block.byteOffset + block.end - block.start));
    }
  }
}

function bytesOf({ buffer, start, end }: Block): Uint8Array {
  return new Uint8Array(buffer, start, end - start);
}

function rangeOf(value: unknown, index: number): readonly Range[] {
  const argument = arrayArgument(value);
  if (!argument) return [];
  const { byteOffset, byteLength } = argument.data;
  return [{ index, argument, start: byteOffset, end: byteOffset + byteLength }];
}

/** Ranges of one buffer that overlap share a block. */
function mergedBlocks(ranges: readonly Range[]): ReadonlyMap<Range, Block> {
  const blocksOf = new Map<Range, Block>();
  const open = new Map<ArrayBufferLike, Block>();
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const { buffer } = range.argument.data;
    let block = open.get(buffer);
    if (block && range.start < block.end) {
      block.end = Math.max(block.end, range.end);
    } else {
      const { start, end } = range;
      block = { buffer, start, end, isWritten: true, byteOffset: 0, frozen: undefined };
      open.set(buffer, block);
    }
    blocksOf.set(range, block);
  }
  return blocksOf;
}
