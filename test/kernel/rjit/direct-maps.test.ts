import { availableParallelism } from 'node:os';
import { createContext, runInContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RemoteFunction } from '../../../kernel/rjit/remote-function.ts';
import type { MapProgress, RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { socketCount } from '../../support/process-state.ts';
import { defineOne, errorOf, SPIN, withJit } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const DIVIDE = 'def divide(a, b):\n    return a // b\n';
const SIGNATURE = 'float64(float64, float64)';
/** More chunks than are under way at once, the last a short one. */
const LENGTH = 1_300_007;
const COUNTING = Float64Array.from({ length: LENGTH }, (_, index) => index);

function isShifted(result: ArrayLike<unknown>, by: number): boolean {
  if (result.length !== LENGTH) return false;
  for (let index = 0; index < LENGTH; index += 1) if (result[index] !== index + by) return false;
  return true;
}

async function withAddition(body: (add: RemoteFunction, jit: RemoteJIT) => Promise<void>): Promise<void> {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    add.compile();
    await body(add, jit);
  });
}

const maps = suite('a large map that is waited for');

if (availableParallelism() > 1) {
  maps('has a connection of the main thread’s own, and keeps it', () =>
    withAddition(async (add) => {
      const before = socketCount();
      assert.ok(isShifted(add.map(COUNTING, 7), 7));
      assert.ok(socketCount() > before);
      const during = socketCount();
      for (let by = 0; by < 3; by += 1) assert.ok(isShifted(add.map(by, COUNTING), by));
      assert.is(add(1, 3), 4);
      assert.is(socketCount(), during);
    }),
  );
}

maps('takes columns of shared memory, and parts of arrays', () =>
  withAddition(async (add) => {
    const shared = new Float64Array(new SharedArrayBuffer(8 * LENGTH));
    shared.set(COUNTING);
    const part = new Float64Array(LENGTH + 3).fill(1).subarray(3);
    assert.ok(isShifted(add.map(shared, part), 1));
  }),
);

maps('tells its progress, and ends with what is thrown there', () =>
  withAddition(async (add) => {
    const told: MapProgress[] = [];
    const onProgress = (progress: MapProgress) => void told.push(progress);
    assert.ok(isShifted(add.with({ onProgress }).map(COUNTING, 1), 1));
    assert.ok(told.length > 1);
    assert.equal(told.at(-1), { done: LENGTH, total: LENGTH });
    assert.ok(told.every(({ done }, index) => done > (told[index - 1]?.done ?? 0)));
    const failing = add.with({
      onProgress: () => {
        throw new Error('enough');
      },
    });
    for (let round = 0; round < 3; round += 1) {
      assert.is((await errorOf(() => failing.map(COUNTING, 1))).message, 'enough');
      assert.ok(isShifted(add.map(COUNTING, round), round));
    }
  }),
);

maps('lets what is told its progress start promises, and nothing that waits', () =>
  withAddition(async (add) => {
    const promises: Promise<unknown>[] = [];
    const onProgress = () => void promises.push(add.async(promises.length, 1));
    assert.ok(isShifted(add.with({ onProgress }).map(COUNTING, 1), 1));
    assert.equal(
      await Promise.all(promises),
      promises.map((_, index) => index + 1),
    );
    const waiting = add.with({ onProgress: () => void add(1, 3) });
    assert.match((await errorOf(() => waiting.map(COUNTING, 1))).message, /can’t wait for another call/);
    assert.is(add(1, 3), 4);
    let refused = 0;
    const stubborn = add.with({
      onProgress: () => {
        try {
          add.map(COUNTING, 2);
        } catch {
          refused += 1;
        }
      },
    });
    assert.ok(isShifted(stubborn.map(COUNTING, 1), 1));
    assert.ok(refused > 0);
  }),
);

maps('fails when what is told its progress detaches an array, and the next one is right', () =>
  withAddition(async (add) => {
    for (const message of [undefined, 'enough']) {
      const counting = COUNTING.slice();
      const onProgress = () => {
        structuredClone(counting.buffer, { transfer: [counting.buffer] });
        if (message) throw new Error(message);
      };
      // With two columns there are more chunks than are under way when the first has its answer.
      const error = await errorOf(() => add.with({ onProgress }).map(counting, COUNTING));
      assert.match(
        error.message,
        message ? /^enough$/ : /an array was detached or became shorter during the map/,
      );
      if (!message) assert.is((error as RemoteError).code, 'bad-argument');
      assert.is(add(1, 3), 4);
      assert.ok(isShifted(add.map(COUNTING, 1), 1));
      assert.is(await add.async(1, 3), 4);
      assert.ok(isShifted(add.map(COUNTING, 2), 2));
    }
  }),
);

