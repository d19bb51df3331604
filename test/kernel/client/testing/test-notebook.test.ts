import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../../../kernel/client/kernel-client.ts';
import type { CodeCell } from '../../../../kernel/client/notebook.ts';
import { failureSummary } from '../../../../kernel/client/testing/render-failure.ts';
import { type TestNotebookOptions, testNotebook } from '../../../../kernel/client/testing/test-notebook.ts';
import type { TestedNotebook } from '../../../../kernel/client/testing/verdict.ts';
import {
  codeCell,
  echoKernelspec,
  error,
  notebookOf,
  result,
  stdout,
} from '../../../support/echo-notebooks.ts';

type Settings = Partial<Omit<TestNotebookOptions, 'kernel'>>;

async function tested(cells: readonly CodeCell[], settings: Settings = {}): Promise<TestedNotebook> {
  const kernel = await KernelClient.launch({ kernelspec: echoKernelspec });
  const defaults = {
    lax: false,
    sanitize: (text: string) => text,
    comparisons: [],
    tolerance: { rtol: 1e-9, atol: 0, pixelShare: 0 },
    cellTimeoutMs: 60_000,
  };
  try {
    return await testNotebook(notebookOf(...cells), { ...defaults, ...settings, kernel });
  } finally {
    await kernel.shutdown();
  }
}

/** Each cell's verdict; of a failure also what it says. */
async function verdicts(cells: readonly CodeCell[], settings: Settings = {}): Promise<readonly string[]> {
  return (await tested(cells, settings)).cells.map(({ verdict }) => {
    if (verdict.status === 'passed') return 'passed';
    if (verdict.status === 'skipped') return `skipped: ${verdict.reason}`;
    return `${verdict.status}: ${failureSummary(verdict.failure)}`;
  });
}

const rules = suite('notebook tests');

rules('a cell passes when it gives what the notebook holds, and fails when not', async () => {
  assert.equal(
    await verdicts([
      codeCell('stdout a\nresult 4', [stdout('a\n'), result('4')]),
      codeCell('stdout b\nresult 5', [stdout('a\n'), result('4')]),
      codeCell('result 4'),
      codeCell('', [stdout('a\n')]),
    ]),
    [
      'passed',
      'failed: its output differs: stdout, text/plain',
      'failed: its output differs: text/plain',
      'failed: its output differs: stdout',
    ],
  );
});

rules('an ignored output may differ, a skipped cell is not run', async () => {
  const { cells } = await tested([
    codeCell('# NBVAL_IGNORE_OUTPUT\nresult 1', [result('2')]),
    codeCell('result 1', [result('2')], { tags: ['nbval-skip'] }),
    codeCell('result 1', [result('2')], { tags: ['skip-execution'] }),
  ]);
  assert.equal(
    cells.map(({ verdict, executed }) => [verdict.status, executed.outputs.length]),
    [
      ['passed', 1],
      ['skipped', 0],
      ['skipped', 0],
    ],
  );
});

rules('a lax test compares only where a cell asks for it', async () => {
  const cells = [
    codeCell('result 1', [result('2')]),
    codeCell('// NBVAL_CHECK_OUTPUT\nresult 1', [result('2')]),
    codeCell('fail no'),
  ];
  assert.equal(await verdicts(cells, { lax: true }), [
    'passed',
    'failed: its output differs: text/plain',
    'failed: it raised EchoError: no',
  ]);
});

rules(
  'an exception fails, unless it was expected; then its absence fails, even with outputs ignored',
  async () => {
    assert.equal(
      await verdicts([
        codeCell('fail no', [error('no')]),
        codeCell('fail no', [error('no')], { tags: ['raises-exception'] }),
        codeCell('fail no', [error('yes')], { tags: ['raises-exception'] }),
        codeCell('// NBVAL_RAISES_EXCEPTION\nresult 1', [result('1')]),
        codeCell('// NBVAL_RAISES_EXCEPTION\n// NBVAL_IGNORE_OUTPUT\nresult 1', [error('no')]),
      ]),
      [
        'failed: it raised EchoError: no',
        'passed',
        'failed: its output differs: evalue',
        'failed: it raised nothing; expected an exception',
        'failed: it raised nothing; expected an exception',
      ],
    );
  },
);

