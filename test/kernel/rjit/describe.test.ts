import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeIr } from '../../../kernel/rjit/describe.ts';

test('the banner is that of the original demo', () => {
  assert.is(
    describeIr('cpu', 'define i64 @foo_lallA() {\n}\n'),
    '\n--------------------------------------cpu---------------------------------------\n' +
      'define i64 @foo_lallA() {\n}\n\n' +
      '--------------------------------------------------------------------------------',
  );
});

test('options that change the results stand above the code', () => {
  const text = describeIr('cpu', 'define', ['fastmath', 'no-bounds']);
  assert.match(text, '-\n; options: fastmath, no-bounds\ndefine\n');
});

test.run();
