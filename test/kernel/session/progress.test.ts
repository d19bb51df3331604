import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type SessionInTest, withSession } from '../../support/session-in-test.ts';

const test = suite('progress');

interface Bar {
  readonly update: boolean;
  readonly text: string;
  readonly html: string;
}

function barsOf(session: SessionInTest): readonly Bar[] {
  return session.outputs.flatMap(({ output }) =>
    output.kind === 'display'
      ? [
          {
            update: output.update,
            text: String(output.data['text/plain']),
            html: String(output.data['text/html']),
          },
        ]
      : [],
  );
}

test(
  'over an array shows one bar, from nothing to all of it',
  withSession(async (session) => {
    const outcome = await session.run(
      "const seen = []; for (const x of progress(['a', 'b'], { label: 'a & b' })) seen.push(x); seen.join()",
    );
    assert.is(outcome.status === 'ok' && outcome.result?.['text/plain'], "'a,b'");
    const bars = barsOf(session);
    assert.equal(
      bars.map(({ update }) => update),
      bars.map((_, index) => index > 0),
    );
    assert.match(bars[0]?.text ?? '', /^░{30} a & b: 0\/2, 0\.\d s$/);
    assert.match(bars.at(-1)?.text ?? '', /^█{30} a & b: 2\/2, \d\.\d s$/);
    assert.match(bars.at(-1)?.html ?? '', /<progress value="2" max="2".*a &amp; b: 2\/2/);
  }),
);

test(
  'of many steps is shown ten times a second, not at each',
  withSession(async (session) => {
    await session.run('for (const i of progress(1_000_000)) {}');
    const bars = barsOf(session);
    assert.ok(bars.length < 200, `${bars.length}`);
    assert.match(bars.at(-1)?.text ?? '', /^█{30} 1000000\/1000000, /);
  }),
);

test(
  'ends where the loop does, and can be told how far things are',
  withSession(async (session) => {
    await session.run('for (const i of progress(10)) if (i === 4) break');
    assert.match(barsOf(session).at(-1)?.text ?? '', /^█{12}░{18} 4\/10, /);
    await session.run('const bar = progress(4); bar.update(); bar.done += 3; bar.done');
    assert.match(barsOf(session).at(-1)?.text ?? '', /^█{30} 4\/4, /);
  }),
);

test(
  'goes over what is asynchronous, without a known end',
  withSession(async (session) => {
    await session.run(`
      async function* three() { yield 1; yield 2; yield 3 }
      let sum = 0
      for await (const n of progress(three())) sum += n
    `);
    assert.match(barsOf(session).at(-1)?.text ?? '', /^3, \d\.\d s$/);
    const outcome = await session.run('for (const n of progress(three())) {}');
    assert.is(
      outcome.status === 'error' && outcome.evalue,
      'this one is asynchronous: use for await (… of progress(…))',
    );
  }),
);

test.run();
