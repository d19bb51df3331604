import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cellMarkers } from '../../../kernel/client/cell-markers.ts';
import { compareOutputs } from '../../../kernel/client/compare-outputs.ts';
import type { CodeCell, NotebookOutput } from '../../../kernel/client/notebook.ts';

const outputs = suite('compare outputs');

function stdout(text: string): NotebookOutput {
  return { outputType: 'stream', name: 'stdout', text };
}

function result(data: Record<string, string>): NotebookOutput {
  return { outputType: 'execute_result', data, metadata: {}, executionCount: 7 };
}

outputs('a stream is the same in one piece or in several', () => {
  assert.equal(compareOutputs([stdout('a\nb\n')], [stdout('a\n'), stdout('b\n')]), []);
});

outputs('a result and a display of the same data are the same, whatever their count', () => {
  const display: NotebookOutput = { outputType: 'display_data', data: { 'text/plain': '4' }, metadata: {} };
  assert.equal(compareOutputs([display], [result({ 'text/plain': '4' })]), []);
});

outputs('a changed value names its key and both texts', () => {
  assert.equal(compareOutputs([result({ 'text/plain': '4' })], [result({ 'text/plain': '5' })]), [
    { key: 'text/plain', expected: '4', actual: '5' },
  ]);
});

outputs('missing and unexpected outputs are differences', () => {
  assert.equal(compareOutputs([stdout('x')], []), [{ key: 'stdout', expected: 'x' }]);
  assert.equal(compareOutputs([], [stdout('x')]), [{ key: 'stdout', actual: 'x' }]);
  const once = result({ 'text/plain': '4' });
  assert.equal(compareOutputs([once], [once, once]), [{ key: 'text/plain', actual: '4' }]);
});

outputs('an error is compared by name and text, not by its traceback', () => {
  const error = (evalue: string, traceback: string): NotebookOutput => ({
    outputType: 'error',
    ename: 'TypeError',
    evalue,
    traceback: [traceback],
  });
  assert.equal(compareOutputs([error('no', 'at a')], [error('no', 'at b')]), []);
  assert.equal(compareOutputs([error('no', '')], [error('yes', '')]).length, 1);
});

outputs('images are not compared', () => {
  const image = (data: string) => result({ 'image/png': data, 'text/plain': 'plot' });
  assert.equal(compareOutputs([image('A')], [image('B')]), []);
});

outputs('order counts within a kind of output and not between kinds', () => {
  const one = result({ 'text/plain': '1' });
  const two = result({ 'text/plain': '2' });
  assert.equal(compareOutputs([stdout('x'), one], [one, stdout('x')]), []);
  assert.is(compareOutputs([one, two], [two, one]).length, 2);
});

outputs.run();

const markers = suite('cell markers');

function cell(source: string, tags: readonly string[] = []): CodeCell {
  return { cellType: 'code', source, metadata: { tags }, rest: {}, executionCount: null, outputs: [] };
}

markers('an unmarked cell is run and compared', () => {
  assert.equal(cellMarkers(cell('foo(1, 3)')), { checkOutput: true, raisesException: false, skip: false });
});

markers('both kinds of comment and the tag mean the same', () => {
  for (const marked of [
    cell('// NBVAL_IGNORE_OUTPUT\nprint(1)'),
    cell('#NBVAL_IGNORE_OUTPUT\nprint(1)'),
    cell('print(1)', ['nbval-ignore-output']),
  ]) {
    assert.is(cellMarkers(marked).checkOutput, false);
  }
});

markers('a comment wins over a tag', () => {
  assert.is(cellMarkers(cell('// NBVAL_CHECK_OUTPUT\n1', ['nbval-ignore-output'])).checkOutput, true);
});

markers('a marker within code or text is none', () => {
  assert.is(cellMarkers(cell('print("// NBVAL_IGNORE_OUTPUT")')).checkOutput, true);
  assert.is(cellMarkers(cell('// see NBVAL_IGNORE_OUTPUT')).checkOutput, true);
});

markers('expected exceptions and skipped cells are told by tag or comment', () => {
  assert.is(cellMarkers(cell('foo()', ['raises-exception'])).raisesException, true);
  assert.is(cellMarkers(cell('// NBVAL_RAISES_EXCEPTION\nfoo()')).raisesException, true);
  assert.is(cellMarkers(cell('foo()', ['nbval-skip'])).skip, true);
});

markers.run();
