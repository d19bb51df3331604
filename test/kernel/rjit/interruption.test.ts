import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestCancel } from '../../../kernel/rjit/cancel.ts';
import { RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { defineOne, errorOf, SPIN, withJit } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const SIGNATURE = 'int64(int64, int64)';

async function workerPid(jit: RemoteJIT): Promise<number> {
  const { workerPids } = await jit.status();
  const [pid] = Object.entries(workerPids).flatMap(([name, one]) => (name === 'spare' ? [] : [one]));
  if (pid === undefined) throw new Error('no worker');
  return pid;
}

const interruption = suite('a main thread that waits for an answer');

interruption('can be freed by requestCancel of another thread', async () => {
  await withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    spin.compile();
    const thread = new Worker(new URL('../../support/cancel-thread-main.js', import.meta.url), {
      workerData: await workerPid(jit),
    });
    try {
      const error = (await errorOf(() => spin(0))) as RemoteError;
      assert.is(error.code, 'cancelled');
      assert.match(error.message, /spin/);
      assert.is(add(1, 3), 4);
    } finally {
      await thread.terminate();
    }
  });
});

interruption('is not left waiting for a call that was sent right before requestCancel', async () => {
  await withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    for (let round = 0; round < 50; round += 1) {
      const answer = spin.with({ timeoutMs: 10_000 }).async(0);
      requestCancel();
      const error = await answer.catch((reason: unknown) => reason);
      assert.is((error as RemoteError).code, 'cancelled');
    }
  });
});

interruption('can be terminated, and its next call gets its own answer', async () => {
  await withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    const add = await defineOne(jit, ADD, SIGNATURE);
    spin.compile();
    assert.is(add(1, 3), 4);
    for (let round = 0; round < 3; round += 1) {
      const run = () => runInContext('spin(0)', createContext({ spin }), { timeout: 50 });
      // The error is made in the other context.
      assert.throws(run, (error: NodeJS.ErrnoException) => error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
      assert.is(await jit.cancel(), true);
      assert.is(add(round, 3), round + 3);
      assert.is(await add.async(round, 4), round + 4);
    }
  });
});

interruption.run();

const limits = suite('time limits');

limits('a map beyond its time is stopped with all its chunks', async () => {
  await withJit(
    async (jit) => {
      const spin = await defineOne(jit, SPIN, 'int64(int64)');
      const add = await defineOne(jit, ADD, SIGNATURE);
      spin.compile();
      add.compile();
      const zeros = new BigInt64Array(300_000);
      for (const run of [() => spin.map(zeros), () => spin.async.map(zeros)]) {
        const error = (await errorOf(run)) as RemoteError;
        assert.is(error.code, 'timeout');
        assert.match(error.message, /the call took longer than 300 ms and was stopped/);
      }
      await eventuallyFree(() => add.async(1, 3));
    },
    { timeoutMs: 300 },
  );
});

limits('calls whose time ends behind others do not hold the session up afterwards', async () => {
  await withJit(
    async (jit) => {
      const spin = await defineOne(jit, SPIN, 'int64(int64)');
      const add = await defineOne(jit, ADD, SIGNATURE);
      spin.compile();
      add.compile();
      const codes = [1, 2, 3].map(async () => ((await errorOf(() => spin.async(0))) as RemoteError).code);
      assert.equal(await Promise.all(codes), ['timeout', 'timeout', 'timeout']);
      await eventuallyFree(() => add.async(1, 3));
    },
    { timeoutMs: 300 },
  );
});

/** Calls that come while the server is still stopping others may run out of time, too. */
async function eventuallyFree(call: () => Promise<unknown>): Promise<void> {
  await eventually('a call is answered', async () => {
    try {
      return (await call()) === 4;
    } catch (error) {
      if (error instanceof RemoteError && ['timeout', 'cancelled'].includes(error.code)) return false;
      throw error;
    }
  });
}

limits.run();

const order = suite('order');

order('promises and blocking calls reach the server in the order of the program', async () => {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE, 'double(double, double)');
    add.compile();
    const settled: number[] = [];
    const promises = Array.from({ length: 2_000 }, (_, index) =>
      add.async(index, index % 2 === 0 ? 1 : 0.5).then((value) => settled.push(Number(value))),
    );
    assert.is(add(1, 3), 4);
    await Promise.all(promises);
    assert.equal(
      settled,
      Array.from({ length: 2_000 }, (_, index) => index + (index % 2 === 0 ? 1 : 0.5)),
    );
  });
});

order('a failed call does not hold up those behind it', async () => {
  await withJit(async (jit) => {
    const divide = await defineOne(jit, 'def divide(a, b):\n    return a // b\n', SIGNATURE);
    divide.compile();
    const outcomes = await Promise.allSettled([1, 0, 2, 0, 4].map((b) => divide.async(8, b)));
    assert.equal(
      outcomes.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name)),
      [8, 'ZeroDivisionError', 4, 'ZeroDivisionError', 2],
    );
  });
});

order.run();

const secrets = suite('tokens');

secrets('a server that asks for a token refuses a wrong one, and serves the right one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  try {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'opensesame-andbequickaboutit\n', { mode: 0o600 });
    await withBackend(['--token-file', tokenFile], async (_backend, port) => {
      for (const token of ['', 'opensesame']) {
        const jit = new RemoteJIT({ host: '127.0.0.1', port, token });
        try {
          const add = await defineOne(jit, ADD, SIGNATURE);
          const error = (await errorOf(() => add(1, 3))) as RemoteError;
          assert.is(error.code, 'unauthorized');
          assert.not.match(error.message, /sesame/);
          await jit.connect({ host: '127.0.0.1', port, token: 'opensesame-andbequickaboutit' });
          assert.is(add(1, 3), 4);
        } finally {
          await jit.close();
        }
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

secrets.run();
