import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CompileReport, CompileRequest, FunctionSpec } from '#thrift/remotejit_types.js';
import { BackendProcess, withBackend } from '../../support/backend-process.ts';
import { tooDeep } from '../../support/deep-ir.ts';
import { eventually } from '../../support/eventually.ts';
import { addition } from '../../support/ir-functions.ts';
import { laborious } from '../../support/laborious-ir.ts';
import { startsWorking } from '../../support/process-state.ts';
import { connectRjit, faultOf, packInt64s, TestSession, unpackInt64 } from '../../support/rjit-client.ts';

const many = suite('compilations that are asked for together');

/** Enough work for other messages to arrive behind it. */
const BLOCKS = 100;

/** Sends a request and doesn't wait. */
function compile(session: TestSession, name: string, ir: string): Promise<CompileReport> {
  const spec = new FunctionSpec({ name, signature: 'int64(int64, int64)', symbol: `${name}_lallA` });
  return session.data.client.compile(new CompileRequest({ ir, functions: [spec], options: {} }));
}

async function handleOf(report: Promise<CompileReport>): Promise<number> {
  return (await report).functions[0]?.handle ?? 0;
}

/** Makes a compilation go to another thread, so that those behind it are begun beside it. */
function first(session: TestSession, seed: number): Promise<CompileReport> {
  return compile(session, 'first', laborious('first', BLOCKS) + addition('unused', seed));
}

function withSession(body: (session: TestSession, port: number) => Promise<void>): Promise<void> {
  return withBackend(['--no-object-cache'], async (_backend, port) =>
    body(await TestSession.open(port), port),
  );
}

many('each gets its own function, and calls keep their place between them', () =>
  withSession(async (session) => {
    const [ready = 0] = await session.compile(addition('ready'), 'ready');
    const order: string[] = [];
    const noted = <T>(name: string, answer: Promise<T>): Promise<T> => {
      void answer.then(() => order.push(name));
      return answer;
    };
    const slow = noted('first', first(session, 0));
    const reports = [1, 2, 3, 4, 5, 6].map((constant) =>
      noted(`f${constant}`, compile(session, 'f', addition('f', constant))),
    );
    const between = noted('call', session.call(ready, 20n, 22n));
    const last = noted('last', compile(session, 'g', addition('g', 100)));
    const handles = await Promise.all([slow, ...reports, last].map(handleOf));
    assert.is(await between, 42n);
    assert.equal(order, ['first', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'call', 'last']);
    assert.is(new Set(handles).size, 8);
    const results = await Promise.all(handles.slice(1).map((handle) => session.call(handle, 10n, 10n)));
    assert.equal(results, [21n, 22n, 23n, 24n, 25n, 26n, 120n]);
  }),
);

many('one that is wrong has its error, and the others are there', () =>
  withSession(async (session) => {
    const assembly = `define i64 @f_lallA(i64 %a, i64 %b) {
  call void asm sideeffect "no such instruction", ""()
  ret i64 %a
}
`;
    const slow = first(session, 1);
    const good = compile(session, 'f', addition('f', 1));
    const faults = [
      faultOf(compile(session, 'f', 'define i64 @f_lallA(i64 %a) {')),
      faultOf(compile(session, 'f', addition('g'))),
      faultOf(compile(session, 'f', assembly)),
      faultOf(compile(session, 'f', '')),
    ];
    const after = compile(session, 'f', addition('f', 2));
    const codes = (await Promise.all(faults)).map(({ code }) => code);
    assert.equal(codes, ['ir-parse', 'ir-verify', 'compile-failed', 'bad-request']);
    await slow;
    assert.is(await session.call(await handleOf(good), 1n, 1n), 3n);
    assert.is(await session.call(await handleOf(after), 1n, 1n), 4n);
  }),
);

many('the same module twice is the same function, unless it has variables', () =>
  withSession(async (session) => {
    const counter = `@count = internal global i64 0
define i64 @f_lallA(i64 %a, i64 %b) {
  %old = load i64, i64* @count
  %new = add i64 %old, %a
  store i64 %new, i64* @count
  ret i64 %new
}
`;
    const slow = first(session, 2);
    const reports = [addition('f', 5), addition('f', 5), counter, counter].map((ir) =>
      compile(session, 'f', ir),
    );
    await slow;
    const [one = 0, same = 0, counting = 0, other = 0] = await Promise.all(reports.map(handleOf));
    assert.is(await session.call(one, 1n, 1n), 7n);
    await session.data.client.drop([one]);
    assert.is(await session.call(same, 1n, 1n), 7n);
    assert.is(await session.call(counting, 3n, 0n), 3n);
    assert.is(await session.call(counting, 3n, 0n), 6n);
    assert.is(await session.call(other, 1n, 0n), 1n);
  }),
);

