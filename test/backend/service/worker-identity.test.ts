import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findUser } from '../../../backend/service/worker-identity.ts';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { addition, endless } from '../../support/ir-functions.ts';
import { childrenOf, startsWorking } from '../../support/process-state.ts';
import { repositoryRoot } from '../../support/repository-root.ts';
import { faultOf, TestSession } from '../../support/rjit-client.ts';

const identities = suite('workers as another user');

const database =
  'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';

identities('users are found in the form of /etc/passwd', () => {
  assert.equal(findUser('nobody', database), {
    name: 'nobody',
    uid: 65534,
    gid: 65533,
    home: '/nonexistent',
  });
  assert.is(findUser('nob', database), undefined);
});

async function failure(user: string): Promise<string> {
  const backend = new BackendProcess(['--user', user]);
  try {
    assert.equal(await backend.exited, { code: 1, signal: null });
    return backend.log;
  } finally {
    await backend.dispose();
  }
}

identities('a user that does not exist is refused', async () => {
  assert.match(await failure('no-such-user'), /--user no-such-user: \/etc\/passwd has no such user/);
});

/** Whether everybody may enter the folder that the workers' program lies in. */
function isOpenToAll(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0 && (folder === '/' || isOpenToAll(dirname(folder)));
}

identities('workers run as that user if the server may do so, and else it says what is missing', async () => {
  if (process.getuid?.() !== 0) {
    assert.match(await failure('nobody'), /only root can run workers as another user/);
    return;
  }
  if (!isOpenToAll(join(repositoryRoot, 'dist/backend/service'))) {
    assert.match(await failure('nobody'), /worker/);
    return;
  }
  await withBackend(['--user', 'nobody'], async (backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, spin = 0] = await session.compile(addition('add') + endless, 'add', 'endless');
    assert.is(await session.call(add, 1n, 3n), 4n);
    const uids = childrenOf(backend.pid).map(
      (pid) => /^Uid:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1],
    );
    const nobody = findUser('nobody', readFileSync('/etc/passwd', 'utf8'))?.uid;
    assert.ok(uids.length > 0);
    for (const uid of uids) assert.is(uid, [nobody, nobody, nobody, nobody].join('\t'));
    const spinning = faultOf(session.call(spin, 1n, 1n));
    await startsWorking(await session.workerPid());
    assert.is(await session.cancel(), true);
    assert.is((await spinning).code, 'cancelled');
  });
});

identities.run();
