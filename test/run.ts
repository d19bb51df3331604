/**
 * `npm run test:run [-- PATTERN]`: runs the built tests whose path matches, with uvu, and checks what uvu doesn't: it
 * swallows what a hook throws and ends with status 0 although tests were never run, and it waits for ever when a test
 * left something behind that keeps the process alive.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repositoryRoot } from './support/repository-root.ts';

/** From the totals to the end of the process. */
const LINGER_MS = 20_000;

const [pattern = ''] = process.argv.slice(2);
const uvu = join(repositoryRoot, 'node_modules', 'uvu', 'bin.js');
const args = ['--enable-source-maps', uvu, join(repositoryRoot, 'dist', 'test'), `${pattern}.*\\.test\\.js$`];
const child = spawn(process.execPath, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] });
let output = '';
let lingers = false;
child.stdout.setEncoding('utf8');
child.stdout.on('data', (text: string) => {
  process.stdout.write(text);
  output += stripVTControlCharacters(text);
  if (!lingers && /^ {2}Duration:.*\n/m.test(output)) {
    lingers = true;
    setTimeout(endLingering, LINGER_MS).unref();
  }
});
child.on('close', (status) => {
  const complaint = whatDidNotRun();
  process.stderr.write(complaint);
  process.exitCode = status === 0 && complaint === '' ? 0 : 1;
});

function endLingering(): void {
  process.stderr.write(`the tests are done, but something they left keeps the process alive: ended\n`);
  child.kill('SIGKILL');
}

/** Suites whose tests neither passed nor failed, in words; empty when there are none. */
function whatDidNotRun(): string {
  if (figure('Total') === 0) return 'no test was run\n';
  const suites = [...output.matchAll(/^ ?(.*?)[ •]+\((\d+) \/ (\d+)\)$/gm)].flatMap(
    ([line, name, ran, all]) =>
      ran === all || line.includes('✘') ? [] : [`  ${name}: ${ran} of ${all} were run\n`],
  );
  return suites.length === 0 ? '' : `a hook threw, or tests are skipped, in\n${suites.join('')}`;
}

function figure(name: string): number {
  return Number(new RegExp(`^ {2}${name}: +(\\d+)`, 'm').exec(output)?.[1] ?? 0);
}
