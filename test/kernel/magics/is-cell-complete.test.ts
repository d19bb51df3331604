import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { builtinMagics } from '../../../kernel/magics/builtin-magics.ts';
import { isCellComplete } from '../../../kernel/magics/is-cell-complete.ts';

function status(source: string): unknown {
  return isCellComplete(source, builtinMagics());
}

test('a line magic is complete, with code around it or without', () => {
  assert.equal(status('%rjit status'), { status: 'complete' });
  assert.equal(status('let x = 1\n%lsmagic\nx'), { status: 'complete' });
});

test('TypeScript below a line magic may be incomplete', () => {
  assert.equal(status('%lsmagic\nfunction f() {'), { status: 'incomplete', indent: '  ' });
});

test('an unknown magic is invalid, so that the console shows its error', () => {
  assert.equal(status('%lsmagik'), { status: 'invalid' });
});

test('a cell magic goes on until an empty line', () => {
  assert.equal(status('%%rjit int64(int64)'), { status: 'incomplete', indent: '' });
  assert.equal(status('%%rjit int64(int64)\ndef f(a):'), { status: 'incomplete', indent: '    ' });
  assert.equal(status('%%rjit int64(int64)\ndef f(a):\n    return a'), {
    status: 'incomplete',
    indent: '    ',
  });
  assert.equal(status('%%rjit int64(int64)\ndef f(a):\n    return a\n'), { status: 'complete' });
});

test('an empty line right below a cell magic does not end it', () => {
  assert.equal(status('%%rjit int64(int64)\n\n'), { status: 'incomplete', indent: '' });
});

test.run();
