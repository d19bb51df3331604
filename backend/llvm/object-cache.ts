import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RemoteError } from '../contract/remote-error.ts';

export interface ObjectCacheOptions {
  /** Made when missing, for this user alone. */
  readonly directory: string;
  /** What all files together may take; the ones unused for longest go first. */
  readonly maxByteLength?: number;
}

export const DEFAULT_CACHE_BYTE_LENGTH = 256 * 1024 * 1024;
/** A file takes whole blocks of its disk. */
const BLOCK_BYTE_LENGTH = 4096;
/** After a write beyond the limit, room is made for many more. */
const KEEP_FRACTION = 0.75;
const SUFFIX = '.o';
const MAGIC = Buffer.from('rjit object 1\n');
const CHECKSUM_BYTE_LENGTH = 32;
const HEADER_BYTE_LENGTH = MAGIC.byteLength + CHECKSUM_BYTE_LENGTH;
/** A writer that takes longer than this has died. */
const ABANDONED_AFTER_MS = 60_000;

/**
 * Compiled objects on disk, shared by all workers of one user. A file is written under a name of its own and then
 * renamed, so a reader finds a whole one or none; a checksum finds what a full disk or a crash of the machine left.
 *
 * It only ever saves time: what can't be read is compiled again, and what can't be written isn't cached.
 */
export class ObjectCache {
  readonly #directory: string;
  readonly #maxByteLength: number;
  /**
   * As of the last look at the directory; others' writes count at the next one. Undefined before the first look, which
   * comes with the first write: a worker's start doesn't wait for thousands of files.
   */
  #byteLength: number | undefined;
  #isTidying = false;
  /** Written since the last look began, which may have missed it. */
  #unseenByteLength = 0;

  /** @throws RemoteError `unsupported` for a directory that others may write: its objects are run */
  constructor({ directory, maxByteLength = DEFAULT_CACHE_BYTE_LENGTH }: ObjectCacheOptions) {
    this.#directory = directory;
    this.#maxByteLength = maxByteLength;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    refuseShared(directory);
  }

  /** @param key a file name without a suffix */
  read(key: string): Uint8Array | undefined {
    const path = this.#path(key);
    const bytes = attempt(() => readFileSync(path));
    if (bytes === undefined) return undefined;
    const object = checkedObject(bytes);
    if (object === undefined) {
      attempt(() => rmSync(path, { force: true }));
      return undefined;
    }
    const now = new Date();
    attempt(() => utimesSync(path, now, now));
    return object;
  }

  /** Whether there is a file; it may be damaged. */
  has(key: string): boolean {
    return existsSync(this.#path(key));
  }

  write(key: string, object: Uint8Array): void {
    const byteLength = HEADER_BYTE_LENGTH + object.byteLength;
    if (byteLength > this.#maxByteLength) return;
    const temporary = join(this.#directory, `${key}.${randomBytes(6).toString('hex')}.tmp`);
    const written = attempt(() => {
      writeFileSync(temporary, Buffer.concat([MAGIC, checksum(object), object]), { mode: 0o600, flag: 'wx' });
      renameSync(temporary, this.#path(key));
      return true;
    });
    if (written === undefined) {
      attempt(() => rmSync(temporary, { force: true }));
      return;
    }
    this.#unseenByteLength += blocks(byteLength);
    if (this.#isFull()) void this.#tidy();
  }

  #isFull(): boolean {
    return this.#byteLength === undefined || this.#byteLength + this.#unseenByteLength > this.#maxByteLength;
  }

  /** Looks at what there is and makes room where it is too much, while others compile. */
  async #tidy(): Promise<void> {
    if (this.#isTidying) return;
    this.#isTidying = true;
    do {
      this.#unseenByteLength = 0;
      this.#byteLength = await this.#makeRoom();
    } while (this.#unseenByteLength > 0 && this.#isFull());
    this.#isTidying = false;
  }

  /** @returns what is left */
  async #makeRoom(): Promise<number> {
    const newestFirst = (await this.#files()).sort((left, right) => right.usedAtMs - left.usedAtMs);
    const total = newestFirst.reduce((sum, file) => sum + file.byteLength, 0);
    const keep = total > this.#maxByteLength ? this.#maxByteLength * KEEP_FRACTION : total;
    let byteLength = 0;
    for (const file of newestFirst) {
      const abandoned = !file.path.endsWith(SUFFIX) && Date.now() - file.usedAtMs > ABANDONED_AFTER_MS;
      if (!abandoned && byteLength + file.byteLength <= keep) byteLength += file.byteLength;
      else await rm(file.path, { force: true }).catch(() => undefined);
    }
    return byteLength;
  }

  async #files(): Promise<{ path: string; byteLength: number; usedAtMs: number }[]> {
    const found = [];
    for (const name of await readdir(this.#directory).catch(() => [])) {
      const path = join(this.#directory, name);
      // Another process may have removed it.
      const stats = await stat(path).catch(() => undefined);
      if (stats?.isFile()) found.push({ path, byteLength: blocks(stats.size), usedAtMs: stats.mtimeMs });
    }
    return found;
  }

  #path(key: string): string {
    return join(this.#directory, `${key}${SUFFIX}`);
  }
}

function blocks(byteLength: number): number {
  return Math.ceil(byteLength / BLOCK_BYTE_LENGTH) * BLOCK_BYTE_LENGTH;
}

function refuseShared(directory: string): void {
  const stats = statSync(directory);
  const others = stats.mode & 0o022;
  if (others === 0 && stats.uid === process.getuid?.()) return;
  throw new RemoteError(
    'unsupported',
    `the object cache ${directory} can be written by other users, and what lies there is run; ` +
      'make it yours alone (chmod 700) or choose another directory',
  );
}

function checkedObject(bytes: Buffer): Uint8Array | undefined {
  if (bytes.byteLength <= HEADER_BYTE_LENGTH || !bytes.subarray(0, MAGIC.byteLength).equals(MAGIC))
    return undefined;
  const object = bytes.subarray(HEADER_BYTE_LENGTH);
  return checksum(object).equals(bytes.subarray(MAGIC.byteLength, HEADER_BYTE_LENGTH)) ? object : undefined;
}

function checksum(object: Uint8Array): Buffer {
  return createHash('sha256').update(object).digest();
}

/** The cache is never needed: a failing file system leaves it empty (see the class). */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
