import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { BackendProcess } from '../../support/backend-process.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

const FIRST = 'def first(a):\n    return a[0]\n';

const limits = suite('arrays and the limits of a server');

limits('a call that is larger than the server takes says so, and the session goes on', async () => {
  const backend = new BackendProcess(['--max-message-bytes', '200000']);
  const jit = new RemoteJIT({ host: '127.0.0.1', port: await backend.port() });
  try {
    const first = await defineOne(jit, FIRST, 'float64(float64[])');
    assert.is(first(new Float64Array(20_000).fill(3)), 3);
    for (const length of [30_000, 2_000_000]) {
      const error = await errorOf(() => first(new Float64Array(length)));
      assert.match(
        error.message,
        /\[too-large\] a message of at least \d+ bytes arrived; the limit is 200000 bytes/,
      );
      assert.match(error.message, /--max-message-bytes/);
    }
    assert.is(await first.async(Float64Array.of(5)), 5);
  } finally {
    await jit.close();
    await backend.dispose();
  }
});

limits.run();
