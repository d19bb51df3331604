import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';
import { eventually } from '../../support/eventually.ts';
import { rjitCommand } from '../../support/rjit-command.ts';

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
  const env = { ...process.env, JUPYTER_PATH: folder };
  const child = spawn(process.execPath, [rjitCommand, 'run', ...args], { cwd: folder, env });
  writeFileSync(join(folder, 'run.pid'), String(child.pid));
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

test('the notebook says when its cells ran, in the words of JupyterLab', async ({ folder }) => {
  writeNotebook(folder, 'result 1');
  await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb');
  const saved = JSON.parse(readFileSync(join(folder, 'out.ipynb'), 'utf8'));
  const { execution } = saved.cells[0].metadata;
  const keys = ['iopub.execute_input', 'iopub.status.busy', 'iopub.status.idle', 'shell.execute_reply'];
  assert.equal(Object.keys(execution).sort(), keys);
  const times = keys.map((key) => Date.parse(execution[key]));
  assert.ok(times.every((time) => Number.isFinite(time)));
  await rjitRun(folder, 'n.ipynb', '-o', 'plain.ipynb', '--no-times');
  assert.equal(JSON.parse(readFileSync(join(folder, 'plain.ipynb'), 'utf8')).cells[0].metadata, {});
});

test('what a cell has put out is saved while it still runs', async ({ folder }) => {
  writeNotebook(folder, 'stdout early', 'stdout half\nwait');
  const outputs = () =>
    JSON.parse(readFileSync(join(folder, 'n.ipynb'), 'utf8')).cells.map(
      (cell: { outputs: unknown }) => cell.outputs,
    );
  const stream = (text: string) => [{ name: 'stdout', output_type: 'stream', text: [text] }];
  const ended = rjitRun(folder, 'n.ipynb', '--in-place', '--autosave', '0.05', '--timeout', '60');
  await eventually('the second cell is saved', () => JSON.stringify(outputs()[1]).includes('half'));
  assert.equal(outputs(), [stream('early\n'), stream('half\n')]);
  const pid = Number(readFileSync(join(folder, 'run.pid'), 'utf8'));
  process.kill(pid, 'SIGINT');
  const { status, stderr } = await ended;
  assert.is(status, 130, stderr);
  assert.match(JSON.stringify(outputs()[1]), /KeyboardInterrupt/);
});

test('a cell that floods its output is interrupted, and the others run with --allow-errors', async ({
  folder,
}) => {
  writeNotebook(folder, 'pour 1000', 'result 2');
  const { status, stderr } = await rjitRun(
    folder,
    ...['n.ipynb', '-o', 'out.ipynb', '--max-output', '5', '--allow-errors'],
  );
  assert.is(status, 0, stderr);
  assert.match(stderr, /OutputFlood: the cell put out more than 5 MB and was interrupted/);
  const text = readFileSync(join(folder, 'out.ipynb'), 'utf8');
  assert.ok(text.length < 6_000_000, `${text.length}`);
  assert.match(text, 'the output behind this is left out: the cell put out more than 5 MB');
  assert.match(text, '"2"');
});

test('a run that stops with --keep-kernel goes on behind the cells that are done', async ({ folder }) => {
  writeNotebook(folder, 'result 1', 'fail badly', 'result 3');
  const first = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--keep-kernel');
  assert.is(first.status, 1, first.stderr);
  assert.match(first.stderr, /go on with the run: rjit run n\.ipynb -o out\.ipynb --resume/);
  writeNotebook(folder, 'result 1', 'result 2', 'result 3');
  const second = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--resume');
  assert.is(second.status, 0, second.stderr);
  assert.match(second.stderr, /^\[1\/2\] ok \d+ ms {2}result 2\n\[2\/2\] ok \d+ ms {2}result 3\n/);
  const { cells, metadata } = JSON.parse(readFileSync(join(folder, 'out.ipynb'), 'utf8'));
  // The counter went on, so the kernel is the same one.
  assert.equal(
    cells.map((cell: { execution_count: number }) => cell.execution_count),
    [1, 3, 4],
  );
  assert.is(metadata.rjit_run, undefined);
  const third = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--resume');
  assert.is(third.status, 2);
  assert.match(third.stderr, /out\.ipynb holds no run to go on with/);
});

test('a run whose own process is killed goes on in its kernel, or says that it is gone', async ({
  folder,
}) => {
  writeNotebook(folder, 'result 1', 'wait');
  const killed = rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--keep-kernel', '--autosave', '0.05');
  const saved = () => readFileSync(join(folder, 'out.ipynb'), 'utf8');
  await eventually(
    'the second cell runs',
    () => existsSync(join(folder, 'out.ipynb')) && JSON.parse(saved()).cells[1].execution_count === 2,
  );
  process.kill(Number(readFileSync(join(folder, 'run.pid'), 'utf8')), 'SIGKILL');
  await killed;
  const { connection_file: connectionFile } = JSON.parse(saved()).metadata.rjit_run;
  writeNotebook(folder, 'result 1', 'result 2');
  const resumed = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--resume');
  assert.is(resumed.status, 0, resumed.stderr);
  assert.not(existsSync(dirname(connectionFile)));
  const open = JSON.parse(saved());
  open.metadata.rjit_run = { connection_file: connectionFile };
  writeFileSync(join(folder, 'out.ipynb'), JSON.stringify(open));
  const gone = await rjitRun(folder, 'n.ipynb', '-o', 'out.ipynb', '--resume');
  assert.is(gone.status, 2);
  assert.match(
    gone.stderr,
    /the kernel that the run was left in is gone .* run without --resume to start again/s,
  );
});

test('wrong usage, a missing notebook and a missing kernel end with status 2 and what to do', async ({
  folder,
}) => {
  writeNotebook(folder, 'result 1');
  writeFileSync(join(folder, 'x.txt'), 'hello');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /no notebook given\n\nusage: rjit run NOTEBOOK/],
    [['a', 'b'], /one notebook at a time; found "a" and "b"/],
    [
      ['n.ipynb', '--timeout-ms', 'soon'],
      /--timeout-ms is "soon"; expected a positive number of milliseconds/,
    ],
    [['n.ipynb', '--timeout', '0'], /--timeout is "0"; expected a positive number of seconds/],
    [['n.ipynb', '--in-place', '-o', 'x'], /both --in-place and --output are given; choose one/],
    [['n.ipynb', '--resume'], /--resume needs -o OUT/],
    [['n.ipynb', '-p', 'x'], /the parameter is "x"; expected NAME=VALUE/],
    [['n.ipynb', '-p', 'x=1'], /the kernel's language is "echo"; parameters can be assigned in python/],
    [['n.ipynb', '--server', 'nowhere'], /--server is "nowhere"; expected a URL/],
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
