import { connect, createServer, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RemoteError, RemoteJIT } from '../../../kernel/rjit/remote-jit.ts';
import { withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { isRunning, startsWorking } from '../../support/process-state.ts';
import { defineOne, errorOf, SPIN, withJit } from '../../support/remote-jit.ts';

const ADD = 'def add(a, b):\n    return a + b\n';
const SIGNATURE = 'int64(int64, int64)';

const codeOf = async (run: () => unknown) => ((await errorOf(run)) as RemoteError).code;

/** The process id of the one worker that serves a session of this client. */
async function workerOf(jit: RemoteJIT): Promise<number> {
  const { workerPids } = await jit.status();
  const [pid, ...others] = Object.entries(workerPids).flatMap(([name, one]) =>
    name === 'spare' ? [] : [one],
  );
  if (pid === undefined || others.length > 0) throw new Error(`${others.length + 1} workers instead of one`);
  return pid;
}

const deaths = suite('deaths');

deaths('a worker killed in a call is named with its function, and the next call works', async () => {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    assert.is(add(1, 3), 4);
    spin.compile();
    const pid = await workerOf(jit);
    const failing = errorOf(() => spin.async(0));
    await startsWorking(pid);
    process.kill(pid, 'SIGKILL');
    const error = (await failing) as RemoteError;
    assert.is(error.code, 'worker-died');
    assert.match(error.message, /worker process ended \(SIGKILL\) while spin_lalA was running/);
    assert.is(error.signalName, 'SIGKILL');
    assert.is(add(1, 3), 4);
  });
});

deaths('a worker killed between calls is replaced unnoticed', async () => {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    assert.is(add(1, 3), 4);
    const pid = await workerOf(jit);
    process.kill(pid, 'SIGKILL');
    // For a moment no worker has the session.
    await eventually('the server has noticed', async () => {
      const { workerPids } = await jit.status();
      return !Object.values(workerPids).includes(pid);
    });
    assert.is(add(2, 4), 6);
  });
});

deaths('a server killed in a call is started again at its address, with its functions', async () => {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    assert.is(add(1, 3), 4);
    spin.compile();
    const { address, supervisorPid } = await jit.status();
    const worker = await workerOf(jit);
    const failing = errorOf(() => spin.async(0));
    await startsWorking(worker);
    process.kill(supervisorPid, 'SIGKILL');
    const error = (await failing) as RemoteError;
    assert.is(error.code, 'connection-lost');
    assert.match(error.message, /the server at .* ended during the call; it is there again, call again/);
    assert.is(add(1, 3), 4);
    const again = await jit.status();
    assert.equal(again.address, address);
    assert.is.not(again.supervisorPid, supervisorPid);
    await eventually('the old worker has ended', () => !isRunning(worker));
  });
});

deaths('a server at a fixed address that was restarted gets the functions again', async () => {
  const jit = new RemoteJIT();
  try {
    let port = 0;
    const add = await defineOne(jit, ADD, SIGNATURE);
    await withBackend([], async (_backend, first) => {
      port = first;
      await jit.connect({ host: '127.0.0.1', port });
      assert.is(add(1, 3), 4);
    });
    // The later --port counts.
    await withBackend(['--port', String(port)], async () => {
      assert.is(add(2, 4), 6);
    });
  } finally {
    await jit.close();
  }
});

deaths.run();

const stopping = suite('stopping calls');

stopping('a call beyond its time is stopped, and the worker goes on', async () => {
  await withJit(
    async (jit) => {
      const spin = await defineOne(jit, SPIN, 'int64(int64)');
      const add = await defineOne(jit, ADD, SIGNATURE);
      spin.compile();
      add.compile();
      const pid = await workerOf(jit);
      const error = (await errorOf(() => spin(0))) as RemoteError;
      assert.is(error.code, 'timeout');
      assert.match(error.message, /the call took longer than 250 ms and was stopped/);
      assert.is(await codeOf(() => spin.async(0)), 'timeout');
      assert.is(add.with({ timeoutMs: 0 })(1, 3), 4);
      assert.is(await workerOf(jit), pid);
    },
    { timeoutMs: 250 },
  );
});

