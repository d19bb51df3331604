import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RequestRange } from '#thrift/remotejit_types.js';
import { withBackend } from '../../support/backend-process.ts';
import { addition, division, endless, overflow, store } from '../../support/ir-functions.ts';
import { startsWorking } from '../../support/process-state.ts';
import { anyRequest, connectRjit, faultOf, packInt64s, TestSession } from '../../support/rjit-client.ts';

const sessions = suite('backend sessions');

sessions('compile a function and call it', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    assert.is(await session.call(add, 1n, 3n), 4n);
    assert.is(await session.call(add, 2n ** 62n, -1n), 2n ** 62n - 1n);
  }),
);

sessions('say what the server compiles for', () =>
  withBackend([], async (_backend, port) => {
    const { hello } = await TestSession.open(port);
    assert.match(hello.session, /^[0-9a-f]{32}$/);
    assert.match(hello.triple, /linux/);
    assert.ok(hello.llvmMajor >= 14);
    assert.match(hello.dataLayout, /^e-/);
    assert.is(hello.death ?? null, null);
  }),
);

sessions('keep functions of the same name apart', () =>
  withBackend([], async (_backend, port) => {
    const [one, other] = [await TestSession.open(port), await TestSession.open(port)];
    assert.is.not(one.id, other.id);
    const [first = 0] = await one.compile(addition('f'), 'f');
    const [second = 0] = await other.compile(addition('f', 1000), 'f');
    assert.is(await one.call(first, 1n, 2n), 3n);
    assert.is(await other.call(second, 1n, 2n), 1003n);
    assert.is(await one.call(first, 1n, 2n), 3n);
    assert.is.not(await one.workerPid(), await other.workerPid());
  }),
);

sessions('redefine a function under its old name, the old handle staying callable until it is dropped', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [old = 0] = await session.compile(addition('f'), 'f');
    const [redefined = 0] = await session.compile(addition('f', 10), 'f');
    assert.is(await session.call(old, 1n, 1n), 2n);
    assert.is(await session.call(redefined, 1n, 1n), 12n);
    assert.is(await session.data.client.drop([old]), true);
    assert.is((await faultOf(session.call(old, 1n, 1n))).code, 'unknown-function');
    assert.is(await session.call(redefined, 1n, 1n), 12n);
  }),
);

sessions('answer pipelined calls in their order', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    const expected = Array.from({ length: 500 }, (_, index) => BigInt(index) + 1n);
    const results = await Promise.all(expected.map((_, index) => session.call(add, BigInt(index), 1n)));
    assert.equal(results, expected);
  }),
);

sessions('turn a segmentation fault into an error of that call', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, bad = 0] = await session.compile(addition('add') + store, 'add', 'store');
    const fault = await faultOf(session.call(bad, 16n, 0n));
    assert.is(fault.code, 'jit-crash');
    assert.is(fault.signalName, 'SIGSEGV');
    assert.is(fault.functionName, 'store_lallA');
    assert.is(Number(fault.address), 16);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

sessions(
  'replace the worker after a segmentation fault without the client noticing, queued calls included',
  () =>
    withBackend([], async (_backend, port) => {
      const session = await TestSession.open(port);
      const [add = 0, bad = 0] = await session.compile(addition('add') + store, 'add', 'store');
      const before = await session.workerPid();
      const faulting = faultOf(session.call(bad, 0n, 0n));
      const queued = Array.from({ length: 200 }, (_, index) => session.call(add, BigInt(index), 1n));
      assert.is((await faulting).code, 'jit-crash');
      assert.equal(
        await Promise.all(queued),
        Array.from({ length: 200 }, (_, index) => BigInt(index) + 1n),
      );
      assert.is.not(await session.workerPid(), before);
      assert.is((await session.reconnect()).death ?? null, null);
    }),
);

sessions('turn a division by zero into an error of that call', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [divide = 0] = await session.compile(division, 'division');
    const fault = await faultOf(session.call(divide, 1n, 0n));
    assert.is(fault.code, 'jit-crash');
    assert.is(fault.signalName, 'SIGFPE');
    assert.is(await session.call(divide, 12n, 4n), 3n);
  }),
);

