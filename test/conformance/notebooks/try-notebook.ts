/** A notebook nobody here wrote through `rjit test`: brought up to date, tested, changed by hand, and tested again. */
import { execFile } from 'node:child_process';
import type { CodeCell, Notebook, NotebookOutput } from '../../../kernel/client/notebook.ts';
import { readNotebook } from '../../../kernel/client/read-notebook.ts';
import { writeNotebook } from '../../../kernel/client/write-notebook.ts';
import { rjitCommand } from '../../support/rjit-command.ts';

export interface TriedNotebook {
  /** Code cells. */
  readonly cells: number;
  readonly green: Finished;
  /** Absent where the notebook is not green, or no output of it is compared. */
  readonly red?: { readonly cell: number; readonly key: string; readonly finished: Finished };
}

export interface Finished {
  readonly status: number | null;
  readonly output: string;
}

const CHANGED = 'changed by hand';

export async function tryNotebook(
  path: string,
  options: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<TriedNotebook> {
  const test = (...more: readonly string[]) => rjitTest([path, ...options, ...more], env);
  await test('--update');
  const notebook = readNotebook(path);
  const cells = notebook.cells.filter(({ cellType }) => cellType === 'code').length;
  const green = await test();
  const change = green.status === 0 ? changeOutput(notebook) : undefined;
  if (change === undefined) return { cells, green };
  writeNotebook(change.notebook, path);
  const finished = await test();
  return { cells, green, red: { cell: change.cell, key: change.key, finished } };
}

/** The report names the cell and the key, and shows what the notebook has and what the run gives. */
export function namesTheDifference({ cell, key, finished }: NonNullable<TriedNotebook['red']>): boolean {
  const { status, output } = finished;
  const [, named = ''] = /cell (\d+)/.exec(output) ?? [];
  return (
    status === 1 &&
    Number(named) === cell &&
    output.includes(`${key} differs`) &&
    /^ *- .*changed by hand/m.test(output)
  );
}

/** The first text that is compared, with a line behind it. */
function changeOutput(
  notebook: Notebook,
): { readonly notebook: Notebook; readonly cell: number; readonly key: string } | undefined {
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cellType !== 'code' || cell.executionCount === null) continue;
    for (const [at, output] of cell.outputs.entries()) {
      const changed = withChange(output);
      if (changed === undefined) continue;
      const outputs = cell.outputs.with(at, changed.output);
      const cells = notebook.cells.with(index, { ...cell, outputs } satisfies CodeCell);
      return { notebook: { ...notebook, cells }, cell: index + 1, key: changed.key };
    }
  }
  return undefined;
}

function withChange(output: NotebookOutput): { output: NotebookOutput; key: string } | undefined {
  if (output.outputType === 'stream') {
    return { output: { ...output, text: `${output.text}${CHANGED}\n` }, key: output.name };
  }
  if (!('data' in output)) return undefined;
  const text = output.data['text/plain'];
  if (typeof text !== 'string') return undefined;
  const data = { ...output.data, 'text/plain': `${text}\n${CHANGED}` };
  return { output: { ...output, data }, key: 'text/plain' };
}

function rjitTest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 2 ** 28 };
    const child = execFile(
      process.execPath,
      [rjitCommand, 'test', ...args, '--no-color'],
      options,
      (_error, stdout, stderr) => resolve({ status: child.exitCode, output: `${stdout}${stderr}` }),
    );
  });
}
