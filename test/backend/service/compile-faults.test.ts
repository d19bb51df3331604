import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CompileRequest, FunctionSpec } from '#thrift/remotejit_types.js';
import { withBackend } from '../../support/backend-process.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { isRunning, startsWorking } from '../../support/process-state.ts';
import { TestSession } from '../../support/rjit-client.ts';

const faults = suite('compilations that go wrong');

/** A function that LLVM takes many seconds to compile: values that all depend on each other, in a great many blocks. */
function laborious(): string {
  const blocks = Array.from({ length: 12_000 }, (_, index) => {
    return [
      `b${index}:`,
      `  %p${index} = phi i64 [ ${index === 0 ? '%a, %entry' : `%r${index - 1}, %b${index - 1}`} ], [ %r${index}, %b${index} ]`,
      `  %q${index} = mul i64 %p${index}, ${2 * index + 3}`,
      `  %r${index} = xor i64 %q${index}, %b`,
      `  %c${index} = icmp ult i64 %r${index}, ${index + 7}`,
      `  br i1 %c${index}, label %b${index}, label %b${index + 1}`,
    ].join('\n');
  });
  return `define i64 @slow_lallA(i64 %a, i64 %b) {\nentry:\n  br label %b0\n${blocks.join('\n')}\nb12000:\n  ret i64 %r11999\n}\n`;
}

function compileSlowly(session: TestSession): void {
  const spec = new FunctionSpec({ name: 'slow', signature: 'int64(int64, int64)', symbol: 'slow_lallA' });
  const request = new CompileRequest({ ir: laborious(), functions: [spec], options: {} });
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
