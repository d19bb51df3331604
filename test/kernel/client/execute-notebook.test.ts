import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ExecuteCellsOptions,
  executeCells,
  type NotebookRun,
} from '../../../kernel/client/execute-notebook.ts';
import { KernelClient } from '../../../kernel/client/kernel-client.ts';
import type { Cell } from '../../../kernel/client/notebook.ts';
import type { Message } from '../../../kernel/jupyter/messages.ts';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';

const test = suite('execute notebook');

function code(source: string, ...tags: string[]): Cell {
  return { cellType: 'code', source, metadata: { tags }, rest: {}, executionCount: null, outputs: [] };
}

const text: Cell = { cellType: 'markdown', source: '# Title', metadata: {}, rest: {} };

async function run(
  cells: readonly Cell[],
  options: Partial<ExecuteCellsOptions> = {},
  onIopub: (message: Message) => void = () => {},
): Promise<NotebookRun> {
  const kernel = await KernelClient.launch({ kernelspec: echoKernelspec, onIopub });
  try {
    return await executeCells({ nbformatMinor: 5, metadata: {}, cells }, { kernel, ...options });
  } finally {
    await kernel.kill();
  }
}

function statusesOf({ results }: NotebookRun): readonly string[] {
  return results.map(({ outcome }) => outcome.status);
}

function outputsOf({ notebook }: NotebookRun): readonly unknown[] {
  return notebook.cells.map((cell) => (cell.cellType === 'code' ? cell.outputs : cell.cellType));
}

const stdout = (text: string) => ({ outputType: 'stream', name: 'stdout', text });

test('cells get their outputs and counts, other cells stay as they are', async () => {
  const events: string[] = [];
  const done = await run([text, code('stdout a\nresult 4'), code('  '), code('stdout b')], {
    onCellStart: (index) => events.push(`start ${index}`),
    onCellEnd: ({ index }) => events.push(`end ${index}`),
  });
  assert.equal(statusesOf(done), ['skipped', 'ok', 'skipped', 'ok']);
  assert.equal(events, ['start 1', 'end 1', 'start 3', 'end 3']);
  const result = {
    outputType: 'execute_result',
    data: { 'text/plain': '4' },
    metadata: {},
    executionCount: 1,
  };
  assert.equal(outputsOf(done), ['markdown', [stdout('a\n'), result], [], [stdout('b\n')]]);
  const last = done.notebook.cells[3];
  assert.is(last?.cellType === 'code' && last.executionCount, 2);
  assert.is(done.failure, undefined);
  assert.match(JSON.stringify(done.notebook.metadata.language_info), '"name":"echo"');
});

test('a failing cell stops the run; the cells behind it have no outputs', async () => {
  const old = { outputType: 'stream', name: 'stdout', text: 'old' } as const;
  const stale: Cell = {
    cellType: 'code',
    source: 'result 1',
    metadata: {},
    rest: {},
    executionCount: 9,
    outputs: [old],
  };
  const done = await run([code('fail badly'), stale]);
  assert.equal(statusesOf(done), ['error']);
  assert.is(done.failure?.index, 0);
  const error = { ename: 'EchoError', evalue: 'badly', traceback: ['EchoError: badly'] };
  assert.equal(done.failure?.outcome, { status: 'error', error, expected: false });
  assert.equal(outputsOf(done), [[{ outputType: 'error', ...error }], []]);
});

test('with allowErrors the run goes on', async () => {
  const done = await run([code('fail'), code('result 1')], { allowErrors: true });
  assert.equal(statusesOf(done), ['error', 'ok']);
  assert.is(done.failure, undefined);
});

test('raises-exception expects the error, skip-execution leaves the cell alone', async () => {
  const done = await run([
    code('fail', 'raises-exception'),
    code('exit 1', 'skip-execution'),
    code('result 1'),
  ]);
  assert.equal(statusesOf(done), ['error', 'skipped', 'ok']);
  assert.is(done.failure, undefined);
});

test('a cell that takes too long is interrupted, and the kernel keeps its state', async () => {
  const done = await run([code('wait'), code('result 1')], { timeoutMs: 200, allowErrors: true });
  assert.equal(statusesOf(done), ['timeout', 'ok']);
  const [first] = done.results;
  assert.ok(first?.outcome.status === 'timeout');
  assert.is(first.outcome.error.evalue, 'the cell did not end within 200 ms and was interrupted');
});

test('a kernel that dies ends the run, with what it wrote last, even with allowErrors', async () => {
  const done = await run([code('stderr-raw ouch\nexit 5'), code('result 1')], { allowErrors: true });
  assert.equal(statusesOf(done), ['died']);
  assert.ok(done.failure?.outcome.status === 'died');
  assert.match(done.failure.outcome.error.evalue, /exit code 5.*ouch/s);
});

test('displays are updated across cells, and output that comes late goes to its own cell', async () => {
  const done = await run([
    code('display-as d one\nlate from the first'),
    code('update d two\nnow\nstdout mine'),
  ]);
  const shown = { outputType: 'display_data', data: { 'text/plain': 'two' }, metadata: {} };
  assert.equal(outputsOf(done), [[shown, stdout('from the first\n')], [stdout('mine\n')]]);
});

test('an abort interrupts the cell that runs and ends the run', async () => {
  const abort = new AbortController();
  const done = await run(
    [code('stdout started\nwait'), code('result 1')],
    { signal: abort.signal },
    (message) => {
      if (message.header.messageType === 'stream') abort.abort();
    },
  );
  assert.equal(statusesOf(done), ['error']);
  assert.is(done.failure?.outcome.status, 'error');
});

test.run();
