import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CALL_RECORD_BYTE_LENGTH,
  type CallRecord,
  markCancelled,
  readCallRecord,
} from '../llvm/call-record.ts';

/**
 * The file that a worker shares with its supervisor, which has no name: whatever happens to the
 * worker, the supervisor can read what it was doing, and nothing has to be cleaned up.
 *
 *   [0, 4096)      the call record, mapped by backend/llvm: which call runs, which one to cancel
 *   timeout        u32, the call that the supervisor cancelled for its time limit
 *   retirement     what a retiring worker leaves to its successor: u32 byte length, JSON, bytes of connections
 */
const timeoutOffset = CALL_RECORD_BYTE_LENGTH;
const retirementOffset = timeoutOffset + 8;
const lengthPrefix = 4;

/** What a connection had sent that the retired worker did not process. */
export interface LeftConnection {
  readonly id: number;
  readonly unread: Uint8Array;
}

export interface Retirement {
  readonly reason: string;
  readonly functionName: string;
  readonly address: bigint;
  readonly connections: readonly LeftConnection[];
}

export type CancelReason = 'cancelled' | 'timeout';

export class WorkerRecord {
  readonly fileDescriptor: number;
  #isOpen = true;

  /** Makes the file, in memory where the system has such a place. */
  static create(): WorkerRecord {
    const fileDescriptor =
      openNameless('/dev/shm') ??
      openNameless(tmpdir()) ??
      openUnlinked('/dev/shm') ??
      openUnlinked(tmpdir());
    if (fileDescriptor === undefined) {
      throw new Error(`no file can be made in /dev/shm or ${tmpdir()} to share with a worker`);
    }
    ftruncateSync(fileDescriptor, retirementOffset);
    return new WorkerRecord(fileDescriptor);
  }

  constructor(fileDescriptor: number) {
    this.fileDescriptor = fileDescriptor;
  }

  /** What the worker is doing or was doing when it died; undefined before it has begun and after `close`. */
  read(): CallRecord | undefined {
    return this.#isOpen ? readCallRecord(this.fileDescriptor) : undefined;
  }

  /** Names the call that the next SIGUSR2 is to end. */
  markCancelled(sequence: number, reason: CancelReason): void {
    if (!this.#isOpen) return;
    this.#writeUint32(timeoutOffset, reason === 'timeout' ? sequence : 0);
    markCancelled(this.fileDescriptor, sequence);
  }

  /** Whether the call that was just cancelled had run out of time. */
  hasTimedOut(sequence: number): boolean {
    return sequence !== 0 && this.#readUint32(timeoutOffset) === sequence;
  }

  readRetirement(): Retirement | undefined {
    const length = this.#readUint32(retirementOffset);
    const end = fstatSync(this.fileDescriptor).size;
    if (length === 0 || retirementOffset + lengthPrefix + length > end) return undefined;
    const text = this.#read(retirementOffset + lengthPrefix, length).toString('utf8');
    const bytes = this.#read(
      retirementOffset + lengthPrefix + length,
      end - retirementOffset - lengthPrefix - length,
    );
    return parseRetirement(text, bytes);
  }

  writeRetirement(retirement: Retirement): void {
    const { reason, functionName, address, connections } = retirement;
    const header = JSON.stringify({
      reason,
      functionName,
      address: address.toString(),
      connections: connections.map(({ id, unread }) => ({ id, byteLength: unread.byteLength })),
    });
    const bytes = Buffer.concat([
      withLength(Buffer.from(header, 'utf8')),
      ...connections.map((left) => left.unread),
    ]);
    this.#write(retirementOffset, bytes);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.fileDescriptor);
  }

  #readUint32(offset: number): number {
    return this.#isOpen ? this.#read(offset, 4).readUInt32LE(0) : 0;
  }

  #writeUint32(offset: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.#write(offset, bytes);
  }

  #read(offset: number, byteLength: number): Buffer {
    const bytes = Buffer.alloc(byteLength);
    let done = 0;
    while (done < byteLength) {
      const count = readSync(this.fileDescriptor, bytes, done, byteLength - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes;
  }

  #write(offset: number, bytes: Uint8Array): void {
    let done = 0;
    while (done < bytes.byteLength) {
      done += writeSync(this.fileDescriptor, bytes, done, bytes.byteLength - done, offset + done);
    }
  }
}

/** Linux's O_TMPFILE, a file that never has a name, so that no death at any moment can leave it behind. */
const temporaryFile = 0o20_000_000 | constants.O_DIRECTORY;

/** Undefined where the file system doesn't know such files. */
function openNameless(folder: string): number | undefined {
  try {
    return openSync(folder, temporaryFile | constants.O_RDWR, 0o600);
  } catch {
    return undefined;
  }
}

function openUnlinked(folder: string): number | undefined {
  const path = join(folder, `rjit-worker-${process.pid}-${randomBytes(12).toString('hex')}`);
  try {
    const fileDescriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return fileDescriptor;
  } catch {
    return undefined;
  }
}

function withLength(bytes: Buffer): Buffer {
  const prefix = Buffer.alloc(lengthPrefix);
  prefix.writeUInt32LE(bytes.byteLength);
  return Buffer.concat([prefix, bytes]);
}

/** Undefined when the worker, which may be damaged, left something else. */
function parseRetirement(text: string, bytes: Buffer): Retirement | undefined {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof header !== 'object' || header === null) return undefined;
  const { reason, functionName, address, connections } = header as Record<string, unknown>;
  if (typeof reason !== 'string' || typeof functionName !== 'string') return undefined;
  if (typeof address !== 'string' || !/^\d+$/.test(address) || !Array.isArray(connections)) return undefined;
  const left: LeftConnection[] = [];
  let offset = 0;
  for (const connection of connections) {
    const { id, byteLength } = connection as Record<string, unknown>;
    if (typeof id !== 'number' || typeof byteLength !== 'number') return undefined;
    left.push({ id, unread: bytes.subarray(offset, offset + byteLength) });
    offset += byteLength;
  }
  return { reason, functionName, address: BigInt(address), connections: left };
}
