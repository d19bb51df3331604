import { chownSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { RemoteError } from '../contract/remote-error.ts';
import type { WorkerIdentity } from './worker-identity.ts';

/**
 * Where workers keep compiled code: in the folder that was asked for, which is made if need be, or in the cache folder
 * of the user they run as.
 *
 * @throws RemoteError `bad-request` when the folder can't be made
 */
export function objectCacheFolder(
  requested: string | undefined,
  identity: WorkerIdentity | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): string {
  if (requested !== undefined) return makeFolder(resolve(requested), identity);
  const { XDG_CACHE_HOME: cacheHome = '' } = environment;
  // The other user's environment isn't known, and the specification wants relative paths to be ignored.
  const caches =
    identity === undefined && isAbsolute(cacheHome) ? cacheHome : join(homeOf(identity), '.cache');
  return join(caches, 'rjit', 'objects');
}

function homeOf(identity: WorkerIdentity | undefined): string {
  return identity?.home ?? homedir();
}

/** A folder that is there already stays whose it is: workers go without it when it isn't theirs. */
function makeFolder(path: string, identity: WorkerIdentity | undefined): string {
  try {
    const isNew = mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined;
    if (isNew && identity) chownSync(path, identity.uid, identity.gid);
    return path;
  } catch (error) {
    throw new RemoteError('bad-request', `--object-cache: ${RemoteError.from(error).detail}`, {
      cause: error,
    });
  }
}
