/**
 * `npm run test:run [-- PATTERN]`: runs the built tests whose path matches, with uvu, and checks what uvu doesn't: it
 * swallows what a hook throws and ends with status 0 although tests were never run, and it waits for ever when a test
 * left something behind that keeps the process alive. What failed is said once more at the end, where one looks first.
 *
 * With RJIT_TEST_SECOND_CHANCE=1 a file that failed is run once more by itself. When it passes, the run does too, but names it
 * as unstable: on a machine that others load, one late answer should not hide what the other tests say.
 *
 * The kernel that the tests find by name is the one that was built here, whatever is installed on the machine, and the
 * code that servers keep compiled is kept for this run only.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ownEnvironment } from './support/own-environment.ts';
import { repositoryRoot } from './support/repository-root.ts';
import { type FileReport, readRunnerOutput, suitesNotRun } from './support/runner-output.ts';

/** From the totals to the end of the process. */
const LINGER_MS = 20_000;
/** More failing files than these are no bad luck. */
const SECOND_CHANCES = 3;

interface Run {
  readonly status: number | null;
  readonly output: string;
}

const [pattern = ''] = process.argv.slice(2);
const secondChance = process.env.RJIT_TEST_SECOND_CHANCE === '1';
const environment = await ownEnvironment();

const first = await runTests(`(?:${pattern}).*\\.test\\.js$`);
const report = readRunnerOutput(first.output);
const failed = report.files.filter((file) => file.failures !== '');
const unstable = secondChance && failed.length <= SECOND_CHANCES ? await retry(failed) : [];
const broken = failed.filter((file) => !unstable.includes(file));
const notRun = suitesNotRun(report);

for (const file of failed) {
  process.stdout.write(
    `\n${unstable.includes(file) ? 'unstable' : 'failed'}: ${file.name}\n${file.failures}`,
  );
}
process.stderr.write(notRun + whatWasLeftOut(first.output));
if (secondChance && failed.length > 0) {
  // After the totals of the second runs, those of the whole.
  process.stdout.write(`\n  Total:     ${report.total}\n  Passed:    ${report.total - failuresOf(broken)}\n`);
}
const onlyUnstable = failed.length > 0 && broken.length === 0;
process.exitCode = notRun === '' && (first.status === 0 || onlyUnstable) ? 0 : 1;

function runTests(pattern: string): Promise<Run> {
  const uvu = join(repositoryRoot, 'node_modules', 'uvu', 'bin.js');
  const args = ['--enable-source-maps', uvu, join(repositoryRoot, 'dist', 'test'), pattern];
  const child = spawn(process.execPath, args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let lingers: NodeJS.Timeout | undefined;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (text: string) => {
    process.stdout.write(text);
    output += stripVTControlCharacters(text);
    if (lingers !== undefined || !/^ {2}Duration:.*\n/m.test(output)) return;
    lingers = setTimeout(() => {
      process.stderr.write('the tests are done, but something they left keeps the process alive: ended\n');
      child.kill('SIGKILL');
    }, LINGER_MS);
  });
  return new Promise((resolve) => {
    child.on('close', (status) => {
      clearTimeout(lingers);
      resolve({ status, output });
    });
  });
}

function failuresOf(files: readonly FileReport[]): number {
  const suites = files.flatMap((file) => file.suites);
  return suites.reduce((sum, each) => sum + each.total - each.passed, 0);
}

/** The files that pass when they are run again, each by itself. */
async function retry(files: readonly FileReport[]): Promise<FileReport[]> {
  const passed: FileReport[] = [];
  for (const file of files) {
    process.stdout.write(`\nonce more: ${file.name}\n`);
    const run = await runTests(`^${file.name.replaceAll('.', '\\.')}$`);
    if (run.status === 0 && suitesNotRun(readRunnerOutput(run.output)) === '') passed.push(file);
  }
  return passed;
}

/** What support/left-out.ts has noted, in a line for each reason. */
function whatWasLeftOut(output: string): string {
  const byReason = new Map<string, string[]>();
  for (const [, what = '', reason = ''] of output.matchAll(/^left out: (.*?): (.*)$/gm)) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
  }
  return [...byReason].map(([reason, what]) => `left out: ${what.join(', ')}: ${reason}\n`).join('');
}
