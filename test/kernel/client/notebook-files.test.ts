import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelNameOf, tagsOf } from '../../../kernel/client/notebook.ts';
import { NotebookError, parseNotebook, readNotebook } from '../../../kernel/client/read-notebook.ts';
import { notebookText } from '../../../kernel/client/write-notebook.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

/** Written by Python's nbformat 5.10: odd line ends, JSON and text MIME types, attachments, cell ids. */
const recordedPath = join(repositoryRoot, 'test/kernel/client/written-by-nbformat.ipynb');

test('a notebook that Jupyter wrote is written back byte for byte', () => {
  assert.fixture(notebookText(readNotebook(recordedPath)), readFileSync(recordedPath, 'utf8'));
});

test('lines of text are joined, JSON is left alone', () => {
  const { cells, ...notebook } = readNotebook(recordedPath);
  assert.is(kernelNameOf({ cells, ...notebook }), 'rjit');
  const [text, code, , tagged] = cells;
  assert.is(text?.source, '# Title\n\ntext\n');
  assert.ok(code?.cellType === 'code');
  assert.is(code.executionCount, 3);
  const [stream, result] = code.outputs;
  assert.equal(stream, { outputType: 'stream', name: 'stdout', text: 'a\r\nb\rc\n\nlast' });
  assert.ok(result?.outputType === 'execute_result');
  assert.is(result.data['text/plain'], '2\n3');
  assert.equal(result.data['application/vnd.x+json'], ['p\n', 'q']);
  assert.equal(tagged === undefined ? [] : tagsOf(tagged), ['skip-execution']);
});

test('what is not a notebook says what was found and expected', () => {
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };
  const cell = { cell_type: 'code', source: '', metadata: {}, outputs: [], execution_count: null };
  const fails = (content: unknown, message: string) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    assert.throws(
      () => parseNotebook(text, 'x.ipynb'),
      (error: unknown) =>
        error instanceof NotebookError &&
        error.message.startsWith('x.ipynb is not a Jupyter notebook: ') &&
        error.message.includes(message),
      message,
    );
  };
  fails('print(1)', 'it is not JSON');
  fails('[]', 'the file is an array; expected an object');
  fails('{}', 'nbformat is missing; expected 4');
  fails(
    { ...notebook, nbformat: 3 },
    'nbformat is the number 3; expected 4; convert it with: jupyter nbconvert',
  );
  fails({ ...notebook, cells: {} }, 'cells is an object; expected an array');
  fails({ ...notebook, cells: [1] }, 'cells[0] is the number 1; expected an object');
  fails(
    { ...notebook, cells: [{ ...cell, cell_type: 'sql' }] },
    'cells[0].cell_type is the string "sql"; expected "code", "markdown" or "raw"',
  );
  fails({ ...notebook, cells: [{ ...cell, source: [1] }] }, 'cells[0].source is an array; expected a string');
  fails(
    { ...notebook, cells: [{ ...cell, execution_count: 'x' }] },
    'cells[0].execution_count is the string "x"',
  );
  fails(
    { ...notebook, cells: [{ ...cell, outputs: [{ output_type: 'pyout' }] }] },
    'cells[0].outputs[0].output_type is the string "pyout"; expected "stream"',
  );
});

test('a file that is not there says so', () => {
  assert.throws(() => readNotebook('/no/such.ipynb'), /cannot read \/no\/such\.ipynb: ENOENT/);
});

test.run();
