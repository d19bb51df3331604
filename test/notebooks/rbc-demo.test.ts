import * as assert from 'uvu/assert';
import { cellMarkers } from '../../kernel/client/cell-markers.ts';
import { committedNotebook, notebookSuite } from '../support/committed-notebook.ts';
import { onFreePort } from '../support/free-port.ts';

const committed = committedNotebook('rbc-demo.ipynb');
const demo = notebookSuite('rbc-demo.ipynb', onFreePort);

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
