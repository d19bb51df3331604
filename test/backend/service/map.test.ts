import thrift from 'thrift';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withBackend } from '../../support/backend-process.ts';
import { addition, division, endless } from '../../support/ir-functions.ts';
import { startsWorking } from '../../support/process-state.ts';
import { faultOf, packInt64s, TestSession } from '../../support/rjit-client.ts';

const maps = suite('mapColumns of the backend');

function column(length: number, valueAt: (index: number) => bigint): Buffer {
  return Buffer.from(BigInt64Array.from({ length }, (_, index) => valueAt(index)).buffer);
}

function map(session: TestSession, handle: number, length: number, ...columns: Buffer[]): Promise<Buffer> {
  return session.data.client.mapColumns(handle, new thrift.Int64(length), columns);
}

maps('applies a function to columns, a single element standing for a whole one', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    const length = 100_000;
    const counting = column(length, BigInt);
    const doubled = await map(session, add, length, counting, counting);
    assert.ok(doubled.equals(column(length, (index) => 2n * BigInt(index))));
    const shifted = await map(session, add, length, counting, packInt64s(-7n));
    assert.ok(shifted.equals(column(length, (index) => BigInt(index) - 7n)));
    assert.is((await map(session, add, 0, column(0, BigInt), packInt64s(1n))).byteLength, 0);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

maps('refuses columns that do not fit, and goes on', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    const three = column(3, BigInt);
    const codeOf = async (...args: [number, ...Buffer[]]) => (await faultOf(map(session, add, ...args))).code;
    assert.is(await codeOf(3, three), 'bad-argument');
    assert.is(await codeOf(3, three, column(2, BigInt)), 'bad-argument');
    assert.is(await codeOf(-1, three, three), 'bad-argument');
    assert.is((await faultOf(map(session, 999, 3, three, three))).code, 'unknown-function');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

maps('turns a fault at one element into an error of the call', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [divide = 0] = await session.compile(division, 'division');
    const divisors = column(1000, (index) => BigInt(900 - index));
    const fault = await faultOf(map(session, divide, 1000, packInt64s(1n), divisors));
    assert.is(fault.code, 'jit-crash');
    assert.is(fault.signalName, 'SIGFPE');
    assert.is(await session.call(divide, 12n, 4n), 3n);
  }),
);

maps('is cancelled as a call is', () =>
  withBackend([], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0, spin = 0] = await session.compile(addition('add') + endless, 'add', 'endless');
    const spinning = faultOf(map(session, spin, 2, packInt64s(1n), packInt64s(1n)));
    await startsWorking(await session.workerPid());
    assert.is(await session.cancel(), true);
    assert.is((await spinning).code, 'cancelled');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

maps.run();
