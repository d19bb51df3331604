/** How long a cell of a notebook takes to test, beside nbval, and to execute, beside nbclient. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeNotebook } from '../../kernel/client/write-notebook.ts';
import { codeCell, notebookOf, result } from '../support/echo-notebooks.ts';
import { ownEnvironment } from '../support/own-environment.ts';
import { rjitCommand } from '../support/rjit-command.ts';
import { inEnvironment } from './peers.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { timeMs } from './statistics.ts';

/** Of the notebook whose whole time is told. */
const CELLS = 200;
/**
 * Of the one that tells a cell's own time: a Python command takes seconds to start and differs by tenths of one, which
 * few cells would not outweigh. IPython warns of a thousand results.
 */
const MANY_CELLS = 800;
const TURNS = 3;

export const notebookRows: RowGroup = {
  name: 'notebooks',
  title: 'Notebooks',
  method:
    `Notebooks of ${MANY_CELLS + 1}, ${CELLS} and 1 cells \`1+1\` with their results; whole commands, the best of ${TURNS} ` +
    `turns. A cell: the difference between the longest and the shortest, divided by ${MANY_CELLS}. \`rjit test\` and nbval ` +
    'compare the results, `rjit run` and `jupyter execute` (nbclient) save them.',
  measure,
};

interface Runner {
  readonly name: string;
  readonly tests: boolean;
  readonly command: string;
  readonly args: (notebook: string) => readonly string[];
}

async function measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-bench-'));
  const env = await environment();
  try {
    const notebooks = [1, CELLS, MANY_CELLS + 1].map((count) => write(folder, `cells-${count}.ipynb`, count));
    const best = new Map(runners().map((runner) => [runner, notebooks.map(() => Number.POSITIVE_INFINITY)]));
    for (let turn = 0; turn < TURNS; turn++) {
      for (const [runner, times] of best) {
        progress(`notebooks: ${runner.name}, turn ${turn + 1}`);
        for (const [index, notebook] of notebooks.entries()) {
          const timeMs = await timeOf(runner, notebook, folder, env);
          times[index] = Math.min(timeMs, times[index] ?? timeMs);
        }
      }
    }
    const figures = (tests: boolean, figure: (times: readonly number[]) => number) =>
      new Map(
        [...best].filter(([each]) => each.tests === tests).map(([{ name }, times]) => [name, figure(times)]),
      );
    const cell = ([one = 0, , many = 0]: readonly number[]) => (many - one) / MANY_CELLS;
    const whole = ([, some = 0]: readonly number[]) => some;
    return [
      row('test a cell', figures(true, cell), 'nbval’s ÷ 3'),
      row(`test ${CELLS} cells, whole command`, figures(true, whole), 'nbval’s ÷ 3'),
      row('execute a cell', figures(false, cell), 'nbclient’s ÷ 3'),
      row(`execute ${CELLS} cells, whole command`, figures(false, whole), 'nbclient’s ÷ 3'),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runners(): readonly Runner[] {
  const ours = (name: string, tests: boolean, ...args: string[]): Runner => ({
    name,
    tests,
    command: process.execPath,
    args: (notebook) => [rjitCommand, tests ? 'test' : 'run', notebook, ...args],
  });
  const save = ['-o', 'done.ipynb'];
  const python = inEnvironment('python');
  if (!existsSync(python))
    return [ours('rjit', true, '--kernel-name', 'rjit'), ours('rjit', false, ...save, '--kernel', 'rjit')];
  return [
    ours('rjit', true, '--kernel-name', 'rjit'),
    ours('rjit, ipykernel', true, '--kernel-name', 'python3'),
    {
      name: 'nbval, ipykernel',
      tests: true,
      command: python,
      args: (notebook) => ['-m', 'pytest', '--nbval', '-q', '-p', 'no:cacheprovider', notebook],
    },
    ours('rjit', false, ...save, '--kernel', 'rjit'),
    ours('rjit, ipykernel', false, ...save, '--kernel', 'python3'),
    {
      name: 'nbclient, ipykernel',
      tests: false,
      command: python,
      args: (notebook) => ['-m', 'jupyter', 'execute', notebook, '--output', 'done'],
    },
  ];
}

/** Where both find our kernel and that of `.venv/`. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const own = await ownEnvironment();
  const ofPeers = dirname(inEnvironment('python'));
  return {
    ...process.env,
    ...own,
    JUPYTER_PATH: [own.JUPYTER_PATH, join(dirname(ofPeers), 'share', 'jupyter')].join(delimiter),
    PATH: [ofPeers, process.env.PATH].join(delimiter),
  };
}

function write(folder: string, name: string, count: number): string {
  const cell = codeCell('1+1', [result('2')]);
  const notebook = notebookOf(...Array.from({ length: count }, () => cell));
  writeNotebook(
    {
      ...notebook,
      metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    },
    join(folder, name),
  );
  return name;
}

/** Throws when the command doesn't do what it should: a failing test would be a quick one. */
function timeOf(runner: Runner, notebook: string, cwd: string, env: NodeJS.ProcessEnv): Promise<number> {
  return timeMs(() => promisify(execFile)(runner.command, [...runner.args(notebook)], { cwd, env }));
}

function row(name: string, results: ReadonlyMap<string, number>, goal: string): Row {
  return { name, unit: 'ms', results, goal };
}
