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

test.run();
