import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { defineOne } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const ROUNDS = 6;

const clients = suite('clients that were closed');

/** What this process holds of the system: Linux counts it for us. */
function held(): { readonly threads: number; readonly files: number; readonly folders: number } {
  return {
    threads: readdirSync('/proc/self/task').length,
    files: readdirSync('/proc/self/fd').length,
    folders: readdirSync(tmpdir()).filter((name) => name.startsWith(`rjit-backend-${process.pid}-`)).length,
  };
}

async function useOnce(jit: RemoteJIT): Promise<void> {
  const add = await defineOne(jit, ADD, 'int64(int64, int64)');
  assert.is(add(1, 3), 4);
  assert.is(await add.with({ signal: AbortSignal.timeout(60_000) }).async(2, 4), 6);
}

clients('leave no thread, file, listener or session behind', () =>
  withBackend([], async (_backend, port) => {
    const watcher = new RemoteJIT({ host: '127.0.0.1', port });
    try {
      await useOnce(watcher);
      const listeners = process.listenerCount('exit');
      // What Node starts once and keeps (its thread pool) is there after the first.
      const first = new RemoteJIT({ host: '127.0.0.1', port });
      await useOnce(first);
      await first.close();
      const before = held();
      for (let round = 0; round < ROUNDS; round += 1) {
        const jit = new RemoteJIT({ host: '127.0.0.1', port });
        await useOnce(jit);
        await jit.close();
      }
      await eventually('threads and files are gone', () => {
        const now = held();
        return now.threads <= before.threads && now.files <= before.files;
      });
      assert.is(process.listenerCount('exit'), listeners);
      await eventually('the sessions are gone', async () => (await watcher.status()).sessions === 1);
    } finally {
      await watcher.close();
    }
  }),
);

clients('that had servers of their own leave no process and no folder', async () => {
  const before = held().folders;
  const pids: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const jit = new RemoteJIT({ port: 0 });
    await jit.startServer();
    await useOnce(jit);
    const { supervisorPid, workerPids } = await jit.status();
    pids.push(supervisorPid, ...Object.values(workerPids));
    await jit.close();
  }
  assert.is(held().folders, before);
  await eventually('all processes have ended', () => pids.every((pid) => !isAlive(pid)));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: it has ended.
    return false;
  }
}

clients.run();
