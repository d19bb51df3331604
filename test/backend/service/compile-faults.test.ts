import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CompileRequest, FunctionSpec } from '#thrift/remotejit_types.js';
import { withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { laborious } from '../../support/laborious-ir.ts';
import { isRunning, startsWorking } from '../../support/process-state.ts';
import { TestSession } from '../../support/rjit-client.ts';

const faults = suite('compilations that go wrong');

function compileSlowly(session: TestSession): void {
  const spec = new FunctionSpec({ name: 'slow', signature: 'int64(int64, int64)', symbol: 'slow_lallA' });
  const request = new CompileRequest({ ir: laborious('slow'), functions: [spec], options: {} });
  // node-thrift leaves a request without an answer when its connection closes.
  session.data.client.compile(request).catch(() => undefined);
}

faults('one that takes longer than the server allows ends, with its reason, and the session goes on', () =>
  withBackend(['--compile-timeout-ms', '300', '--no-object-cache'], async (_backend, port) => {
    const [session, other] = [await TestSession.open(port), await TestSession.open(port)];
    const [add = 0] = await session.compile(addition('add'), 'add');
    const [theirs = 0] = await other.compile(addition('add', 5), 'add');
    compileSlowly(session);
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.is(death?.reason, 'killed: slow_lallA took longer than 300 ms while compiling');
    assert.is(death?.functionName, 'slow_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
    assert.is(await other.call(theirs, 1n, 1n), 7n);
  }),
);

faults('one that is cancelled ends, and the session goes on', () =>
  withBackend(['--no-object-cache'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    compileSlowly(session);
    await startsWorking(await session.workerPid());
    assert.is(await session.cancel(), true);
    const { death } = await session.reconnect();
    assert.match(death?.reason ?? '', /^killed: slow_lallA did not stop within 1000 ms/);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

faults('one whose client has gone ends with its worker', () =>
  withBackend(['--no-object-cache'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const pid = await session.workerPid();
    compileSlowly(session);
    await startsWorking(pid);
    session.close();
    await eventually('the worker ends', () => !isRunning(pid));
  }),
);

faults.run();