maps('ends with the error of any element, and the next one is right', () =>
  withAddition(async (add, jit) => {
    const divide = await defineOne(jit, DIVIDE, SIGNATURE);
    for (const index of [0, LENGTH >> 1, LENGTH - 1]) {
      const divisors = new Float64Array(LENGTH).fill(1);
      divisors[index] = 0;
      assert.is((await errorOf(() => divide.map(COUNTING, divisors))).name, 'ZeroDivisionError');
      assert.is(add(1, 3), 4);
      assert.ok(isShifted(add.map(COUNTING, index), index));
    }
  }),
);

maps('is stopped by requestCancel of another thread', () =>
  withAddition(async (add, jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    for (let round = 0; round < 2; round += 1) {
      const module = new URL('../../support/cancel-thread-main.js', import.meta.url);
      const thread = new Worker(module, { workerData: await workerPid(jit) });
      try {
        const error = (await errorOf(() => spin.map(new BigInt64Array(LENGTH)))) as RemoteError;
        assert.is(error.code, 'cancelled');
        assert.ok(isShifted(add.map(COUNTING, 1), 1));
      } finally {
        await thread.terminate();
      }
    }
  }),
);

maps('can be terminated at any moment, and what follows gets its own answers', () =>
  withAddition(async (add) => {
    const loop = 'for (;;) add.map(COUNTING, 5)';
    for (let round = 0; round < 15; round += 1) {
      const run = () => runInContext(loop, createContext({ add, COUNTING }), { timeout: 10 + 3 * round });
      assert.throws(run, (error: NodeJS.ErrnoException) => error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT');
      assert.is(add(round, 6), round + 6);
      assert.ok(isShifted(add.map(COUNTING, round), round));
    }
  }),
);

maps('ends when its server is stopped from where its progress is told', () =>
  withAddition(async (add, jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    // Only the last element spins.
    const column = new BigInt64Array(LENGTH).fill(-10n);
    column[LENGTH - 1] = 0n;
    let stopping: Promise<void> | undefined;
    const onProgress = () => {
      stopping ??= jit.stopServer();
    };
    const error = (await errorOf(() => spin.with({ onProgress }).map(column))) as RemoteError;
    assert.is(error.code, 'server-stopped');
    await stopping;
    await jit.startServer({ port: 0 });
    assert.ok(isShifted(add.map(COUNTING, 2), 2));
  }),
);

maps('learns that the server’s worker has died, and the next one has another', () =>
  withAddition(async (add, jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    for (let round = 0; round < 2; round += 1) {
      const module = new URL('../../support/kill-thread-main.js', import.meta.url);
      new Worker(module, { workerData: await workerPid(jit) });
      const error = (await errorOf(() => spin.map(new BigInt64Array(LENGTH)))) as RemoteError;
      assert.is(error.code, 'worker-died');
      assert.match(error.message, /SIGKILL.*spin/);
      assert.ok(isShifted(add.map(COUNTING, round), round));
    }
  }),
);

maps('compiles again for a server that has started again', () =>
  withAddition(async (add, jit) => {
    assert.ok(isShifted(add.map(COUNTING, 1), 1));
    await jit.stopServer();
    assert.is(((await errorOf(() => add.map(COUNTING, 1))) as RemoteError).code, 'server-stopped');
    await jit.startServer({ port: 0 });
    assert.ok(isShifted(add.map(COUNTING, 2), 2));
  }),
);

maps.run();

const promised = suite('a large map that is not waited for');

promised('reads its columns while it runs', () =>
  withAddition(async (add) => {
    const told: number[] = [];
    const counting = COUNTING.slice();
    const bound = add.with({ onProgress: ({ done }) => void told.push(done) });
    assert.ok(isShifted(await bound.async.map(counting, 7), 7));
    assert.is(told.at(-1), LENGTH);
    const both = await Promise.all([add.async.map(counting, 1), add.async.map(2, counting)]);
    assert.ok(isShifted(both[0], 1) && isShifted(both[1], 2));
  }),
);

promised('fails when one of them is detached', () =>
  withAddition(async (add) => {
    const counting = COUNTING.slice();
    const answer = add.async.map(counting, 7);
    structuredClone(counting.buffer, { transfer: [counting.buffer] });
    const error = (await errorOf(() => answer)) as RemoteError;
    assert.is(error.code, 'bad-argument');
    assert.match(error.message, /an array was detached or became shorter during the map/);
    assert.is(await add.async(1, 3), 4);
  }),
);

promised.run();

async function workerPid(jit: RemoteJIT): Promise<number> {
  const { workerPids } = await jit.status();
  const [pid] = Object.entries(workerPids).flatMap(([name, one]) => (name === 'spare' ? [] : [one]));
  if (pid === undefined) throw new Error('no worker');
  return pid;
}
