import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ManagedBackend } from '../../../kernel/rjit/managed-backend.ts';
import { plainTraceback, SessionInTest } from '../../support/session-in-test.ts';

/** A session with a backend of its own, as the kernel process gives it one. */
function withBackend(
  test: (session: SessionInTest, backend: ManagedBackend) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const backend = new ManagedBackend();
    const session = new SessionInTest({
      backend,
      env: { ...process.env, FORCE_COLOR: '0', RJIT_ENDPOINT_FILE: backend.endpointFile },
    });
    try {
      await test(session, backend);
    } finally {
      await Promise.all([session.session.shutdown(), backend.dispose()]);
    }
  };
}

const ADD = '%%rjit int64(int64, int64)\ndef foo(a, b):\n    return a + b\n';
const SPIN = '%%rjit int64(int64)\ndef spin(a):\n    while a < 10:\n        a = a - 1\n    return a\n';

const remote = suite('remote functions in cells');

remote(
  'are defined by a magic and called like others',
  withBackend(async (session) => {
    await session.show('%rjit start_server');
    assert.is(session.text(1).split(':')[0], 'staring rpc.thrift server');
    assert.is(await session.show(ADD), '');
    assert.is(await session.show('foo(1, 3) + 1'), '5');
    assert.is(
      await session.show('foo.signature("complex128(complex128, complex128)");\nfoo(1, 3.4j)'),
      '(1+3.4j)',
    );
    assert.is(await session.show('await foo.async(int8(2), 3)'), '5');
    await session.run('%rjit stop_server');
    assert.is(session.text(session.lastCell), '... rpc.thrift server stopped\n');
  }),
);

remote(
  'take a name over from a variable, and give it back',
  withBackend(async (session, backend) => {
    await backend.start({ host: '127.0.0.1', port: 0 });
    await session.run('let foo = 1');
    await session.run(ADD);
    assert.is(await session.show('foo(1, 3)'), '4');
    await session.run('function foo() { return "mine" }');
    assert.is(await session.show('foo()'), "'mine'");
    await session.run(ADD);
    assert.is(await session.show('foo(2, 3)'), '5');
  }),
);

remote(
  'that spin are stopped by an interrupt, awaited or waited for, and the session goes on',
  withBackend(async (session, backend) => {
    await backend.start({ host: '127.0.0.1', port: 0 });
    await session.run(ADD);
    await session.run(SPIN);
    assert.is(await session.show('foo(1, 3)'), '4');
    const { pid } = session.session;
    for (const call of ['print("running"); spin(1)', 'print("running"); await spin.async(1)']) {
      const outcome = session.run(call);
      const cell = session.lastCell;
      await session.until(() => session.text(cell) === 'running\n', 'the text');
      await session.session.interrupt();
      const result = await outcome;
      assert.ok(result.status === 'error');
      assert.is(result.ename, 'KeyboardInterrupt');
      assert.is(await session.show('foo(1, 3)'), '4');
    }
    assert.is(session.session.pid, pid);
  }),
);

remote(
  'survive the session that defined them only in their cells',
  withBackend(async (session, backend) => {
    await backend.start({ host: '127.0.0.1', port: 0 });
    await session.run(ADD);
    await session.run('process.exit(0)');
    assert.match(await session.show('foo(1, 3)'), /^ReferenceError/u);
    await session.run(ADD);
    assert.is(await session.show('foo(1, 3)'), '4');
  }),
);

remote(
  'that do not compile are shown with their line of the cell',
  withBackend(async (session) => {
    const traceback = plainTraceback(
      await session.run('%%rjit int64(int64)\ndef foo(a):\n    return a + b\n'),
    );
    assert.match(traceback, /--> In\[1\]:3:16\n3 \| {5}return a \+ b\n/u);
    assert.match(
      plainTraceback(await session.run('%%rjit nonsense(')),
      /--> In\[2\]:1:8\n1 \| %%rjit nonsense\(/u,
    );
  }),
);

remote(
  'say what is wrong with the server',
  withBackend(async (session) => {
    await session.run(ADD);
    await session.run('%rjit start_server');
    await session.run('%rjit stop_server');
    assert.match(await session.show('foo(1, 3)'), /^RemoteError: \[server-stopped\]/u);
    assert.match(await session.show('%rjit connect localhost:1'), /^RemoteError: \[unreachable\]/u);
  }),
);

remote.run();
