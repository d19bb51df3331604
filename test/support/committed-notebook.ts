import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cellMarkers } from '../../kernel/client/cell-markers.ts';
import { compareOutputs } from '../../kernel/client/compare-outputs.ts';
import { executeCells, type NotebookRun } from '../../kernel/client/execute-notebook.ts';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { CodeCell, Notebook } from '../../kernel/client/notebook.ts';
import { readNotebook } from '../../kernel/client/read-notebook.ts';
import { repositoryRoot } from './repository-root.ts';
import { rjitCommand } from './rjit-command.ts';

const CELL_TIMEOUT_MS = 60_000;

/** A notebook of the repository. */
export function committedNotebook(name: string): Notebook {
  return readNotebook(join(repositoryRoot, 'notebooks', name));
}

/**
 * Tests, one for each cell, that our kernel gives what is committed.
 *
 * @param prepare changes what is executed, such as a port that may be taken here
 */
export function notebookSuite(
  name: string,
  prepare: (notebook: Notebook) => Promise<Notebook> = async (notebook) => notebook,
) {
  const committed = committedNotebook(name);
  const tests = suite(`notebooks/${name}`);
  let started: Promise<NotebookRun> | undefined;
  /** Executes the notebook once, for all tests. Not in a hook: uvu swallows what a hook throws. */
  const executed = (): Promise<NotebookRun> => {
    started ??= prepare(committed).then(execute);
    return started;
  };

  tests('runs to its end', async () => {
    const { failure } = await executed();
    assert.is(failure, undefined, JSON.stringify(failure?.outcome));
  });

  for (const [index, cell] of committed.cells.entries()) {
    if (cell.cellType !== 'code') continue;
    const [firstLine = ''] = cell.source.split('\n').filter((line) => !line.includes('NBVAL'));
    tests(`cell ${index + 1} (${firstLine}) gives what is committed`, async () => {
      const { notebook } = await executed();
      const actual = notebook.cells[index];
      assert.is(actual?.cellType, 'code');
      if (cellMarkers(cell).checkOutput) {
        assert.equal(compareOutputs(cell.outputs, (actual as CodeCell).outputs), []);
      }
    });
  }
  return tests;
}

async function execute(notebook: Notebook): Promise<NotebookRun> {
  const kernel = await KernelClient.launch({
    kernelspec: {
      name: 'rjit',
      argv: [process.execPath, rjitCommand, 'kernel', '{connection_file}'],
      env: {},
      interruptMode: 'message',
      resourceDirectory: repositoryRoot,
    },
    cwd: join(repositoryRoot, 'notebooks'),
  });
  try {
    return await executeCells(notebook, { kernel, timeoutMs: CELL_TIMEOUT_MS });
  } finally {
    await kernel.shutdown();
  }
}
