import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SessionInTest, showOutcome, withSession } from '../../support/session-in-test.ts';

const test = suite('cells of subshells');

const spin = 'print("spinning"); globalThis.go = true; let turns = 0; while (go) turns++; turns > 0';

/** A cell that keeps the thread busy until `go` is false; `done` resolves when it does. */
async function spinning(
  session: SessionInTest,
): Promise<{ readonly done: Promise<string>; readonly cell: number }> {
  const done = session.show(spin);
  const cell = session.lastCell;
  await session.until(() => session.text(cell) === 'spinning\n', 'the loop');
  return { done, cell };
}

test(
  'a cell runs while the main shell spins, sees its variables and changes them',
  withSession(async (session) => {
    await session.run('let list = [1, 2]');
    const { done, cell } = await spinning(session);
    assert.is(
      await session.show('list.push(3); print("now", list.length); list', { subshell: 1 }),
      '[ 1, 2, 3 ]',
    );
    assert.is(session.text(session.lastCell), 'now 3\n');
    assert.is(await session.show('let own = 5; own * 2', { subshell: 1 }), '10');
    assert.is(await session.show('go = false', { subshell: 2 }), 'false');
    assert.is(await done, 'true');
    assert.is(await session.show('own'), '5');
    assert.is(session.text(cell), 'spinning\n');
  }),
);

test(
  'errors and expressions are answered while the main shell spins',
  withSession(async (session) => {
    const { done } = await spinning(session);
    assert.is(await session.show('missing', { subshell: 1 }), 'ReferenceError: missing is not defined');
    assert.is(
      await session.show('let = ', { subshell: 1 }).then((text) => text.split(':')[0]),
      'SyntaxError',
    );
    const outcome = await session.run('', {
      subshell: 1,
      silent: true,
      userExpressions: { a: '1 + 1', b: 'nope' },
    });
    assert.is(outcome.status, 'ok');
    if (outcome.status === 'ok') {
      assert.equal(outcome.userExpressions.a, { status: 'ok', data: { 'text/plain': '2' }, metadata: {} });
      assert.match(JSON.stringify(outcome.userExpressions.b), /"ename":"ReferenceError"/);
    }
    await session.run('go = false', { subshell: 1 });
    await done;
  }),
);

test(
  'what waits for the event loop goes on when the main shell lets go of it',
  withSession(async (session) => {
    const { done } = await spinning(session);
    const waiting = session.run('print("begun"); await null; print("ended"); 7', { subshell: 1 });
    const cell = session.lastCell;
    await session.until(() => session.text(cell) === 'begun\n', 'the first line');
    await session.run('go = false', { subshell: 2 });
    await done;
    assert.is(showOutcome(await waiting), '7');
    assert.is(session.text(cell), 'begun\nended\n');
  }),
);

test(
  'cells that wait interleave',
  withSession(async (session) => {
    const main = session.show('await new Promise((resolve) => { globalThis.wake = resolve })');
    const mainCell = session.lastCell;
    const other = session.show(
      'print("a"); const got = await new Promise((r) => { globalThis.wake2 = r }); got',
      { subshell: 1 },
    );
    const otherCell = session.lastCell;
    await session.until(() => session.text(otherCell) === 'a\n', 'the first line');
    assert.is(await session.show('wake2(8); print("third")', { subshell: 2 }), '');
    assert.is(await other, '8');
    await session.show('wake(9)', { subshell: 2 });
    assert.is(await main, '9');
    assert.is(session.text(mainCell), '');
  }),
);

test(
  'an interrupt stops the cells of all shells, and keeps their state',
  withSession(async (session) => {
    await session.run('let kept = 1');
    const { done } = await spinning(session);
    const waiting = session.show('kept = 2; await new Promise(() => {})', { subshell: 1 });
    await session.show('kept', { subshell: 2 });
    await session.session.interrupt();
    assert.match(await done, /^KeyboardInterrupt/);
    assert.match(await waiting, /^KeyboardInterrupt/);
    assert.is(await session.show('kept'), '2');
    const spinningSide = session.show('print("on"); while (true);', { subshell: 1 });
    await session.until(() => session.text(session.lastCell) === 'on\n', 'the loop');
    await session.session.interrupt();
    assert.match(await spinningSide, /^KeyboardInterrupt/);
    assert.is(await session.show('kept', { subshell: 1 }), '2');
  }),
);

test(
  'a loop in the middle of a loop is stopped by itself, and both shells go on',
  withSession(async (session) => {
    const { done, cell } = await spinning(session);
    const text = await session.show('while (true) print("flood")', { subshell: 1 });
    assert.match(text, /^TimeoutError: stopped after 1000 ms: another cell keeps the thread busy/);
    assert.is(session.text(session.lastCell).replaceAll('flood\n', ''), '');
    assert.is(await session.show('go = false', { subshell: 1 }), 'false');
    assert.is(await done, 'true');
    assert.is(session.text(cell), 'spinning\n');
  }),
);

test(
  'run while the session still loads its parser, too',
  withSession(async (session) => {
    await session.run('1');
    assert.is(await session.show('const two: number = 2; two', { subshell: 1 }), '2');
  }),
);

test(
  'when the session ends, so do the cells of all shells',
  withSession(async (session) => {
    const main = session.show('await new Promise(() => {})');
    const other = session.show('await new Promise(() => {})', { subshell: 1 });
    await session.show('process.exit(3)', { subshell: 2 });
    for (const text of await Promise.all([main, other])) assert.match(text, /process\.exit\(3\)/);
  }),
);

test(
  'errors name the subshell and its cell; In and Out are those of the main shell',
  withSession(async (session) => {
    await session.run('"main"');
    const outcome = await session.run('\nthrow new Error("no")', { subshell: 2, executionCount: 1 });
    assert.ok(outcome.status === 'error' && outcome.traceback.join('\n').includes('In[sub2-1]'));
    assert.is(await session.show('[In[1], Out[1], _].join()'), `'"main",main,main'`);
  }),
);

test.run();
