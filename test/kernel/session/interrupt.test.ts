import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plainTraceback, type SessionInTest, withSession } from '../../support/session-in-test.ts';

/** Each prints `running` when it is where it should be interrupted. */
const endless: Readonly<Record<string, string>> = {
  'a loop': 'print("running"); while (true) {}',
  'a loop that catches everything':
    'print("running"); for (;;) { try { while (true) {} } catch {} finally {} }',
  'a loop after an await': 'await 1; print("running"); while (true) {}',
  'a timer': 'setTimeout(() => { print("running"); while (true) {} }); await new Promise(() => {})',
  'an interval': 'setInterval(() => { print("running"); while (true) {} }, 1); await new Promise(() => {})',
  'an immediate': 'setImmediate(() => { print("running"); while (true) {} }); await new Promise(() => {})',
  'an immediate among others':
    'for (let i = 0; i < 5; i++) setImmediate(() => { if (i === 2) { print("running"); while (true) {} } }); await new Promise(() => {})',
  'a tick': 'process.nextTick(() => { print("running"); while (true) {} }); await new Promise(() => {})',
  'a callback of the file system':
    'require("node:fs").stat(".", () => { print("running"); while (true) {} }); await new Promise(() => {})',
  'a promise that never settles': 'print("running"); await new Promise(() => {})',
  'a loop of awaits': 'print("running"); for (;;) await 0',
  'a loop of awaits in functions that catch': `
    const step = async () => { for (;;) { try { await 0 } catch {} } }
    print("running"); await step()`,
  'a loop of timers': 'print("running"); for (;;) await new Promise((resolve) => setTimeout(resolve, 1))',
  'an asynchronous generator':
    'async function* g() { for (;;) yield 1 }; print("running"); for await (const x of g());',
  'many loops at once':
    'print("running"); await Promise.all(Array.from({ length: 20 }, async () => { for (;;) await new Promise((r) => setTimeout(r, 1)) }))',
  'Atomics.wait': 'print("running"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  'a regular expression': 'print("running"); /^(a+)+$/.test("a".repeat(40) + "b")',
  'a loop in an AsyncLocalStorage':
    'new (require("node:async_hooks").AsyncLocalStorage)().run(1, () => { print("running"); while (true) {} })',
  'a loop in an AsyncResource':
    'new (require("node:async_hooks").AsyncResource)("X").runInAsyncScope(() => { print("running"); while (true) {} })',
  'a listener':
    'const e = new (require("node:events"))(); e.on("x", () => { print("running"); while (true) {} }); e.emit("x")',
  'a loop of synchronous calls of Node':
    'print("running"); while (true) require("node:fs").readFileSync(process.argv[1])',
  'a loop that prints': 'print("running"); while (true) print("x".repeat(100))',
  'a loop that logs': 'print("running"); while (true) console.log({ a: 1 })',
  'deep recursion':
    'function f(n) { for (let i = 0; i < 1e9; i++) if (n < 200) f(n + 1) }; print("running"); f(0)',
  'a view that never ends':
    'print("running"); ({ [Symbol.for("nodejs.util.inspect.custom")]() { while (true) {} } })',
};

/** What users make of `error.stack`. */
const stackFunctions = {
  'frames in place of a text': '(_error, frames) => frames',
  'an error of its own': '() => { throw new Error("no stack") }',
  nothing: 'undefined',
};

const ROUNDS = 5;

const interrupt = suite('interrupt');

async function interruptOnce(session: SessionInTest, code: string): Promise<string> {
  const outcome = session.run(code);
  const cell = session.lastCell;
  await session.until(() => session.text(cell).includes('running\n'), `'running' of cell ${cell}`);
  await session.session.interrupt();
  const result = await outcome;
  session.outputs.length = 0;
  return result.status === 'error' ? result.ename : result.status;
}

for (const [what, code] of Object.entries(stackFunctions)) {
  interrupt(
    `stops a cell where Error.prepareStackTrace gives ${what}`,
    withSession(async (session) => {
      await session.run(`const kept = 41; Error.prepareStackTrace = ${code}`);
      const { pid } = session.session;
      assert.is(await interruptOnce(session, 'print("running"); while (true) {}'), 'KeyboardInterrupt');
      assert.is(session.session.pid, pid);
      assert.is(await session.show('kept + 1'), '42');
    }),
  );
}

for (const [what, code] of Object.entries(endless)) {
  interrupt(
    `stops ${what}, again and again, and keeps the session`,
    withSession(async (session) => {
      await session.run('let kept = 41');
      const { pid } = session.session;
      for (let round = 0; round < ROUNDS; round++) {
        assert.is(await interruptOnce(session, code), 'KeyboardInterrupt');
      }
      assert.is(session.session.pid, pid);
      assert.is(await session.show('kept + 1'), '42');
      assert.is(
        await session.show(
          'await new Promise((resolve) => setImmediate(() => setTimeout(() => resolve("alive"))))',
        ),
        "'alive'",
      );
    }),
  );
}

