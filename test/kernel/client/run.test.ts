import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

const test = suite<{ folder: string }>('rjit run');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  const kernelspec = join(context.folder, 'kernels', 'echo');
  mkdirSync(kernelspec, { recursive: true });
  const { argv, displayName, language, interruptMode } = echoKernelspec;
  const spec = { argv, display_name: displayName, language, interrupt_mode: interruptMode };
  writeFileSync(join(kernelspec, 'kernel.json'), JSON.stringify(spec));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function rjitRun(folder: string, ...args: string[]): Promise<Ended> {
  const cli = join(repositoryRoot, 'dist/kernel/cli.js');
  const env = { ...process.env, JUPYTER_PATH: folder };
  const child = spawn(process.execPath, [cli, 'run', ...args], { cwd: folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

function writeNotebook(folder: string, ...sources: string[]): void {
  const cells = sources.map((source) => ({
    cell_type: 'code',
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const metadata = { kernelspec: { name: 'echo', display_name: 'Echo' } };
  const notebook = { nbformat: 4, nbformat_minor: 4, metadata, cells };
  writeFileSync(join(folder, 'n.ipynb'), JSON.stringify(notebook));
}

test('a notebook runs, is saved with its outputs, and is reported cell by cell', async ({ folder }) => {
  writeNotebook(folder, 'stdout hello', 'result 4');
  const { status, stdout, stderr } = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--show');
  assert.is(status, 0, stderr);
  assert.is(stdout, 'In [1]: stdout hello\nhello\n\nIn [2]: result 4\nOut[2]: 4\n\n');
  assert.match(stderr, /^\[1\/2\] ok \d+ ms {2}stdout hello\n\[2\/2\] ok \d+ ms {2}result 4\n/);
  assert.match(stderr, /n\.ipynb: 2 cells in \d+ ms; written to out\.ipynb\n$/);
  const saved = JSON.parse(readFileSync(join(folder, 'out.ipynb'), 'utf8'));
  assert.equal(saved.cells[0].outputs, [{ name: 'stdout', output_type: 'stream', text: ['hello\n'] }]);
  assert.equal(saved.cells[1].outputs[0].data, { 'text/plain': ['4'] });
});

test('a failing cell ends with status 1 and its traceback, and the notebook is saved all the same', async ({
  folder,
}) => {
  writeNotebook(folder, 'result 1', 'stdout a\nfail badly', 'result 3');
  const { status, stderr } = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb');
  assert.is(status, 1);
  assert.match(stderr, 'cell 2 failed:\nIn [2]: stdout a\n        fail badly\nEchoError: badly\n');
  assert.match(stderr, /n\.ipynb: 2 cells in \d+ ms, 1 failed; written to out\.ipynb/);
  const saved = JSON.parse(readFileSync(join(folder, 'out.ipynb'), 'utf8'));
  assert.is(saved.cells[1].outputs[1].ename, 'EchoError');
  assert.equal(saved.cells[2].outputs, []);
});

test('with --allow-errors the rest runs and the status is 0', async ({ folder }) => {
  writeNotebook(folder, 'fail badly', 'result 3');
  const { status, stderr } = await rjitRun(folder, 'n.ipynb', '--allow-errors');
  assert.is(status, 0);
  assert.match(stderr, /2 cells in \d+ ms, 1 failed/);
});

test('with --timeout-ms a cell that hangs fails', async ({ folder }) => {
  writeNotebook(folder, 'wait');
  const { status, stderr } = await rjitRun(folder, 'n.ipynb', '--timeout-ms', '200');
  assert.is(status, 1);
  assert.match(stderr, 'CellTimeout: the cell did not end within 200 ms and was interrupted');
});

test('wrong usage, a missing notebook and a missing kernel end with status 2 and what to do', async ({
  folder,
}) => {
  writeNotebook(folder, 'result 1');
  writeFileSync(join(folder, 'x.txt'), 'hello');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /no notebook given\n\nusage: rjit run NOTEBOOK/],
    [['a', 'b'], /one notebook at a time; found "a" and "b"/],
    [['n.ipynb', '--timeout-ms', 'soon'], /--timeout-ms is "soon"; expected a positive number/],
    [['n.ipynb', '--nope'], /Unknown option '--nope'/],
    [['none.ipynb'], /cannot read none\.ipynb: ENOENT/],
    [['n.ipynb', '-o', 'no/such/out.ipynb'], /ENOENT: no such file or directory, access '.*no\/such'/],
    [['x.txt'], /x\.txt is not a Jupyter notebook: it is not JSON/],
    [['n.ipynb', '--kernel', 'nope'], /there is no kernelspec "nope"; available: .*echo/],
  ];
  const ended = await Promise.all(cases.map(([args]) => rjitRun(folder, ...args)));
  for (const [index, [args, message]] of cases.entries()) {
    assert.is(ended[index]?.status, 2, args.join(' '));
    assert.match(ended[index]?.stderr ?? '', message);
  }
});

test.run();