sessions('turn a stack overflow into an error of that call', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, recurse = 0] = await session.compile(addition('add') + overflow, 'add', 'overflow');
    const fault = await faultOf(session.call(recurse, 0n, 0n));
    assert.is(fault.code, 'jit-crash');
    assert.match(fault.message, /stack overflow/);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

sessions('cancel an endless loop, and only that', () =>
  withBackend([], async (_backend, port) => {
    const [session, other] = [await TestSession.open(port), await TestSession.open(port)];
    const [add = 0, spin = 0] = await session.compile(addition('add') + endless, 'add', 'endless');
    const [theirs = 0] = await other.compile(addition('add'), 'add');
    const before = await session.workerPid();
    const spinning = faultOf(session.call(spin, 1n, 1n));
    assert.is(await other.call(theirs, 1n, 1n), 2n);
    // The call may not have begun when the first cancel arrives.
    while (!(await session.cancel()));
    const fault = await spinning;
    assert.is(fault.code, 'cancelled');
    assert.is(fault.functionName, 'endless_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
    assert.is(await session.workerPid(), before);
    assert.is(await session.cancel(), false);
    assert.is(await other.call(theirs, 1n, 1n), 2n);
  }),
);

sessions('cancel only the requests that are named', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [spin = 0] = await session.compile(endless, 'endless');
    // node-thrift's client counts from 1: attach, compile, and the call.
    const spinning = faultOf(session.call(spin, 1n, 1n));
    const worker = await session.workerPid();
    await startsWorking(worker);
    for (const [first, last] of [
      [1, 2],
      [4, 2 ** 31 - 1],
      [4, 2],
    ] as const) {
      assert.is(await session.cancel(new RequestRange({ first, last })), false);
    }
    assert.is(await session.cancel(new RequestRange({ first: 2 ** 31 - 5, last: 3 })), true);
    assert.is((await spinning).code, 'cancelled');
  }),
);

sessions('cancel a call that runs longer than the server allows', () =>
  withBackend(['--call-timeout-ms', '100'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, spin = 0] = await session.compile(addition('add') + endless, 'add', 'endless');
    const fault = await faultOf(session.call(spin, 1n, 1n));
    assert.is(fault.code, 'timeout');
    assert.match(fault.message, /endless ran longer than the 100 ms/);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

sessions('refuse what belongs to the other kind of connection', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const fault = await faultOf(session.data.client.cancel(session.id, anyRequest));
    assert.is(fault.code, 'bad-request');
    assert.match(fault.message, /control connection/);
    let refusal = '';
    await session.control.client.call(1, packInt64s(1n)).catch((error: unknown) => {
      refusal = String(error);
    });
    assert.match(refusal, /unknown method 'rjit:call'/);
    assert.is(typeof (await session.workerPid()), 'number');
  }),
);

sessions('refuse to attach to a session that does not exist', () =>
  withBackend([], async (_backend, port) => {
    const connection = connectRjit(port);
    const fault = await faultOf(connection.client.attach('0123456789abcdef0123456789abcdef', ''));
    assert.is(fault.code, 'unknown-session');
    await connection.closed;
  }),
);

sessions('tell what is wrong with a compile request', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const codeOf = async (ir: string, name: string) => (await faultOf(session.compile(ir, name))).code;
    assert.is(await codeOf('define i64 @f_lallA(', 'f'), 'ir-parse');
    assert.is(await codeOf('', 'f'), 'bad-request');
    const unresolved =
      'declare i64 @no_such_function(i64)\n' +
      addition('f').replace('ret i64 %more', '%x = call i64 @no_such_function(i64 %more)\n  ret i64 %x');
    assert.is(await codeOf(unresolved, 'f'), 'unresolved-symbol');
    const [add = 0] = await session.compile(addition('add'), 'add');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

sessions.run();
