import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Endpoint } from '../../../kernel/rjit/io/requests.ts';
import { openSession } from '../../../kernel/rjit/io/server-session.ts';
import type { RemoteError } from '../../../kernel/rjit/remote-jit.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { errorOf } from '../../support/remote-jit.ts';

const opening = suite('a session that is given up while a connection of it opens');

for (const [connection, calls] of [
  ['first', []],
  ['second', ['rjit:hello']],
] as const) {
  opening(`the ${connection} connection asks for nothing any more`, async () => {
    const server = new FakeServer();
    const port = await server.listen();
    try {
      const controller = new AbortController();
      const endpoint: Endpoint = {
        kind: 'address',
        host: '127.0.0.1',
        token: '',
        tls: undefined,
        // Read when a connection is begun: nobody looks at the signal between that and its being open.
        get port() {
          if (server.calls.length === calls.length) controller.abort();
          return port;
        },
      };
      const error = await errorOf(() => openSession(endpoint, undefined, controller.signal));
      assert.is((error as RemoteError).code, 'cancelled');
      await eventually('the connection was made', () => server.connectionCount === calls.length + 1);
      assert.equal(server.calls, calls);
    } finally {
      await server.close();
    }
  });
}

opening('without that, it asks on both', async () => {
  const server = new FakeServer();
  const endpoint = { kind: 'address', host: '127.0.0.1', port: await server.listen(), token: '' } as const;
  try {
    const session = await openSession(
      { ...endpoint, tls: undefined },
      undefined,
      new AbortController().signal,
    );
    assert.equal(server.calls, ['rjit:hello', 'rjit:attach']);
    session.control.destroy();
    session.data.destroy();
  } finally {
    await server.close();
  }
});

opening.run();
