import { memoryStart, writeReturnedByteLength } from '../../../backend/contract/call-memory.ts';
import type { PackedSignature } from '../../../backend/contract/packed.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Value } from '../../../backend/contract/value-codec.ts';
import { GatheredMemory } from '../gathered-memory.ts';
import { MAX_ARGUMENTS_BYTES } from './call-ring.ts';
import { RESULT_CAPACITY } from './channel.ts';
import type { StagedCallCommand } from './requests.ts';

/** As they are given, or gathered before. */
export type CallArguments = readonly unknown[] | GatheredMemory;

/** What a call needs of its function. */
interface Called {
  readonly handle: number;
  readonly epoch: number;
  readonly packed: PackedSignature;
  readonly isWritten: readonly boolean[];
}

/** A reply's bytes around its result; there are 24. */
const REPLY_OVERHEAD_BYTES = 64;
/** What a message can hold, less what is around it. */
const MAX_PACKED_BYTES = 2 ** 31 - 1024;

/** The arrays among the arguments; undefined for a call without. */
export function gathered({ packed, isWritten }: Called, args: CallArguments): GatheredMemory | undefined {
  if (packed.layout.memoryParameters.length === 0) return undefined;
  const memory = args instanceof GatheredMemory ? args : new GatheredMemory(args);
  return memory.isEmpty ? undefined : memory.layOut(isWritten);
}

export function packedByteLength({ layout }: PackedSignature, memory: GatheredMemory | undefined): number {
  return memory ? memoryStart(layout.argumentsByteLength) + memory.byteLength : layout.argumentsByteLength;
}

/** Whether a call takes the short way, through the memory that both threads share. */
export function fitsTheRing({ packed }: Called, memory: GatheredMemory): boolean {
  return (
    packedByteLength(packed, memory) <= MAX_ARGUMENTS_BYTES &&
    packed.layout.resultByteLength + memory.returnedByteLength <= RESULT_CAPACITY
  );
}

/**
 * Writes a call at `offset` of `view`, whose bytes there are 0.
 *
 * @returns undefined, or which argument (0-based) doesn't fit and why
 */
export function writePacked(
  view: DataView,
  offset: number,
  packed: PackedSignature,
  args: CallArguments,
  memory: GatheredMemory | undefined,
): { index: number; problem: string } | undefined {
  const bad = packed.write(view, offset, args instanceof GatheredMemory ? args.args : (memory?.args ?? args));
  if (bad || !memory) return bad;
  const start = offset + memoryStart(packed.layout.argumentsByteLength);
  writeReturnedByteLength(view, start, memory.returnedByteLength);
  memory.copyTo(new Uint8Array(view.buffer, view.byteOffset + start, memory.byteLength));
  return undefined;
}

/** The result that starts at `offset`; the memory behind it goes back into the caller's arrays. */
export function readReturned(
  { packed }: Called,
  memory: GatheredMemory | undefined,
  view: DataView,
  offset: number,
): Value {
  if (memory) {
    const start = view.byteOffset + offset + packed.layout.resultByteLength;
    memory.writeBack(new Uint8Array(view.buffer, start, memory.returnedByteLength));
  }
  return packed.read(view, offset);
}

/**
 * A call too large for the ring: it is packed into shared memory of its own, which the I/O thread sends from and into
 * which the answer comes, so that there is one copy of the caller's arrays in this process and no more.
 */
export class StagedCall {
  readonly view: DataView;
  readonly command: StagedCallCommand;
  /** The argument that doesn't fit; then nothing is to be sent. */
  readonly bad: { index: number; problem: string } | undefined;

  readonly #buffer: SharedArrayBuffer;

  /** @throws RemoteError `too-large` */
  constructor({ handle, epoch, packed }: Called, memory: GatheredMemory, staging: Staging) {
    const byteLength = packedByteLength(packed, memory);
    const resultByteLength = packed.layout.resultByteLength + memory.returnedByteLength;
    const buffer = staging.take(Math.max(byteLength, resultByteLength + REPLY_OVERHEAD_BYTES));
    this.#buffer = buffer;
    this.view = new DataView(buffer);
    new Uint8Array(buffer, 0, byteLength - memory.byteLength).fill(0);
    this.bad = writePacked(this.view, 0, packed, [], memory);
    this.command = { handle, epoch, staging: new Uint8Array(buffer), byteLength, resultByteLength };
  }

  /** The result that starts at `offset`; what came back goes into the caller's arrays. */
  read(target: Called, memory: GatheredMemory, offset: number, staging: Staging): Value {
    const value = readReturned(target, memory, this.view, offset);
    staging.giveBack(this.#buffer);
    return value;
  }
}

/**
 * The memory of the last large call, for the next one: a loop of calls needs it once, however late the garbage of it
 * would be collected. It is let go when nobody calls.
 */
export class Staging {
  #last: WeakRef<SharedArrayBuffer> | undefined;

  /** @throws RemoteError `too-large` */
  take(byteLength: number): SharedArrayBuffer {
    const last = this.#last?.deref();
    this.#last = undefined;
    return last && last.byteLength >= byteLength ? last : allocate(byteLength);
  }

  /** After a call that has ended: nobody else reads or writes there any more. */
  giveBack(buffer: SharedArrayBuffer): void {
    this.#last = new WeakRef(buffer);
  }
}

function allocate(byteLength: number): SharedArrayBuffer {
  if (byteLength > MAX_PACKED_BYTES) throw tooLarge(byteLength);
  try {
    return new SharedArrayBuffer(byteLength);
  } catch (error) {
    throw tooLarge(byteLength, error);
  }
}

function tooLarge(byteLength: number, cause?: unknown): RemoteError {
  return new RemoteError(
    'too-large',
    cause === undefined
      ? `the arrays of one call take ${byteLength} bytes, ${MAX_PACKED_BYTES} can be sent; pass parts of them: a.subarray(…)`
      : `there is no memory for the ${byteLength} bytes of a call's arrays; pass parts of them: a.subarray(…)`,
    { cause },
  );
}
