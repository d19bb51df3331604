import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './repository-root.ts';
import { readRunnerOutput, suitesNotRun } from './runner-output.ts';

const test = suite('what uvu prints');

const FILES = {
  'a-good.test.js': `
    const test = suite('all well');
    test('one', () => {});
    test('two', () => {});
    test.run();`,
  'b-bad.test.js': `
    const plain = suite();
    plain('adds', () => assert.is(1 + 1, 3));
    plain('stays', () => {});
    plain.run();
    const named = suite('a (strange) name');
    named('throws', () => { throw new Error('on purpose'); });
    named.run();
    const last = suite('last');
    last('fine', () => {});
    last.run();`,
  'c-hook.test.js': `
    const test = suite('hooked');
    test.before(() => { throw new Error('no set-up'); });
    test('never', () => {});
    test.run();`,
} as const;

test('says which file failed, with the text of each failure', async () => {
  const report = readRunnerOutput(await printed(['a-good.test.js', 'b-bad.test.js']));
  assert.is(report.total, 6);
  assert.equal(
    report.files.map((file) => [file.name, file.failures !== '']),
    [
      ['a-good.test.js', false],
      ['b-bad.test.js', true],
    ],
  );
  const failures = report.files[1]?.failures ?? '';
  assert.match(failures, /"adds"/);
  assert.match(failures, /on purpose/);
  assert.not.match(failures, /last/);
});

test('counts the tests of each suite', async () => {
  const report = readRunnerOutput(await printed(['a-good.test.js', 'b-bad.test.js']));
  assert.equal(
    report.files.flatMap((file) =>
      file.suites.map((each) => [each.name, each.passed, each.total, each.failed]),
    ),
    [
      ['all well', 2, 2, false],
      ['', 1, 2, true],
      ['a (strange) name', 0, 1, true],
      ['last', 1, 1, false],
    ],
  );
  assert.is(suitesNotRun(report), '');
});

test('names a suite whose hook threw', async () => {
  const report = readRunnerOutput(await printed(['c-hook.test.js']));
  assert.match(suitesNotRun(report), /c-hook\.test\.js: hooked: 0 of 1 were run/);
});

test('says so when no test was run', () => {
  assert.is(suitesNotRun(readRunnerOutput('')), 'no test was run\n');
});

/** What uvu prints for these files. */
async function printed(names: readonly (keyof typeof FILES)[]): Promise<string> {
  // Below the project, where the files find uvu.
  const folder = await mkdtemp(join(repositoryRoot, 'dist', 'runner-output-'));
  try {
    for (const name of names) {
      const head = `import { suite } from 'uvu';\nimport * as assert from 'uvu/assert';\n`;
      await writeFile(join(folder, name), head + FILES[name]);
    }
    return await runUvu(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runUvu(folder: string): Promise<string> {
  const uvu = join(repositoryRoot, 'node_modules', 'uvu', 'bin.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [uvu, folder, '\\.test\\.js$'], (_error, stdout) =>
      resolve(stripVTControlCharacters(stdout)),
    );
  });
}

test.run();
