import { availableParallelism } from 'node:os';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RemoteFunction } from '../../../kernel/rjit/remote-function.ts';
import type { RemoteError, RemoteJIT, RemoteJITOptions } from '../../../kernel/rjit/remote-jit.ts';
import { eventually } from '../../support/eventually.ts';
import { socketCount } from '../../support/process-state.ts';
import { defineOne, errorOf, SPIN, withJit } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
/** Takes far longer than an answer is looked for. */
const LONG = `def long(a, b):
    x = b
    for i in range(3000000):
        x = (x * 7 + a) % 1000003
    return x
`;
const SIGNATURE = 'int64(int64, int64)';

interface Functions {
  readonly jit: RemoteJIT;
  readonly add: RemoteFunction;
  readonly long: RemoteFunction;
  readonly spin: RemoteFunction;
}

const direct = suite('a main thread with a connection of its own');

if (availableParallelism() > 1) {
  direct('gets it after some calls, and keeps it', async () => {
    const before = socketCount();
    await withDirect(async ({ add }) => {
      const during = socketCount();
      for (let index = 0; index < 1000; index += 1) assert.is(add(index, -1), index - 1);
      assert.is(socketCount(), during);
    });
    await eventually('all connections are closed', () => socketCount() <= before);
  });

  direct('waits for an answer that is late', async () => {
    await withDirect(async ({ add, long }) => {
      for (let index = 0; index < 10; index += 1) {
        assert.is(long(index, 3), Number(long.local(index, 3)));
        assert.is(add(index, 4), index + 4);
      }
    });
  });

  direct('can be freed by requestCancel of another thread', async () => {
    await withDirect(async ({ jit, add, spin }) => {
      for (let round = 0; round < 3; round += 1) {
        const module = new URL('../../support/cancel-thread-main.js', import.meta.url);
        const thread = new Worker(module, { workerData: await workerPid(jit) });
        try {
          const error = (await errorOf(() => spin(0))) as RemoteError;
          assert.is(error.code, 'cancelled');
          assert.is(add(1, 3), 4);
        } finally {
          await thread.terminate();
        }
      }
    });
  });

  direct('can be terminated, and its next calls get their own answers', async () => {
    await withDirect(async ({ jit, add, spin }) => {
      for (let round = 0; round < 3; round += 1) {
        const run = () => runInContext('spin(0)', createContext({ spin }), { timeout: 50 });
        assert.throws(run, (error: NodeJS.ErrnoException) => error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
        assert.is(await jit.cancel(), true);
        for (let index = 0; index < 50; index += 1) assert.is(add(round, index), round + index);
        assert.is(await add.async(round, 4), round + 4);
      }
    });
  });

  direct('can be terminated at any moment of a call', async () => {
    await withDirect(async ({ add }) => {
      const loop = 'for (let i = 0; ; i += 1) if (add(i, 5) !== i + 5) throw new Error("another answer");';
      for (let round = 0; round < 40; round += 1) {
        const run = () => runInContext(loop, createContext({ add }), { timeout: 10 });
        assert.throws(run, (error: NodeJS.ErrnoException) => error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
        assert.is(add(round, 6), round + 6);
      }
    });
  });

  direct('has a call stopped whose time is up', async () => {
    await withDirect(
      async ({ add, spin }) => {
        for (let round = 0; round < 3; round += 1) {
          const error = (await errorOf(() => spin(0))) as RemoteError;
          assert.is(error.code, 'timeout');
          assert.is(add.with({ timeoutMs: 0 })(1, 3), 4);
        }
      },
      { timeoutMs: 300 },
    );
  });

  direct('learns that the server’s worker has died, and has another one next', async () => {
    await withDirect(async ({ jit, add, spin }) => {
      for (let round = 0; round < 2; round += 1) {
        killLater(await workerPid(jit));
        const error = (await errorOf(() => spin(0))) as RemoteError;
        assert.is(error.code, 'worker-died');
        assert.match(error.message, /SIGKILL.*spin/);
        for (let index = 0; index < 50; index += 1) assert.is(add(1, index), 1 + index);
      }
    });
  });

  direct('goes on with the worker that replaces one after a fault', async () => {
    await withDirect(async ({ jit, add }) => {
      const source =
        'define i64 @crash_lallA(i64 %a, i64 %b) {\n  %p = inttoptr i64 %a to i64*\n' +
        '  store volatile i64 %b, i64* %p\n  ret i64 0\n}\n';
      const definition = { source, fileName: 'crash.ll', language: 'ir', signatures: [SIGNATURE] } as const;
      const [crash] = await jit.define(definition);
      for (let round = 0; round < 3; round += 1) {
        const error = (await errorOf(() => crash?.(16, 1))) as RemoteError;
        assert.match(error.message, /\[jit-crash\] SIGSEGV in crash/);
        for (let index = 0; index < 50; index += 1) assert.is(add(1, index), 1 + index);
      }
    });
  });

  direct('calls in order with the promises before and behind', async () => {
    await withDirect(async ({ add }) => {
      for (let round = 0; round < 50; round += 1) {
        const before = [add.async(round, 1), add.async(round, 2)];
        assert.is(add(round, 3), round + 3);
        assert.equal(await Promise.all(before), [round + 1, round + 2]);
        assert.is(add(round, 4), round + 4);
      }
    });
  });

  direct('forgets it with the server, and gets one to the next', async () => {
    await withDirect(async ({ jit, add }) => {
      await jit.stopServer();
      assert.is(((await errorOf(() => add(1, 3))) as RemoteError).code, 'server-stopped');
      await jit.startServer({ port: 0 });
      for (let index = 0; index < 50; index += 1) assert.is(add(1, index), 1 + index);
    });
  });
}

direct.run();

/** Functions of a client that has called so often that it calls directly. */
async function withDirect(
  body: (functions: Functions) => Promise<void>,
  options: RemoteJITOptions = {},
): Promise<void> {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    const long = await defineOne(jit, LONG, SIGNATURE);
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    for (const one of [add, long, spin]) one.compile();
    const before = socketCount();
    await eventually('there is another connection', () => {
      for (let index = 0; index < 20; index += 1) add.with({ timeoutMs: 0 })(index, 1);
      return socketCount() > before;
    });
    for (let index = 0; index < 20; index += 1) add.with({ timeoutMs: 0 })(index, 1);
    await body({ jit, add, long, spin });
  }, options);
}

async function workerPid(jit: RemoteJIT): Promise<number> {
  const { workerPids } = await jit.status();
  const [pid] = Object.entries(workerPids).flatMap(([name, one]) => (name === 'spare' ? [] : [one]));
  if (pid === undefined) throw new Error('no worker');
  return pid;
}

/** From another thread, once the worker computes: this one will be blocked. */
function killLater(pid: number): void {
  const module = new URL('../../support/kill-thread-main.js', import.meta.url);
  new Worker(module, { workerData: pid });
}
