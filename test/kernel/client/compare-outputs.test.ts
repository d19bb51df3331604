import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cellMarkers } from '../../../kernel/client/cell-markers.ts';
import { compareOutputs } from '../../../kernel/client/compare-outputs.ts';
import type { CodeCell, NotebookOutput } from '../../../kernel/client/notebook.ts';
import { exact, ignore } from '../../../kernel/client/testing/comparers.ts';

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

outputs('a carriage return starts the line anew, on both sides', () => {
  assert.equal(compareOutputs([stdout('100%\n')], [stdout('50%\r'), stdout('100%\n')]), []);
  assert.equal(compareOutputs([stdout('a\r\nb')], [stdout('a\r\nb')]), []);
  assert.is(compareOutputs([stdout('50%\r\n')], [stdout('100%\r\n')]).length, 1);
});

outputs('a backspace takes the character before it away, and no line end', () => {
  assert.equal(compareOutputs([stdout('abd')], [stdout('abcc\b\bd')]), []);
  assert.equal(compareOutputs([stdout('a\nb')], [stdout('a\n\b\bb')]), []);
});

outputs('text that changes from run to run is replaced on both sides before comparing', () => {
  const sanitize = (text: string) => text.replaceAll(/\d+ ms/g, 'TIME');
  assert.equal(compareOutputs([stdout('took 3 ms')], [stdout('took 41 ms')], { sanitize }), []);
  assert.equal(compareOutputs([stdout('took 3 ms')], [stdout('look 41 ms')], { sanitize }), [
    { key: 'stdout', expected: 'took TIME', actual: 'look TIME' },
  ]);
});

outputs('a comparer of its own decides for a kind of output, images too', () => {
  const image = (data: string) => result({ 'image/png': data });
  assert.is(compareOutputs([image('A')], [image('B')], { comparers: { 'image/png': exact } }).length, 1);
  const comparers = { stderr: ignore };
  const stderr: NotebookOutput = { outputType: 'stream', name: 'stderr', text: 'a warning' };
  assert.equal(compareOutputs([], [stderr], { comparers }), []);
});

outputs.run();

const markers = suite('cell markers');

function cell(source: string, tags: readonly string[] = []): CodeCell {
  return { cellType: 'code', source, metadata: { tags }, rest: {}, executionCount: null, outputs: [] };
}

markers('an unmarked cell is run and compared', () => {
  const { checkOutput, raisesException, skip, warnings, problems } = cellMarkers(cell('foo(1, 3)'));
  assert.equal([checkOutput, raisesException, skip, warnings, problems], [true, false, false, [], []]);
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

markers('a lax run checks outputs only where a cell asks for it', () => {
  assert.is(cellMarkers(cell('1'), { lax: true }).checkOutput, false);
  assert.is(cellMarkers(cell('# NBVAL_CHECK_OUTPUT\n1'), { lax: true }).checkOutput, true);
});

markers('an expected exception may be named, with a part of its text', () => {
  const expected = (source: string, tags: readonly string[] = []) =>
    cellMarkers(cell(source, tags)).expectedException;
  assert.is(expected('// NBVAL_RAISES_EXCEPTION'), undefined);
  assert.equal(expected('// NBVAL_RAISES_EXCEPTION: TypeError'), { ename: 'TypeError' });
  assert.equal(expected('f()', ['raises-exception:RemoteError: no match: x']), {
    ename: 'RemoteError',
    evalue: 'no match: x',
  });
});

markers('time-outs and budgets are in seconds, and a value that is none is a problem', () => {
  const timed = cellMarkers(cell('// NBVAL_BUDGET: 0.5', ['nbval-timeout:30']));
  assert.equal([timed.timeoutMs, timed.budgetMs], [30_000, 500]);
  const { problems } = cellMarkers(cell('// NBVAL_TIMEOUT: soon'));
  assert.equal(problems, ['NBVAL_TIMEOUT is "soon"; expected a number of seconds after "NBVAL_TIMEOUT:"']);
});

markers('contradictions and misspelt markers are warned of', () => {
  const both = cellMarkers(cell('# NBVAL_IGNORE_OUTPUT\n# NBVAL_CHECK_OUTPUT'));
  assert.is(both.checkOutput, true);
  assert.match(both.warnings.join(), 'contradict each other');
  assert.match(
    cellMarkers(cell('# NBVAL_CHECK_OUTPUT', ['nbval-ignore-output'])).warnings.join(),
    'the comment counts',
  );
  assert.match(cellMarkers(cell('# NBVAL_IGNORE_OUPUT')).warnings.join(), 'there is no marker');
});

markers.run();
