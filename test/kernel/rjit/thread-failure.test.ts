import { BroadcastChannel, Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { FAIL_CHANNEL } from '../../support/fail-channel.ts';
import { defineOne, errorOf, SPIN } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const FAILING_THREAD = new URL('../../support/failing-io-main.js', import.meta.url);

const failures = suite('an I/O thread that fails');

async function withClient(port: number, body: (jit: RemoteJIT) => Promise<void>): Promise<void> {
  const jit = new RemoteJIT({ host: '127.0.0.1', port }, FAILING_THREAD);
  try {
    await body(jit);
  } finally {
    await jit.close();
  }
}

function fail(how: 'throw' | 'exit'): void {
  const channel = new BroadcastChannel(FAIL_CHANNEL);
  channel.postMessage(how);
  channel.close();
}

for (const [how, reason] of [
  ['throw', /the I\/O thread has ended \(Error: a bug in the I\/O thread\n +at /],
  ['exit', /the I\/O thread has ended \(it was closed\)/],
] as const) {
  failures(`says why when it ends by ${how}, and the next call goes on with another`, () =>
    withBackend([], (_backend, port) =>
      withClient(port, async (jit) => {
        const add = await defineOne(jit, ADD, 'int64(int64, int64)');
        const spin = await defineOne(jit, SPIN, 'int64(int64)');
        assert.is(add(1, 3), 4);
        spin.compile();
        const waiting = errorOf(() => spin.async(0));
        fail(how);
        const error = (await waiting) as RemoteError;
        assert.is(error.code, 'connection-lost');
        assert.match(error.message, reason);
        assert.is(add(2, 4), 6);
        assert.is(await add.async(3, 4), 7);
        // The session was taken up again: the server has no second one.
        assert.is((await jit.status()).sessions, 1);
      }),
    ),
  );

  failures(`frees a main thread that waits for it when it ends by ${how}`, () =>
    withBackend([], (_backend, port) =>
      withClient(port, async (jit) => {
        const spin = await defineOne(jit, SPIN, 'int64(int64)');
        spin.compile();
        const { workerPids } = await jit.status();
        const [pid] = Object.entries(workerPids).flatMap(([name, one]) => (name === 'spare' ? [] : [one]));
        // It must come from elsewhere: this thread is blocked.
        const thread = new Worker(new URL('../../support/fail-thread-main.js', import.meta.url), {
          workerData: { pid, how },
        });
        try {
          const error = (await errorOf(() => spin(0))) as RemoteError;
          assert.is(error.code, 'connection-lost');
          assert.match(error.message, reason);
        } finally {
          await thread.terminate();
        }
      }),
    ),
  );
}

failures('has its server started again, at the same address', () =>
  withClient(0, async (jit) => {
    const first = await jit.startServer();
    const add = await defineOne(jit, ADD, 'int64(int64, int64)');
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    assert.is(add(1, 3), 4);
    spin.compile();
    const waiting = errorOf(() => spin.async(0));
    fail('throw');
    await waiting;
    assert.is(add(2, 4), 6);
    assert.equal((await jit.status()).address, first);
  }),
);

failures.run();
