import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cellMarkers } from '../../kernel/client/cell-markers.ts';
import { compareOutputs } from '../../kernel/client/compare-outputs.ts';
import { executeNotebook, type NotebookRun } from '../../kernel/client/execute-notebook.ts';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { CodeCell, Notebook } from '../../kernel/client/notebook.ts';
import { readNotebook } from '../../kernel/client/read-notebook.ts';
import { repositoryRoot } from '../support/repository-root.ts';

/** The demo says 7890 in its cells; here any free port will do. */
const DEMO_PORT = '7890';
const CELL_TIMEOUT_MS = 60_000;

const committed = readNotebook(join(repositoryRoot, 'notebooks', 'rbc-demo.ipynb'));

const demo = suite('notebooks/rbc-demo.ipynb');

let started: Promise<NotebookRun> | undefined;

/** Executes the notebook once, for all tests. Not in a hook: uvu swallows what a hook throws. */
function executed(): Promise<NotebookRun> {
  started ??= execute();
  return started;
}

async function execute(): Promise<NotebookRun> {
  const cli = join(repositoryRoot, 'dist', 'kernel', 'cli.js');
  const kernel = await KernelClient.launch({
    kernelspec: {
      name: 'rjit',
      argv: [process.execPath, cli, 'kernel', '{connection_file}'],
      env: {},
      interruptMode: 'message',
      resourceDirectory: repositoryRoot,
    },
    cwd: join(repositoryRoot, 'notebooks'),
  });
  try {
    const notebook = onPort(committed, String(await freePort()));
    return await executeNotebook(notebook, { kernel, timeoutMs: CELL_TIMEOUT_MS });
  } finally {
    await kernel.shutdown();
  }
}

demo('runs to its end', async () => {
  const { failure } = await executed();
  assert.is(failure, undefined, JSON.stringify(failure?.outcome));
});

for (const [index, cell] of committed.cells.entries()) {
  if (cell.cellType !== 'code') continue;
  const [firstLine = ''] = cell.source.split('\n').filter((line) => !line.includes('NBVAL'));
  demo(`cell ${index + 1} (${firstLine}) gives what is committed`, async () => {
    const { notebook } = await executed();
    const actual = notebook.cells[index];
    assert.is(actual?.cellType, 'code');
    if (cellMarkers(cell).checkOutput) {
      assert.equal(compareOutputs(cell.outputs, (actual as CodeCell).outputs), []);
    }
  });
}

demo(
  'the committed outputs are those of the original demo, and what RBC prints when its server stops',
  () => {
    const shown = committed.cells.flatMap((cell) =>
      cell.cellType === 'code' && cellMarkers(cell).checkOutput ? cell.outputs : [],
    );
    const texts = shown.map((output) => {
      if (output.outputType === 'stream') return output.text;
      return 'data' in output ? output.data['text/plain'] : output.evalue;
    });
    assert.equal(texts, [
      '4',
      '6',
      'found no matching function signature to given argument types:\n' +
        '    (float64, float64) -> ...\n' +
        '  available function signatures:\n' +
        '    int64(int64, int64)\n',
      '(1+3.4j)',
      '4.2',
      '... rpc.thrift server stopped\n',
    ]);
  },
);

demo.run();

function onPort(notebook: Notebook, port: string): Notebook {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: cell.source.replaceAll(DEMO_PORT, port) }));
  return { ...notebook, cells };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
