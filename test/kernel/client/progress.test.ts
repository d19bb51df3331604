import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellResult } from '../../../kernel/client/execute-notebook.ts';
import type { CodeCell } from '../../../kernel/client/notebook.ts';
import { createProgress, duration } from '../../../kernel/client/progress.ts';
import { eventually } from '../../support/eventually.ts';

function cell(source: string): CodeCell {
  return { cellType: 'code', source, metadata: {}, rest: {}, executionCount: 1, outputs: [] };
}

function result(source: string, durationMs: number): CellResult {
  return { index: 0, cell: cell(source), outcome: { status: 'ok' }, durationMs };
}

function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('elsewhere than on a terminal each cell is one plain line', () => {
  const stream = recorder(false);
  const progress = createProgress(stream, 12);
  progress.start(cell('a'));
  progress.end(result('const a = 1\na', 12.4));
  progress.end(result('x'.repeat(80), 1234));
  progress.stop();
  const lines = ['[ 1/12] ok 12 ms  const a = 1 …\n', `[ 2/12] ok 1.2 s  ${'x'.repeat(47)}…\n`];
  assert.is(stream.written.join(''), lines.join(''));
});

test('elsewhere than on a terminal, lines are there soon, and before what follows them', async () => {
  const stream = recorder(false);
  const progress = createProgress(stream, 2);
  progress.end(result('first', 1));
  progress.above(() => stream.write('Out[1]: 4\n'));
  progress.end(result('second', 1));
  await eventually('the second line is written', () => stream.written.length === 3);
  progress.stop();
  assert.equal(stream.written, ['[1/2] ok 1 ms  first\n', 'Out[1]: 4\n', '[2/2] ok 1 ms  second\n']);
});

test('on a terminal a bar grows in place and makes room for output', () => {
  const stream = recorder(true);
  const progress = createProgress(stream, 2);
  try {
    progress.start(cell('first'));
    progress.end(result('first', 1));
    progress.above(() => stream.write('Out[1]: 4\n'));
  } finally {
    progress.stop();
  }
  const lines = stream.written.map((text) => text.replace(/\d+ ms/, 'T'));
  const erase = '\r\x1b[K';
  assert.equal(lines, [
    `${erase}${'░'.repeat(24)} 0/2 T  first`,
    `${erase}${'█'.repeat(12)}${'░'.repeat(12)} 1/2 T  first`,
    erase,
    'Out[1]: 4\n',
    `${erase}${'█'.repeat(12)}${'░'.repeat(12)} 1/2 T  first`,
    erase,
  ]);
});

test('durations are short', () => {
  assert.is(duration(999), '999 ms');
  assert.is(duration(59_949), '59.9 s');
  assert.is(duration(61_000), '1 min 1 s');
});

test.run();
