import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { executeNotebook } from '../../../kernel/client/execute-notebook-file.ts';
import { readNotebook } from '../../../kernel/client/read-notebook.ts';
import { writeNotebook } from '../../../kernel/client/write-notebook.ts';
import { codeCell, notebookOf } from '../../support/echo-notebooks.ts';

const program = suite<{ folder: string; path: string }>('a program that runs notebooks');

program.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  context.path = join(context.folder, 'n.ipynb');
});
program.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** The kernel runs in the notebook's folder. */
const whereAmI = `import { basename } from 'node:path'; basename(process.cwd())`;

program('gets a notebook’s outputs with other parameters, and has them saved', async ({ folder, path }) => {
  const defaults = codeCell('const year = 1999;', [], { tags: ['parameters'] });
  writeNotebook(notebookOf(defaults, codeCell('year + 1'), codeCell(whereAmI)), path);
  const output = join(folder, 'out.ipynb');
  const ended: number[] = [];
  const { failure, notebook } = await executeNotebook(path, {
    kernelName: 'rjit',
    parameters: { year: 2026 },
    output,
    onCellEnd: ({ index }) => ended.push(index),
  });
  assert.is(failure, undefined);
  assert.equal(ended, [0, 1, 2, 3]);
  const texts = notebook.cells.map((cell) =>
    cell.cellType === 'code' && cell.outputs[0]?.outputType === 'execute_result'
      ? cell.outputs[0].data['text/plain']
      : undefined,
  );
  assert.equal(texts.slice(2), ['2027', `'${basename(folder)}'`]);
  assert.equal(readNotebook(output).cells, notebook.cells);
});

program('is told which cell failed, and the notebook is saved up to it', async ({ folder, path }) => {
  writeNotebook(notebookOf(codeCell('1'), codeCell(`throw new RangeError('far')`), codeCell('2')), path);
  const output = join(folder, 'out.ipynb');
  const { failure, results } = await executeNotebook(path, { kernelName: 'rjit', output });
  assert.is(failure?.index, 1);
  assert.is(failure?.outcome.status, 'error');
  assert.is(results.length, 2);
  assert.ok(existsSync(output));
});

program('is refused a kernel that does not exist', async ({ path }) => {
  writeNotebook(notebookOf(codeCell('1')), path);
  try {
    await executeNotebook(path, { kernelName: 'no-such-kernel' });
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.match(error.message, 'there is no kernelspec "no-such-kernel"');
  }
});

program.run();
