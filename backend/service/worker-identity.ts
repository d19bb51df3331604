import { readFileSync } from 'node:fs';
import { RemoteError } from '../contract/remote-error.ts';

/** As whom workers run, other than as the server itself. */
export interface WorkerIdentity {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const userDatabase = '/etc/passwd';

/**
 * The identity of a user of this machine.
 *
 * @throws RemoteError `bad-request` for an unknown user, or where the server may not become another one
 */
export function identityOf(name: string): WorkerIdentity {
  const identity = findUser(name, readFileSync(userDatabase, 'utf8'));
  if (identity === undefined) {
    throw new RemoteError('bad-request', `--user ${name}: ${userDatabase} has no such user`);
  }
  if (process.getuid?.() !== 0 && process.getuid?.() !== identity.uid) {
    throw new RemoteError('bad-request', `--user ${name}: only root can run workers as another user`);
  }
  return identity;
}

/** @param database lines of name:password:uid:gid:comment:home:shell */
export function findUser(name: string, database: string): WorkerIdentity | undefined {
  for (const line of database.split('\n')) {
    const [user, , uid, gid, , home = '/'] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid), home };
  }
  return undefined;
}
