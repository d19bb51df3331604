import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withSession } from '../../support/session-in-test.ts';

const test = suite('magics of the session');

const DURATION = String.raw`[\d.]+ (?:s|ms|µs|ns)`;

test(
  '%time says how long code took, which has its value and its variables as in a cell',
  withSession(async (session) => {
    assert.is(await session.show('%time const kept = 20 + 1'), '');
    assert.match(session.text(1), new RegExp(`^CPU time: ${DURATION}, wall time: ${DURATION}\n$`));
    assert.is(await session.show('%time 2 * kept'), '42');
    assert.is(await session.show("%%time\nthrow new RangeError('on purpose')"), 'RangeError: on purpose');
    assert.match(session.text(3), /wall time/);
  }),
);

test(
  '%timeit says how long one of many runs takes, also of what waits',
  withSession(async (session) => {
    await session.run('let calls = 0');
    await session.run('%timeit -n 10 -r 3 calls++');
    const line = (runs: string) =>
      new RegExp(`^${DURATION} ± ${DURATION} per loop \\(mean ± std. dev. of ${runs}\\)\n$`);
    assert.match(session.text(2), line('3 runs, 10 loops each'));
    assert.is(await session.show('calls'), '30');
    await session.run('%%timeit -n1 -r1 const step = 5\ncalls += await step');
    assert.match(session.text(4), line('1 run, 1 loop each'));
    assert.is(await session.show('calls'), '35');
  }),
);

test('a name and a question mark open the pager with what the kernel knows of it', async () => {
  const asked: unknown[] = [];
  const inspect = async (expression: string, wantsSource: boolean) => {
    asked.push([expression, wantsSource]);
    return expression === 'Math.max' ? { 'text/plain': 'the largest' } : null;
  };
  await withSession(
    async (session) => {
      const shown = await session.run('Math.max?');
      assert.equal(shown.status === 'ok' && shown.payload, [
        { source: 'page', data: { 'text/plain': 'the largest' }, start: 0 },
      ]);
      await session.run('const x = 1\nMath.max??\n');
      await session.run('?%time');
      assert.equal(asked, [
        ['Math.max', false],
        ['Math.max', true],
        ['%time', false],
      ]);
      assert.is(await session.show('nothing?'), 'UsageError: nothing is known of nothing');
      assert.is(await session.show('x > 0 ?\n1 : 2'), '1');
    },
    { inspect },
  )();
});

test(
  '%load puts a file into the next cell',
  withSession(async (session) => {
    const outcome = await session.run('%load package.json');
    assert.ok(outcome.status === 'ok');
    const [payload] = outcome.payload;
    assert.equal([payload?.source, payload?.replace], ['set_next_input', true]);
    assert.match(String(payload?.text), /^\/\/ %load package\.json\n\{/);
  }),
);

test(
  'a command ends when its cell is interrupted',
  withSession(async (session) => {
    const running = session.run('!echo started; sleep 60');
    await session.until(() => session.text(1).includes('started'), 'the command runs');
    await session.session.interrupt();
    assert.is((await running).status, 'error');
    assert.is(await session.show('1 + 1'), '2');
  }),
);

test(
  'an interrupt while the magics are still being loaded leaves a session that goes on',
  withSession(async (session) => {
    const running = session.run('!sleep 60');
    await session.until(() => session.session.pid !== undefined, 'the session is there');
    await session.session.interrupt();
    assert.is((await running).status, 'error');
    assert.is(await session.show('1 + 1'), '2');
  }),
);

test.run();
