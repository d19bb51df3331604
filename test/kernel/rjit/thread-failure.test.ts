import { BroadcastChannel } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import { IoClient } from '../../../kernel/rjit/io/io-client.ts';
import type { Endpoint } from '../../../kernel/rjit/io/requests.ts';
import { RemoteFunction } from '../../../kernel/rjit/remote-function.ts';
import { SourceModule } from '../../../kernel/rjit/source-module.ts';
import { withBackend } from '../../support/backend-process.ts';
import { FAIL_CHANNEL } from '../../support/fail-channel.ts';
import { errorOf, SPIN } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const NOWHERE: Endpoint = { kind: 'stopped' };

const failures = suite('an I/O thread that fails');

async function withClient(
  endpoint: Endpoint,
  body: (io: IoClient, define: (source: string, signature: string) => RemoteFunction) => Promise<void>,
): Promise<void> {
  const io = new IoClient(endpoint, new URL('../../support/failing-io-thread.js', import.meta.url));
  const define = (source: string, signature: string): RemoteFunction => {
    const module = SourceModule.parse({ source, fileName: 'In[1]' });
    module.assign([{ signature: parseSignature(signature) }]);
    const [name = ''] = module.exportedNames;
    return new RemoteFunction({ module, name, io, timeoutMs: () => 0 });
  };
  try {
    await body(io, define);
  } finally {
    await io.close();
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
      withClient(
        { kind: 'address', host: '127.0.0.1', port, token: '', tls: undefined },
        async (io, define) => {
          const add = define(ADD, 'int64(int64, int64)');
          const spin = define(SPIN, 'int64(int64)');
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
          assert.is((await io.request('status', {})).sessions, 1);
        },
      ),
    ),
  );

  failures(`frees a main thread that waits for it when it ends by ${how}`, () =>
    withBackend([], (_backend, port) =>
      withClient(
        { kind: 'address', host: '127.0.0.1', port, token: '', tls: undefined },
        async (_io, define) => {
          const spin = define(SPIN, 'int64(int64)');
          spin.compile();
          fail(how);
          const error = (await errorOf(() => spin(0))) as RemoteError;
          assert.is(error.code, 'connection-lost');
          assert.match(error.message, reason);
        },
      ),
    ),
  );
}

failures('has its server started again, at the same address', () =>
  withClient(NOWHERE, async (io, define) => {
    const first = await io.startServer({ host: '127.0.0.1', port: 0 });
    const add = define(ADD, 'int64(int64, int64)');
    const spin = define(SPIN, 'int64(int64)');
    assert.is(add(1, 3), 4);
    spin.compile();
    const waiting = errorOf(() => spin.async(0));
    fail('throw');
    await waiting;
    assert.is(add(2, 4), 6);
    assert.equal((await io.request('status', {})).address, first);
  }),
);

failures.run();
