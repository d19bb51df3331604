import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CompileRequest, FunctionSpec } from '#thrift/remotejit_types.js';
import { objectCacheFolder } from '../../../backend/service/object-cache-folder.ts';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { packInt64s, TestSession, unpackInt64 } from '../../support/rjit-client.ts';

const caches = suite('compiled code kept on disk');

async function compileAdd(
  session: TestSession,
  constant: number,
): Promise<{ handle: number; cached: boolean }> {
  const spec = new FunctionSpec({ name: 'add', signature: 'int64(int64, int64)', symbol: 'add_lallA' });
  const request = new CompileRequest({ ir: addition('add', constant), functions: [spec], options: {} });
  const report = await session.data.client.compile(request);
  return { handle: report.functions[0]?.handle ?? 0, cached: report.cached };
}

/** A worker answers before it writes. */
async function keeps(folder: string, count: number): Promise<void> {
  const isObject = (name: string) => name.endsWith('.o');
  await eventually('it is kept', () => readdirSync(folder).filter(isObject).length === count);
}

/** A folder for the cache, and servers that use it. */
async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const owner = new BackendProcess();
  try {
    await body(join(owner.folder, 'objects'));
  } finally {
    await owner.dispose();
  }
}

caches('a server takes what an earlier one has compiled, and says so', () =>
  withFolder(async (folder) => {
    for (const expected of [false, true]) {
      await withBackend(['--object-cache', folder], async (_backend, port) => {
        const session = await TestSession.open(port);
        const { handle, cached } = await compileAdd(session, 7);
        assert.is(cached, expected);
        assert.is(unpackInt64(await session.data.client.call(handle, packInt64s(1n, 2n))), 10n);
        await keeps(folder, 1);
      });
    }
    assert.is(statSync(folder).mode & 0o777, 0o700);
    assert.is(readdirSync(folder).length, 1);
  }),
);

caches('sessions of one server share it', () =>
  withFolder((folder) =>
    withBackend(['--object-cache', folder], async (_backend, port) => {
      const [one, two] = [await TestSession.open(port), await TestSession.open(port)];
      assert.is((await compileAdd(one, 1)).cached, false);
      await keeps(folder, 1);
      assert.is((await compileAdd(two, 1)).cached, true);
    }),
  ),
);

caches('the functions of a worker that died come back from it', () =>
  withFolder((folder) =>
    withBackend(['--object-cache', folder], async (backend, port) => {
      const session = await TestSession.open(port);
      const { handle } = await compileAdd(session, 3);
      await keeps(folder, 1);
      process.kill(await session.workerPid(), 'SIGKILL');
      await session.data.closed;
      await session.reconnect();
      assert.is(await session.call(handle, 1n, 2n), 6n);
      await eventually('the log says where they came from', () =>
        /1 modules are there again, 1 of them from the cache/.test(backend.log),
      );
    }),
  ),
);

caches('none is used where it is not wanted', () =>
  withBackend(['--no-object-cache'], async (_backend, port) => {
    const [one, two] = [await TestSession.open(port), await TestSession.open(port)];
    assert.is((await compileAdd(one, 2)).cached, false);
    assert.is((await compileAdd(two, 2)).cached, false);
  }),
);

caches('a folder that others may write is not used, and the log says why', () =>
  withFolder(async (folder) => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    await withBackend(['--object-cache', folder], async (backend, port) => {
      const session = await TestSession.open(port);
      assert.is((await compileAdd(session, 5)).cached, false);
      assert.match(backend.log, /compiled code is not kept: .*can be written by other users/);
    });
    assert.equal(readdirSync(folder), []);
  }),
);

caches('lies in the cache folder of the user that workers run as', () => {
  const identity = { name: 'other', uid: 1, gid: 1, home: '/home/other' };
  assert.is(
    objectCacheFolder(undefined, identity, { XDG_CACHE_HOME: '/mine' }),
    '/home/other/.cache/rjit/objects',
  );
  assert.is(objectCacheFolder(undefined, undefined, { XDG_CACHE_HOME: '/mine' }), '/mine/rjit/objects');
  assert.match(
    objectCacheFolder(undefined, undefined, { XDG_CACHE_HOME: 'relative' }),
    /^\/.*\/\.cache\/rjit\/objects$/,
  );
});

caches('a folder that can not be made is an error of the start', async () => {
  const backend = new BackendProcess(['--object-cache', '/dev/null/objects']);
  try {
    assert.equal(await backend.exited, { code: 1, signal: null });
    assert.match(backend.log, /--object-cache: /);
  } finally {
    await backend.dispose();
  }
});

caches.run();