many('another connection of the session waits for them, and is answered', () =>
  withSession(async (session, port) => {
    const [ready = 0] = await session.compile(addition('ready'), 'ready');
    const second = connectRjit(port);
    await second.client.attach(session.id, '');
    const reports = [first(session, 3), compile(session, 'f', addition('f', 1))];
    assert.is(unpackInt64(await second.client.call(ready, packInt64s(1n, 2n))), 3n);
    await Promise.all(reports);
    second.close();
  }),
);

many('what they make is kept, once each, and comes from there the next time', async () => {
  const owner = new BackendProcess();
  const folder = join(owner.folder, 'objects');
  try {
    await withBackend(['--object-cache', folder], async (_backend, port) => {
      for (const cached of [false, true]) {
        const session = await TestSession.open(port);
        const reports = [first(session, 4)];
        for (const constant of [1, 2, 3, 3]) {
          reports.push(compile(session, 'f', addition('f', constant)));
        }
        const [, one, two, three] = await Promise.all(reports);
        assert.equal([one?.cached, two?.cached, three?.cached], [cached, cached, cached]);
        const handle = three?.functions[0]?.handle ?? 0;
        assert.is(await session.call(handle, 1n, 1n), 5n);
        // A worker answers before it writes.
        const objects = () => readdirSync(folder).filter((name) => name.endsWith('.o'));
        await eventually('all are kept', () => objects().length === 4);
      }
    });
  } finally {
    await owner.dispose();
  }
});

/** Two that each take many seconds. node-thrift leaves a request without an answer when its connection closes. */
function compileTwoSlowly(session: TestSession): void {
  for (const name of ['slow', 'tardy']) compile(session, name, laborious(name)).catch(() => undefined);
}

many('where the time is up, the function whose turn it was is named, and those beside it', () =>
  withBackend(['--no-object-cache', '--compile-timeout-ms', '2000'], async (_backend, port) => {
    const session = await TestSession.open(port);
    const [add = 0] = await session.compile(addition('add'), 'add');
    compileTwoSlowly(session);
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.is(
      death?.reason,
      'killed: slow_lallA took longer than 2000 ms while compiling: compiled at the same time: tardy_lallA',
    );
    assert.is(death?.functionName, 'slow_lallA');
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

many(
  'a fatal error of LLVM in one of them ends the worker, with its last words, and the session goes on',
  () =>
    withSession(async (session) => {
      const [add = 0] = await session.compile(addition('add'), 'add');
      const fatal = `define i64 @fatal_lallA(i64 %a, i64 %b) {
  %r = call i64 @llvm.read_register.i64(metadata !0)
  ret i64 %r
}
declare i64 @llvm.read_register.i64(metadata)
!0 = !{!"no such register"}
`;
      first(session, 5).catch(() => undefined);
      compile(session, 'fatal', fatal).catch(() => undefined);
      await session.data.closed;
      const { death } = await session.reconnect();
      assert.match(death?.reason ?? '', /while compiling: .*[Ii]nvalid register name/);
      assert.is(await session.call(add, 1n, 3n), 4n);
    }),
);

many('a crash of LLVM in one of them ends the worker, and all that was compiled before comes back', () =>
  withSession(async (session) => {
    const handles = await session.compile(addition('add') + addition('more', 5), 'add', 'more');
    const pid = await session.workerPid();
    compile(session, 'deep', tooDeep('deep')).catch(() => undefined);
    compile(session, 'slow', laborious('slow')).catch(() => undefined);
    await session.data.closed;
    const { death } = await session.reconnect();
    assert.is(death?.reason, 'SIGSEGV while compiling: compiled at the same time: slow_lallA');
    assert.is(death?.functionName, 'deep_lallA');
    assert.is.not(await session.workerPid(), pid);
    const answers = await Promise.all(handles.map((handle) => session.call(handle, 1n, 3n)));
    assert.equal(answers, [4n, 9n]);
    // What was compiled beside it is no worse for it.
    const [next = 0] = await session.compile(addition('next', 1), 'next');
    assert.is(await session.call(next, 1n, 1n), 3n);
  }),
);

many('cancelling ends them all, and the session goes on', () =>
  withSession(async (session) => {
    const [add = 0] = await session.compile(addition('add'), 'add');
    compileTwoSlowly(session);
    await startsWorking(await session.workerPid());
    assert.is(await session.cancel(), true);
    const { death } = await session.reconnect();
    assert.match(death?.reason ?? '', /^killed: slow_lallA did not stop within 1000 ms/);
    assert.is(await session.call(add, 1n, 3n), 4n);
  }),
);

many.run();
