import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition, endless, hoarder, unstoppable } from '../../support/ir-functions.ts';
import { childrenOf, isRunning, startsWorking } from '../../support/process-state.ts';
import { faultOf, TestSession } from '../../support/rjit-client.ts';

const deaths = suite('deaths around the backend');

async function startSpinning(session: TestSession): Promise<number> {
  const [spin = 0] = await session.compile(endless, 'endless');
  const pid = await session.workerPid();
  // node-thrift leaves a call without an answer when its connection closes: the tests watch the connection.
  session.call(spin, 1n, 1n).catch(() => undefined);
  await startsWorking(pid);
  return pid;
}

deaths('a killed worker is replaced, its functions have their handles, and hello says what happened', () =>
  withBackend([], async (_backend, port) => {
    const [session, other] = [await TestSession.open(port), await TestSession.open(port)];
    const [add = 0] = await session.compile(addition('add'), 'add');
    const [dropped = 0] = await session.compile(addition('dropped'), 'dropped');
    await session.data.client.drop([dropped]);
    const [theirs = 0] = await other.compile(addition('add', 5), 'add');
    const pid = await startSpinning(session);
    process.kill(pid, 'SIGKILL');
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.is(death?.reason, 'SIGKILL');
    assert.is(death?.functionName, 'endless_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
    await session.call(dropped, 1n, 1n).then(
      () => assert.unreachable('a dropped function came back'),
      (error: { code?: string }) => assert.is(error.code, 'unknown-function'),
    );
    const [next = 0] = await session.compile(addition('add', 7), 'add');
    assert.ok(next > dropped, 'handles are never given twice');
    assert.is((await session.reconnect()).death ?? null, null);
    assert.is(await other.call(theirs, 1n, 1n), 7n);
  }),
);

deaths('an idle worker that is killed is replaced, too', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    process.kill(await session.workerPid(), 'SIGKILL');
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.is(death?.reason, 'SIGKILL');
    assert.is(death?.functionName, '');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

deaths('workers die with the supervisor, even one that is busy in machine code', async () => {
  const backend = new BackendProcess();
  try {
    const session = await TestSession.open(await backend.port());
    const pid = await startSpinning(session);
    const workers = childrenOf(backend.pid);
    assert.ok(workers.includes(pid));
    backend.child.kill('SIGKILL');
    await backend.exited;
    for (const worker of workers) await eventually(`worker ${worker} ends`, () => !isRunning(worker));
    await session.data.closed;
  } finally {
    await backend.dispose();
  }
});

deaths('the end of the lifeline ends the server, its workers, and a call in progress', async () => {
  const backend = new BackendProcess();
  try {
    const session = await TestSession.open(await backend.port());
    const pid = await startSpinning(session);
    const workers = childrenOf(backend.pid);
    backend.child.stdin?.end();
    assert.equal(await backend.exited, { code: 0, signal: null });
    assert.ok(workers.includes(pid));
    for (const worker of workers) assert.not(isRunning(worker));
    assert.equal(readdirSync(backend.folder), []);
    await session.data.closed;
  } finally {
    await backend.dispose();
  }
});

deaths('SIGTERM lets a call finish, then ends everything with status 0', async () => {
  const backend = new BackendProcess(['--drain-ms', '60000']);
  try {
    const session = await TestSession.open(await backend.port());
    await startSpinning(session);
    backend.child.kill('SIGTERM');
    await eventually('the server stops listening', () => backend.log.includes('SIGTERM'));
    assert.ok(isRunning(backend.pid));
    // The call would never end by itself; a second signal waits no longer.
    backend.child.kill('SIGTERM');
    assert.equal(await backend.exited, { code: 0, signal: null });
    await session.data.closed;
    assert.equal(readdirSync(backend.folder), []);
  } finally {
    await backend.dispose();
  }
});

deaths('a client that disconnects takes its endless call and its worker with it', () =>
  withBackend([], async (_backend, port) => {
    const [session, other] = [await TestSession.open(port), await TestSession.open(port)];
    const pid = await startSpinning(session);
    session.close();
    await eventually('the worker ends', () => !isRunning(pid));
    const [add = 0] = await other.compile(addition('add'), 'add');
    assert.is(await other.call(add, 1n, 3n), 4n);
    await eventually(
      'its session has ended, too',
      async () => (await other.control.client.status()).sessions === 1,
    );
  }),
);

deaths('a client that comes back soon finds its functions under their handles', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    const pid = await session.workerPid();
    session.close();
    await eventually('the worker ends', () => !isRunning(pid));
    const again = await TestSession.open(port, session.id);
    assert.is.not(again.id, session.id);
    assert.is(await again.call(add, 1n, 3n), 4n);
  }),
);

deaths('a spare worker that is killed is replaced', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const spareOf = async () => (await session.control.client.status()).workerPids.spare;
    const first = await eventually('a spare is there', spareOf);
    process.kill(first, 'SIGKILL');
    await eventually('another spare is there', async () => {
      const pid = await spareOf();
      return pid !== undefined && pid !== first;
    });
  }),
);

deaths('a call that does not stop when it is cancelled ends with its worker', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, spin = 0] = await session.compile(addition('add') + unstoppable, 'add', 'unstoppable');
    // node-thrift leaves a call without an answer when its connection closes.
    session.call(spin, 1n, 1n).catch(() => undefined);
    await startsWorking(await session.workerPid());
    assert.is(await session.cancel(), true);
    const { death } = await session.reconnect();
    assert.is(death?.reason, 'killed: unstoppable_lallA did not stop within 1000 ms');
    assert.is(death?.functionName, 'unstoppable_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

deaths('a session that takes more memory than allowed loses its worker, and others lose nothing', () =>
  withBackend(['--memory-limit-mb', '256'], async (_backend, port) => {
    const [session, other] = [await TestSession.open(port), await TestSession.open(port)];
    const [add = 0, hoard = 0] = await session.compile(addition('add') + hoarder, 'add', 'hoarder');
    const [theirs = 0] = await other.compile(addition('add', 5), 'add');
    // node-thrift leaves a call without an answer when its connection closes.
    session.call(hoard, 1_000_000n, 4096n).catch(() => undefined);
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.match(death?.reason ?? '', /^out of memory: \d+ MiB in use, 256 MiB allowed/);
    assert.is(death?.functionName, 'hoarder_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
    assert.is(await other.call(theirs, 1n, 1n), 7n);
  }),
);

deaths('an allocation beyond the limit fails at once, as malloc says it may', () =>
  withBackend(['--memory-limit-mb', '256'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, hoard = 0] = await session.compile(addition('add') + hoarder, 'add', 'hoarder');
    const fault = await faultOf(session.call(hoard, 1n, 2n ** 33n));
    assert.is(fault.code, 'jit-crash');
    assert.is(fault.signalName, 'SIGSEGV');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

deaths.run();
