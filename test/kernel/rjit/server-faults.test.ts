import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteError as Fault } from '../../../backend/contract/remote-error.ts';
import { toRemoteFault } from '../../../backend/service/thrift-dispatch.ts';
import { type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeServer } from '../../support/fake-server.ts';
import { defineOne, errorOf } from '../../support/remote-jit.ts';

/** A client of `server`. The server runs on this thread: only promises work. */
async function withClient(
  server: FakeServer,
  body: (jit: RemoteJIT, answer: (...args: readonly unknown[]) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const jit = new RemoteJIT({ host: '127.0.0.1', port: await server.listen() });
  try {
    const answer = await defineOne(jit, 'def answer(a):\n    return a\n', 'int64(int64)');
    await body(jit, answer.async);
  } finally {
    await jit.close();
    await server.close();
  }
}

const errorFrom = async (run: () => unknown) => (await errorOf(run)) as RemoteError;

test('a polite server is asked for everything once', async () => {
  const server = new FakeServer();
  await withClient(server, async (_jit, answer) => {
    assert.is(await answer(1), 42);
    assert.is(await answer(2), 42);
    assert.equal(server.calls, ['rjit:hello', 'rjit:attach', 'rjit:compile', 'rjit:call', 'rjit:call']);
  });
});

test('a function that the server has lost is compiled again, and the call repeated', async () => {
  const result = Buffer.alloc(16, 1);
  const server = new FakeServer({
    call: async (handle: number, _packed: Buffer) => {
      if (handle === 1) throw toRemoteFault(new Fault('unknown-function', 'no function has handle 1'));
      return result;
    },
  });
  await withClient(server, async (_jit, answer) => {
    assert.is(await answer(1), 0x0101_0101_0101_0101n);
    assert.equal(server.calls.slice(2), ['rjit:compile', 'rjit:call', 'rjit:compile', 'rjit:call']);
  });
});

test('what is defined again is dropped on the server, behind its successor', async () => {
  const dropped: number[] = [];
  const server = new FakeServer({
    drop: async (handles: readonly number[]) => {
      dropped.push(...handles);
      return true;
    },
  });
  await withClient(server, async (jit, answer) => {
    await answer(1);
    for (const constant of [2, 3]) {
      const source = `def answer(a):\n    return a + ${constant}\n`;
      const [next] = await jit.define({ source, fileName: 'test', signatures: ['int64(int64)'] });
      assert.is(await next?.async(1), 42);
    }
    await eventually('both are dropped', () => dropped.length === 2);
    assert.equal(dropped, [1, 2]);
  });
});

test('a server that loses every function is not asked for ever', async () => {
  const server = new FakeServer({
    call: async (_handle: number, _packed: Buffer) => {
      throw toRemoteFault(new Fault('unknown-function', 'never heard of it'));
    },
  });
  await withClient(server, async (_jit, answer) => {
    const error = await errorFrom(() => answer(1));
    assert.is(error.code, 'unknown-function');
    assert.match(error.message, /never heard of it/);
    assert.ok(server.calls.length < 12);
  });
});

test('an error that the server reports keeps all it says', async () => {
  const server = new FakeServer({
    call: async (_handle: number, _packed: Buffer) => {
      const details = { functionName: 'answer_llA', signalName: 'SIGFPE', address: 2n ** 63n, line: 2 };
      throw toRemoteFault(new Fault('jit-crash', 'SIGFPE in answer_llA', details));
    },
  });
  await withClient(server, async (_jit, answer) => {
    const { code, message, functionName, signalName, address, line } = await errorFrom(() => answer(1));
    assert.equal(
      { code, message, functionName, signalName, address, line },
      {
        code: 'jit-crash',
        message: '[jit-crash] SIGFPE in answer_llA',
        functionName: 'answer_llA',
        signalName: 'SIGFPE',
        address: 2n ** 63n,
        line: 2,
      },
    );
  });
});

test('a compilation that fails is the error of the call', async () => {
  const server = new FakeServer({
    compile: async (_request: object) => {
      throw toRemoteFault(new Fault('ir-verify', 'broken module'));
    },
  });
  await withClient(server, async (_jit, answer) => {
    assert.is((await errorFrom(() => answer(1))).message, '[ir-verify] broken module');
  });
});

test('a compilation without the function that was asked for is refused', async () => {
  const server = new FakeServer({
    compile: async (_request: object) => ({ functions: [], phaseMicroseconds: {}, cached: false }),
  });
  await withClient(server, async (_jit, answer) => {
    assert.is((await errorFrom(() => answer(1))).code, 'protocol');
  });
});

test('a result of the wrong length is refused', async () => {
  const server = new FakeServer({ call: async (_handle: number, _packed: Buffer) => Buffer.alloc(8) });
  await withClient(server, async (_jit, answer) => {
    const error = await errorFrom(() => answer(1));
    assert.is(error.code, 'protocol');
    assert.match(error.message, /8 bytes arrived where 16 are expected/);
  });
});

test('something else that listens there is told from a server', async () => {
  const server = FakeServer.raw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await withClient(server, async (_jit, answer) => {
    const error = await errorFrom(() => answer(1));
    assert.is(error.code, 'protocol');
    assert.match(error.message, /expected strict TBinaryProtocol/);
  });
});

test('a server that closes every connection is an error, not a wait for ever', async () => {
  const server = FakeServer.raw((socket) => socket.destroy());
  await withClient(server, async (_jit, answer) => {
    assert.is((await errorFrom(() => answer(1))).code, 'connection-lost');
  });
});

test('a server that says nothing can be given up', async () => {
  let isConnected = false;
  const server = FakeServer.raw((socket) => {
    socket.resume();
    isConnected = true;
  });
  await withClient(server, async (jit, answer) => {
    const failing = errorFrom(() => answer(1));
    await eventually('the client is connected', () => isConnected);
    assert.is(await jit.cancel(), true);
    assert.is((await failing).code, 'cancelled');
  });
});

test('a server that lets nobody attach can be given up', async () => {
  let isAttaching = false;
  const server = new FakeServer({
    attach: (_session: string, _token: string) => {
      isAttaching = true;
      return new Promise(() => undefined);
    },
  });
  await withClient(server, async (jit, answer) => {
    const failing = errorFrom(() => answer(1));
    await eventually('the client attaches', () => isAttaching);
    assert.is(await jit.cancel(), true);
    assert.is((await failing).code, 'cancelled');
  });
});

test('a server that claims a reply of 2 GB is hung up on', async () => {
  const server = FakeServer.raw((socket) => {
    socket.write(Buffer.from('800100027fffffff', 'hex'));
    socket.resume();
  });
  await withClient(server, async (_jit, answer) => {
    const error = await errorFrom(() => answer(1));
    assert.is(error.code, 'too-large');
  });
});

test('a server that answers out of order is understood', async () => {
  const waiting: ((value: Buffer) => void)[] = [];
  const server = new FakeServer({
    call: (_handle: number, _packed: Buffer) => new Promise<Buffer>((resolve) => waiting.push(resolve)),
  });
  await withClient(server, async (_jit, answer) => {
    const results = Promise.all([answer(1), answer(2), answer(3)]);
    await eventually('three calls wait', () => waiting.length === 3);
    for (const [index, resolve] of [...waiting.entries()].reverse()) {
      const bytes = Buffer.alloc(16);
      bytes.writeBigInt64LE(BigInt(index));
      resolve(bytes);
      await delay(0);
    }
    assert.equal(await results, [0, 1, 2]);
  });
});

test.run();
