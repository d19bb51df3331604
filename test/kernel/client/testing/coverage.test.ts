import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Gateway } from '../../../../kernel/client/gateway/gateway.ts';
import { KernelClient } from '../../../../kernel/client/kernel-client.ts';
import type { KernelConnection } from '../../../../kernel/client/kernel-connection.ts';
import type { CodeCell } from '../../../../kernel/client/notebook.ts';
import { ServerKernel } from '../../../../kernel/client/server-kernel.ts';
import { addCounts, type CodeCoverage } from '../../../../kernel/client/testing/coverage/code-coverage.ts';
import { coverageTable } from '../../../../kernel/client/testing/coverage/coverage-table.ts';
import { type CoveredFile, coveredFiles } from '../../../../kernel/client/testing/coverage/covered-files.ts';
import { lcovText } from '../../../../kernel/client/testing/coverage/lcov.ts';
import { sourceLines } from '../../../../kernel/client/testing/coverage/source-lines.ts';
import { htmlReport } from '../../../../kernel/client/testing/html-report.ts';
import { palette } from '../../../../kernel/client/testing/palette.ts';
import { testNotebook } from '../../../../kernel/client/testing/test-notebook.ts';
import type { TestedNotebook } from '../../../../kernel/client/testing/verdict.ts';
import { notebookText } from '../../../../kernel/client/write-notebook.ts';
import { codeCell, echoKernelspec, notebookOf } from '../../../support/echo-notebooks.ts';
import { quietly } from '../../../support/quietly.ts';
import { rjitKernelspec } from '../../../support/rjit-kernel.ts';

async function measured(kernel: KernelConnection, cells: readonly CodeCell[]): Promise<TestedNotebook> {
  try {
    return await testNotebook(notebookOf(...cells), {
      kernel,
      lax: false,
      sanitize: (text) => text,
      comparisons: [],
      tolerance: { rtol: 0, atol: 0, pixelShare: 0 },
      cellTimeoutMs: 60_000,
      coverage: true,
    });
  } finally {
    await kernel.shutdown();
  }
}

const cells = [
  codeCell('type T = number;\nconst half = (x: T): T =>\n  x > 1 ? x / 2 : 0;'),
  codeCell('if (half(4) < 0) {\n  half(0);\n}'),
  codeCell('setTimeout(() => half(0), 1);'),
  codeCell('await new Promise((done) => setTimeout(done, 50));'),
];

/** Lines, and the branches' arms, of each cell. */
function shown({ coverage }: TestedNotebook): unknown {
  assert.ok(coverage !== undefined && coverage !== 'unavailable');
  return [...coverage.cells].map(([index, { lines, branches }]) => [
    index,
    lines.map(({ line, count }) => `${line}:${count}`).join(' '),
    branches.map(({ arms }) => arms.join('/')).join(' '),
  ]);
}

const expected = [
  [0, '2:1 3:2', '1/1'],
  [1, '1:1 2:0', '0/1'],
  [2, '1:1', ''],
  [3, '1:1', ''],
];

const test = suite('coverage of notebooks');

test('counts cells as later cells and timers run them, in the lines of TypeScript', async () => {
  const kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
  assert.equal(shown(await measured(kernel, cells)), expected);
});

test('the same through a Jupyter server', () =>
  quietly(async () => {
    const gateway = await Gateway.start();
    try {
      const { url, token } = gateway;
      const kernel = await ServerKernel.start({ server: { url, token }, name: 'rjit' });
      assert.equal(shown(await measured(kernel, cells)), expected);
    } finally {
      await gateway.close();
    }
  }));

test('survives the end of a session in the middle of the notebook', async () => {
  const kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
  const tested = await measured(kernel, [codeCell('1;\nprocess.exit(3)'), codeCell('2;')]);
  assert.equal(shown(tested), [
    [0, '1:1 2:1', ''],
    [1, '1:1', ''],
  ]);
});