rules('an exception may be expected by its name and a part of its text', async () => {
  const raises = (what: string) =>
    codeCell(`// NBVAL_RAISES_EXCEPTION: ${what}\nfail out of range`, [error('out of range')]);
  assert.equal(await verdicts([raises('EchoError'), raises('EchoError: range'), raises('EchoError: type')]), [
    'passed',
    'passed',
    'failed: it raised EchoError: out of range; expected EchoError: type',
  ]);
});

rules('a cell that was never run is not compared, but may hold no outputs', async () => {
  assert.equal(
    await verdicts([
      codeCell('result 1', [], { count: null }),
      codeCell('result 1', [result('1')], { count: null }),
    ]),
    [
      'passed',
      'failed: the notebook holds outputs of it, but says that it was never run (no execution count)',
    ],
  );
});

rules('cleared outputs are gone, and a display updated by a later cell is compared as it ends', async () => {
  const display = (text: string) =>
    ({ outputType: 'display_data', data: { 'text/plain': text }, metadata: {} }) as const;
  assert.equal(
    await verdicts([
      codeCell('stdout a\nclear now\nstdout b', [stdout('b\n')]),
      codeCell('stdout a\nclear wait\nstdout b', [stdout('b\n')]),
      codeCell('display-as d one', [display('two')]),
      codeCell('update d two'),
    ]),
    ['passed', 'passed', 'passed', 'passed'],
  );
});

rules('output that comes late belongs to its own cell', async () => {
  assert.equal(await verdicts([codeCell('late x', [stdout('x\n')]), codeCell('now')]), ['passed', 'passed']);
});

rules('a cell that runs out of its time fails, and failures behind it are expected', async () => {
  const cells = [
    codeCell('wait', [], { tags: ['nbval-timeout:0.2'] }),
    codeCell('result 1', [result('1')]),
    codeCell('result 1', [result('2')]),
  ];
  assert.equal(await verdicts(cells), [
    'failed: the cell did not end within 200 ms and was interrupted',
    'passed',
    'xfailed: its output differs: text/plain',
  ]);
});

rules('when the kernel ends, its cell fails with the reason, and so do those behind it', async () => {
  const [first, second, third] = await verdicts([
    codeCell('exit 3'),
    codeCell('1'),
    codeCell('# NBVAL_SKIP'),
  ]);
  assert.match(first ?? '', 'failed: the kernel ended (exit code 3)');
  assert.is(second, 'failed: not run: the kernel ended in cell 1');
  assert.is(third, 'skipped: marked NBVAL_SKIP');
});

rules('a cell over its budget fails', async () => {
  const [verdict] = await verdicts([codeCell('result 1', [result('1')])], { budgetMs: 1e-6 });
  assert.match(verdict ?? '', /^failed: it took .*; its budget is /);
});

rules('outputs of a kind are compared as the command line or the cell says', async () => {
  const cells = [
    codeCell('result pi = 3.14159265', [result('pi = 3.14159266')]),
    codeCell('# NBVAL_COMPARE: text/plain=exact\nresult 1.0', [result('1.00')]),
    codeCell('# NBVAL_COMPARE: text/plain=near\nresult 1.0', [result('1.0')]),
  ];
  const [near, exact, wrong] = await verdicts(cells, {
    comparisons: ['text/plain=numbers'],
    tolerance: { rtol: 1e-6, atol: 0, pixelShare: 0 },
  });
  assert.is(near, 'passed');
  assert.is(exact, 'failed: its output differs: text/plain');
  assert.match(wrong ?? '', 'the comparison is "text/plain=near"; expected KEY=COMPARER');
});

rules('an interrupted test ends behind its cell', async () => {
  const abort = new AbortController();
  const onCellStart = () => abort.abort();
  assert.equal(
    await verdicts([codeCell('result 1', [result('1')]), codeCell('1')], {
      onCellStart,
      signal: abort.signal,
    }),
    ['passed', 'skipped: the test was interrupted'],
  );
});

rules.run();
