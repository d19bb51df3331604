import { createHash, randomBytes } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { RemoteError } from '../contract/remote-error.ts';

export interface ObjectCacheOptions {
  /** Made when missing, for this user alone. */
  readonly directory: string;
  /** What all files together may take; the ones unused for longest go first. */
  readonly maxByteLength?: number;
}

const DEFAULT_MAX_BYTE_LENGTH = 256 * 1024 * 1024;
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
  /** As of the last look at the directory, plus what was written since; others' writes count at the next look. */
  #byteLength: number;

  /** @throws RemoteError `unsupported` for a directory that others may write: its objects are run */
  constructor({ directory, maxByteLength = DEFAULT_MAX_BYTE_LENGTH }: ObjectCacheOptions) {
    this.#directory = directory;
    this.#maxByteLength = maxByteLength;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    refuseShared(directory);
    this.#byteLength = this.#files().reduce((sum, file) => sum + file.byteLength, 0);
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
    this.#byteLength += byteLength;
    if (this.#byteLength > this.#maxByteLength) this.#evict();
  }

  #evict(): void {
    const newestFirst = this.#files().sort((left, right) => right.usedAtMs - left.usedAtMs);
    const keep = this.#maxByteLength * KEEP_FRACTION;
    let byteLength = 0;
    for (const file of newestFirst) {
      const abandoned = !file.path.endsWith(SUFFIX) && Date.now() - file.usedAtMs > ABANDONED_AFTER_MS;
      if (!abandoned && byteLength + file.byteLength <= keep) byteLength += file.byteLength;
      else attempt(() => rmSync(file.path, { force: true }));
    }
    this.#byteLength = byteLength;
  }

  #files(): { path: string; byteLength: number; usedAtMs: number }[] {
    const names = attempt(() => readdirSync(this.#directory)) ?? [];
    return names.flatMap((name) => {
      const path = join(this.#directory, name);
      const stats = attempt(() => statSync(path));
      return stats?.isFile() ? [{ path, byteLength: stats.size, usedAtMs: stats.mtimeMs }] : [];
    });
  }

  #path(key: string): string {
    return join(this.#directory, `${key}${SUFFIX}`);
  }
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
