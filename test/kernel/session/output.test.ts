import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withSession } from '../../support/session-in-test.ts';

const output = suite('output');

output(
  'of 100,000 lines arrives complete, in order and in few pieces before the cell is done',
  withSession(async (session) => {
    await session.run('for (let i = 0; i < 100_000; i++) console.log("line " + i)');
    const lines = session.text(1).split('\n');
    assert.is(lines.length, 100_001);
    assert.ok(lines.every((line, index) => line === (index === 100_000 ? '' : `line ${index}`)));
    assert.ok(session.outputs.length < 1000, `${session.outputs.length} pieces`);
  }),
);

output(
  'of child processes and raw writes keeps its place among printed text',
  withSession(async (session) => {
    await session.run(`
      import { execSync } from 'node:child_process'
      import fs from 'node:fs'
      for (let i = 0; i < 20; i++) {
        print('printed', i)
        fs.writeSync(1, 'raw ' + i + '\\n')
        execSync('echo child ' + i, { stdio: 'inherit' })
      }
    `);
    const expected = Array.from({ length: 20 }, (_, i) => `printed ${i}\nraw ${i}\nchild ${i}\n`);
    assert.is(session.text(1), expected.join(''));
  }),
);

output(
  'of a child process, of native code and of standard error arrives before the cell is done',
  withSession(async (session) => {
    await session.run(
      `require('node:child_process').execSync('seq 50000; echo oops >&2', { stdio: 'inherit' })`,
    );
    assert.is(session.text(1).split('\n').length, 50_001);
    assert.is(session.text(1, 'stderr'), 'oops\n');
  }),
);

output(
  'that the reader is slow to take is not lost at process.exit',
  withSession(async (session) => {
    const outcome = await session.run('process.stdout.write("x".repeat(5_000_000) + "end"); process.exit(0)');
    assert.is(outcome.status, 'error');
    assert.is(session.text(1).length, 5_000_003);
  }),
);

output(
  'that comes late belongs to the cell that started it',
  withSession(async (session) => {
    await session.run(`
      setTimeout(() => { print('from a timer'); console.error('and an error') }, 30);
      (async () => { await new Promise((resolve) => setTimeout(resolve, 40)); print('from an await') })();
    `);
    await session.run(
      'let waited = 0; while (waited < 100) { print("second"); await new Promise((r) => setTimeout(r, 5)); waited += 5 }',
    );
    assert.is(session.text(1), 'from a timer\nfrom an await\n');
    assert.is(session.text(1, 'stderr'), 'and an error\n');
    assert.is(session.text(2), 'second\n'.repeat(20));
  }),
);

output(
  'that comes late, when no cell runs, is delivered',
  withSession(async (session) => {
    await session.run('setTimeout(() => { print("late"); display(1) }, 20);');
    await session.until(() => session.outputs.length === 2, 'the late output');
    assert.ok(session.outputs.every(({ cellId }) => cellId === 1));
  }),
);

output(
  'of a loop that never yields is shown while it runs',
  withSession(async (session) => {
    const outcome = session.run('print("started"); while (true) {}');
    await session.until(() => session.text(1) === 'started\n', 'the text');
    await session.session.interrupt();
    assert.is((await outcome).status, 'error');
  }),
);

output(
  'in pieces of characters is put together',
  withSession(async (session) => {
    await session.run(`
      const bytes = Buffer.from('äöü€😀'.repeat(1000))
      const fs = require('node:fs')
      for (let i = 0; i < bytes.length; i += 7) fs.writeSync(1, bytes.subarray(i, i + 7))
    `);
    assert.is(session.text(1), 'äöü€😀'.repeat(1000));
  }),
);

output(
  'that looks like a marker of ours is text',
  withSession(async (session) => {
    await session.run(String.raw`print('\x1b_rjit-0:r\x1b\\', '\x1b')`);
    assert.is(session.text(1), '\x1b_rjit-0:r\x1b\\ \x1b\n');
  }),
);

output.run();

const expressions = suite('silent cells and user expressions');

expressions(
  'show no result and leave the history alone',
  withSession(async (session) => {
    await session.run('1 + 1');
    assert.is(await session.show('2 + 2', { silent: true, storeHistory: false }), '');
    assert.is(await session.show('[_, In.length]'), '[ 2, 4 ]');
  }),
);

expressions(
  'are answered one by one, with their errors',
  withSession(async (session) => {
    const outcome = await session.run('const a = 2', {
      userExpressions: { good: 'a + 1', bad: 'b', worse: '(' },
    });
    assert.ok(outcome.status === 'ok');
    const { good, bad, worse } = outcome.userExpressions;
    assert.equal(good, { status: 'ok', data: { 'text/plain': '3' }, metadata: {} });
    assert.match(JSON.stringify(bad), /"ename":"ReferenceError","evalue":"b is not defined"/u);
    assert.match(JSON.stringify(worse), /"ename":"SyntaxError"/u);
  }),
);

expressions.run();