interrupt(
  'stops one kind after another in one session',
  withSession(async (session) => {
    const { pid } = session.session;
    const codes = Object.values(endless);
    for (let round = 0; round < 2 * codes.length; round++) {
      const code = codes[(round * 7) % codes.length] ?? '';
      assert.is(
        await interruptOnce(session, code.replace(/^const (\w) =/u, '$1 =')),
        'KeyboardInterrupt',
        code,
      );
    }
    assert.is(session.session.pid, pid);
  }),
);

interrupt(
  'says where the cell was',
  withSession(async (session) => {
    const outcome = session.run('function spin() {\n  print("running")\n  while (true) {}\n}\nspin()');
    await session.until(() => session.text(1) === 'running\n', 'the text');
    await session.session.interrupt();
    const traceback = plainTraceback(await outcome);
    assert.match(traceback, /^KeyboardInterrupt: the cell was interrupted\n --> In\[1\]:3:\d+\n/u);
    assert.match(traceback, / {4}at spin \(In\[1\]:3:\d+\)\n {4}at In\[1\]:5:1$/u);
  }),
);

interrupt(
  'leaves nothing of the cell running',
  withSession(async (session) => {
    const outcome = session.run(
      'let n = 0; print("running"); for (;;) { await new Promise((r) => setTimeout(r, 1)); n++ }',
    );
    await session.until(() => session.text(1) === 'running\n', 'the text');
    await session.session.interrupt();
    await outcome;
    const count = await session.show('n');
    await session.run('await new Promise((resolve) => setTimeout(resolve, 30))');
    assert.is(await session.show('n'), count);
  }),
);

interrupt(
  'runs the finally blocks of a cell that waited, once it would go on',
  withSession(async (session) => {
    // Only what runs while the cell waits says so: an interrupt that finds the cell itself running skips the block.
    const outcome = session.run(`
      let cleaned = false
      let goOn
      const signal = new Promise((resolve) => { goOn = resolve })
      setImmediate(() => print('waiting'))
      try { await signal } finally { cleaned = true }`);
    await session.until(() => session.text(1) === 'waiting\n', 'the text');
    await session.session.interrupt();
    assert.is((await outcome).status, 'error');
    assert.is(await session.show('cleaned'), 'false');
    await session.run('goOn(); await new Promise((resolve) => setImmediate(resolve))');
    assert.is(await session.show('cleaned'), 'true');
  }),
);

interrupt(
  'does not touch the next cell when what the last one waited for fails late',
  withSession(async (session) => {
    const outcome = session.run(`
      let fail
      const late = new Promise((_, reject) => { fail = () => reject(new Error('late')) })
      print('running')
      await late`);
    await session.until(() => session.text(1) === 'running\n', 'the text');
    await session.session.interrupt();
    assert.is((await outcome).status, 'error');
    assert.is(
      await session.show('fail(); await new Promise((resolve) => setTimeout(() => resolve("undisturbed")))'),
      "'undisturbed'",
    );
  }),
);

interrupt(
  'stops a cell that has not begun yet',
  withSession(async (session) => {
    for (let round = 0; round < 20; round++) {
      const outcome = session.run('while (true) {}');
      await Promise.resolve();
      await session.session.interrupt();
      const result = await outcome;
      assert.is(result.status === 'error' && result.ename, 'KeyboardInterrupt');
    }
  }),
);

interrupt(
  'is harmless when nothing runs, and twice at once',
  withSession(async (session) => {
    await session.session.interrupt();
    assert.is(await session.show('1 + 1'), '2');
    const outcome = session.run('print("running"); while (true) {}');
    await session.until(() => session.text(2) === 'running\n', 'the text');
    await Promise.all([
      session.session.interrupt(),
      session.session.interrupt(),
      session.session.interrupt(),
    ]);
    assert.is((await outcome).status, 'error');
    await session.session.interrupt();
    assert.is(await session.show('2 + 2'), '4');
  }),
);

interrupt(
  'stops a child process that the cell waits for',
  withSession(async (session) => {
    const { pid } = session.session;
    const outcome = session.run(
      'require("node:child_process").execSync("echo running; sleep 60", { stdio: "inherit" })',
    );
    await session.until(() => session.text(1) === 'running\n', 'the text');
    await session.session.interrupt();
    assert.is((await outcome).status, 'error');
    assert.is(session.session.pid, pid);
    assert.is(await session.show('1 + 1'), '2');
  }),
);

interrupt(
  'ends the session, and says so, when native code does not come back',
  withSession(async (session) => {
    const outcome = session.run(
      `require("node:child_process").execSync("trap '' INT; echo running; sleep 60", { stdio: "inherit" })`,
    );
    await session.until(() => session.text(1) === 'running\n', 'the text');
    await session.session.interrupt();
    const result = await outcome;
    assert.ok(result.status === 'error');
    assert.match(result.evalue, /did not stop when it was interrupted/u);
    assert.is(await session.show('1 + 1'), '2');
  }),
);

interrupt.run();
