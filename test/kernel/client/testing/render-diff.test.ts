import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diffSequences } from '../../../../kernel/client/testing/line-diff.ts';
import { palette } from '../../../../kernel/client/testing/palette.ts';
import { renderDifference } from '../../../../kernel/client/testing/render-diff.ts';

const diffs = suite('differences');
const plain = palette(false);

function rendered(expected: string, actual: string): readonly string[] {
  return renderDifference({ key: 'stdout', expected, actual }, plain).split('\n').slice(1, -1);
}

diffs('both texts can be put together again from a difference', () => {
  const letters = 'abc';
  const words = ['', ...letters].flatMap((a) =>
    ['', ...letters].flatMap((b) => ['', ...letters].map((c) => a + b + c)),
  );
  for (const before of words) {
    for (const after of words) {
      const parts = diffSequences([...before], [...after]);
      const side = (kind: string) => parts.filter((part) => part.kind === 'same' || part.kind === kind);
      assert.is(
        side('removed')
          .flatMap(({ items }) => items)
          .join(''),
        before,
      );
      assert.is(
        side('added')
          .flatMap(({ items }) => items)
          .join(''),
        after,
      );
    }
  }
});

diffs('a line that differs is shown with three lines around it', () => {
  const lines = (middle: string) => ['1', '2', '3', '4', '5', middle, '7', '8', '9', '10', '11'].join('\n');
  assert.equal(rendered(lines('six'), lines('6')), [
    '  ⋯ 2 lines that agree',
    '  3',
    '  4',
    '  5',
    '- six',
    '+ 6',
    '  7',
    '  8',
    '  9',
    '  ⋯ 2 lines that agree',
  ]);
});

diffs('what differs within a line is inverted', () => {
  const coloured = renderDifference(
    { key: 'stdout', expected: 'line ten', actual: 'line one' },
    palette(true),
  );
  assert.match(coloured, '\x1b[31m- line \x1b[7mte\x1b[27mn');
});

diffs('white space that alone differs is made visible, and so are control characters', () => {
  assert.equal(rendered('a b\n', 'a\tb'), ['- a·b⏎', '+ a→b']);
  assert.equal(rendered('a\x07b', 'a\x08b'), ['- a␇b', '+ a␈b']);
});

diffs('base64 is shown as a hash', () => {
  assert.match(
    rendered('A'.repeat(100), 'B'.repeat(100))[0] ?? '',
    /^- <base64, 100 characters, sha256 [0-9a-f]{16}…>$/,
  );
});

diffs('a missing and an unexpected output say so', () => {
  assert.is(renderDifference({ key: 'stderr', expected: 'x' }, plain), 'stderr did not come:\n- x\n');
  assert.is(renderDifference({ key: 'stderr', actual: 'x' }, plain), 'stderr is not in the notebook:\n+ x\n');
});

diffs('two long texts without a common line take no table of all pairs', () => {
  const text = (letter: string) => Array.from({ length: 50_000 }, (_, line) => `${letter}${line}`).join('\n');
  assert.ok(rendered(text('a'), text('b')).length < 300);
});

diffs.run();
