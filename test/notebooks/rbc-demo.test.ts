import { once } from 'node:events';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { cellMarkers } from '../../kernel/client/cell-markers.ts';
import type { Notebook } from '../../kernel/client/notebook.ts';
import { committedNotebook, notebookSuite } from '../support/committed-notebook.ts';

/** The demo says 7890 in its cells; here any free port will do. */
const DEMO_PORT = '7890';

const committed = committedNotebook('rbc-demo.ipynb');
const demo = notebookSuite('rbc-demo.ipynb', async (notebook) => onPort(notebook, String(await freePort())));

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
