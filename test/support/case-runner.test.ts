import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const RIGHT = '# Shouts\nhello\n\n==> upper\nHELLO\n';
const WRONG = '# Shouts\nhello\n\n==> upper\nHULLO\n';

interface Context {
  folder: string;
  file: string;
  /** Runs the cases below the folder in a process of its own, as uvu does without its command. */
  run(environment: Readonly<Record<string, string>>): SpawnSyncReturns<string>;
}

const test = suite<Context>('the runner of case files');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-cases-'));
  context.file = join(context.folder, 'a.txt');
  const runner = new URL('./case-runner.js', import.meta.url).href;
  const script = `
    import { runCases } from ${JSON.stringify(runner)};
    runCases(${JSON.stringify(context.folder)}, (input) => input.case.source.toUpperCase());`;
  context.run = (environment) => {
    const { UPDATE: _update, CI: _ci, ...rest } = process.env;
    const options = { encoding: 'utf8', env: { ...rest, ...environment } } as const;
    return spawnSync(process.execPath, ['--input-type=module', '--eval', script], options);
  };
});

test.after.each((context) => rmSync(context.folder, { recursive: true }));

test('a case that gives what it says passes, and an old .actual goes', ({ file, run }) => {
  writeFileSync(file, RIGHT);
  writeFileSync(`${file}.actual`, WRONG);
  assert.is(run({}).status, 0);
  assert.not.ok(existsSync(`${file}.actual`));
});

test('a case that gives something else fails, named by file and line, and leaves what it gave', ({
  file,
  run,
}) => {
  writeFileSync(file, WRONG);
  const { status, stdout } = run({});
  assert.is(status, 1);
  assert.match(stdout, 'a.txt:1 Shouts');
  assert.is(readFileSync(`${file}.actual`, 'utf8'), RIGHT);
  assert.is(readFileSync(file, 'utf8'), WRONG);
});

test('UPDATE=1 writes what the case gives', ({ file, run }) => {
  writeFileSync(file, '# Shouts\nhello\n==> upper\n');
  assert.is(run({ UPDATE: '1' }).status, 0);
  assert.is(readFileSync(file, 'utf8'), RIGHT);
});

test('UPDATE=1 is refused where CI is set', ({ file, run }) => {
  writeFileSync(file, WRONG);
  const { status, stderr } = run({ UPDATE: '1', CI: 'true' });
  assert.is(status, 1);
  assert.match(stderr, 'not allowed where CI is set');
  assert.is(readFileSync(file, 'utf8'), WRONG);
});

test('a folder without cases is an error', ({ run }) => {
  const { status, stderr } = run({});
  assert.is(status, 1);
  assert.match(stderr, 'has no case files');
});

test.run();