stopping('cancel stops what runs and what waits behind it', async () => {
  await withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    const pid = await workerOf(jit);
    const calls = [1, 2, 3].map(() => codeOf(() => spin.async(0)));
    await startsWorking(pid);
    assert.is(await jit.cancel(), true);
    assert.equal(await Promise.all(calls), ['cancelled', 'cancelled', 'cancelled']);
    assert.is(await jit.cancel(), false);
  });
});

stopping('close ends a call that is under way', async () => {
  let call: Promise<string> | undefined;
  await withJit(async (jit) => {
    const spin = await defineOne(jit, SPIN, 'int64(int64)');
    spin.compile();
    const pid = await workerOf(jit);
    call = codeOf(() => spin.async(0));
    await startsWorking(pid);
  });
  assert.is(await call, 'cancelled');
});

stopping.run();

const servers = suite('servers');

servers('a stopped server is named as such, and can be started again with its functions', async () => {
  await withJit(async (jit) => {
    const add = await defineOne(jit, ADD, SIGNATURE);
    assert.is(add(1, 3), 4);
    await jit.stopServer();
    assert.is(await codeOf(() => add(1, 3)), 'server-stopped');
    assert.is(await codeOf(() => add.async(1, 3)), 'server-stopped');
    assert.is(await codeOf(() => jit.stopServer()), 'bad-request');
    await jit.startServer({ port: 0 });
    assert.is(add(1, 3), 4);
  });
});

servers('a port in use is an error that says what to do, and leaves nothing behind', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const jit = new RemoteJIT();
  try {
    const error = (await errorOf(() => jit.startServer({ host: '127.0.0.1', port }))) as RemoteError;
    assert.is(error.code, 'port-in-use');
    assert.match(error.message, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is in use; stop the program`));
    await jit.startServer({ port: 0 });
    const add = await defineOne(jit, ADD, SIGNATURE);
    assert.is(add(1, 3), 4);
  } finally {
    await jit.close();
    await new Promise((resolve) => blocker.close(resolve));
  }
});

servers('nobody at the address is an error at once, that says how to start one', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => blocker.close(resolve));
  const jit = new RemoteJIT({ host: '127.0.0.1', port });
  try {
    const add = jit(SIGNATURE)(function add(a: number, b: number) {
      return a + b;
    });
    const error = (await errorOf(() => add(1, 3))) as RemoteError;
    assert.is(error.code, 'unreachable');
    assert.match(error.message, /nobody listens there; start one with startServer\(\)/);
    assert.is(await codeOf(() => jit.status()), 'unreachable');
  } finally {
    await jit.close();
  }
});

servers('a client can move to another server, where it compiles again', async () => {
  await withBackend([], async (_first, firstPort) => {
    await withBackend([], async (_second, secondPort) => {
      const jit = new RemoteJIT({ host: '127.0.0.1', port: firstPort });
      try {
        const add = await defineOne(jit, ADD, SIGNATURE);
        assert.is(add(1, 3), 4);
        await jit.connect({ host: '127.0.0.1', port: secondPort });
        assert.is(add(2, 4), 6);
        assert.is((await jit.status()).address.port, secondPort);
      } finally {
        await jit.close();
      }
    });
  });
});

servers('a lost connection to a living server is made again', async () => {
  await withBackend([], async (_backend, port) => {
    const proxy = createProxy(port);
    const jit = new RemoteJIT({ host: '127.0.0.1', port: await proxy.listen() });
    try {
      const add = await defineOne(jit, ADD, SIGNATURE);
      // The relay runs on this thread: nothing here may block it.
      assert.is(await add.async(1, 3), 4);
      proxy.cut();
      await eventually('the call works again', async () => {
        try {
          return (await add.async(2, 4)) === 6;
        } catch {
          // The cut may be noticed only by this call.
          return false;
        }
      });
    } finally {
      await jit.close();
      await proxy.close();
    }
  });
});

servers.run();

/** A TCP relay whose connections can be cut. */
function createProxy(targetPort: number) {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  return {
    listen: () =>
      new Promise<number>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      }),
    cut: () => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