test('a kernel that measures nothing is said to', async () => {
  const kernel = await KernelClient.launch({ kernelspec: echoKernelspec });
  const { coverage } = await measured(kernel, [codeCell('stdout 1')]);
  assert.is(coverage, 'unavailable');
  assert.match(coverageTable([], ['a.ipynb'], palette(false)), /a\.ipynb: no coverage: only the rjit kernel/);
});

test('the HTML report shows how often each line has run', async () => {
  const kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
  const tested = await measured(kernel, [codeCell('if (1 > 2)\n  3;\n// <')]);
  const page = htmlReport([{ path: 'a.ipynb', tested }]);
  assert.match(page, '<span class="ran" data-count="1">if (1 &gt; 2)</span>');
  assert.match(page, '<span class="missed" data-count="0">  3;</span>');
  assert.match(page, '<span data-count="">// &lt;</span>');
});

const coverage: CodeCoverage = {
  lines: [
    { line: 1, count: 2 },
    { line: 3, count: 0 },
    { line: 4, count: 0 },
    { line: 7, count: 1 },
    { line: 9, count: 0 },
  ],
  branches: [
    { line: 3, arms: [0, 0] },
    { line: 7, arms: [1, 0] },
  ],
  functions: [
    { name: 'f', line: 1, count: 2 },
    { name: '(anonymous)', line: 7, count: 0 },
  ],
};
const file: CoveredFile = { path: 'lib.ts', coverage, missing: '3–4, 9' };

test('LCOV names each function once, and says which branches were not reached', () => {
  assert.is(
    lcovText([file]),
    `TN:
SF:lib.ts
FN:1,f#1
FN:7,(anonymous)#2
FNDA:2,f#1
FNDA:0,(anonymous)#2
FNF:2
FNH:1
BRDA:3,0,0,-
BRDA:3,0,1,-
BRDA:7,1,0,1
BRDA:7,1,1,0
BRF:4
BRH:1
DA:1,2
DA:3,0
DA:4,0
DA:7,1
DA:9,0
LF:5
LH:2
end_of_record
`,
  );
});

test('the table says what has not run, and adds up', () => {
  assert.is(
    coverageTable([file, { ...file, path: 'b.ts', missing: '' }], [], palette(false)),
    `
coverage       lines   branches  functions
lib.ts     2/5  40 %  1/4  25 %  1/2  50 %  not run: 3–4, 9
b.ts       2/5  40 %  1/4  25 %  1/2  50 %
all       4/10  40 %  2/8  25 %  2/4  50 %
`,
  );
});

test('lines of cells are found in the notebook’s file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-coverage-'));
  const path = join(folder, 'a.ipynb');
  try {
    const notebook = notebookOf(codeCell('"[",\n{}'), codeCell('c'));
    const text = notebookText(notebook);
    writeFileSync(path, text);
    const lines = text.split('\n');
    const places = sourceLines(text).map((cell) => cell.map((line) => lines[line - 1]?.trim()));
    assert.equal(places, [['"\\"[\\",\\n",', '"{}"'], ['"c"']]);
    const cell = { ...coverage, lines: [{ line: 2, count: 0 }] };
    const [covered] = coveredFiles([{ path, coverage: { cells: new Map([[0, cell]]), files: new Map() } }]);
    assert.is(covered?.missing, 'cell 1: 2');
    assert.is(lines[(covered?.coverage.lines[0]?.line ?? 0) - 1]?.trim(), '"{}"');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a source of one string stands on one line', () => {
  assert.equal(sourceLines('{"cells":\n[{"source": "a\\nb\\n"}, {"metadata": {"source": "x"}}]}'), [[2, 2]]);
});

test('counts of the same code add up; those of code that has changed take the others’ place', () => {
  const { lines: statements, branches, functions } = coverage;
  const counts = { statements, branches, functions };
  const twice = addCounts(counts, counts);
  assert.equal(twice.statements[0], { line: 1, count: 4 });
  assert.equal(twice.branches[1], { line: 7, arms: [2, 0] });
  const changed = { ...counts, statements: [{ line: 2, count: 1 }] };
  assert.is(addCounts(counts, changed), changed);
});

test.run();
