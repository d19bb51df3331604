import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isComplete } from '../../../kernel/language/is-complete.ts';

const completeness = suite('is complete');

const incomplete: readonly (readonly [source: string, indent: string])[] = [
  ['if (a) {', '  '],
  ['function f() {\n  return [', '    '],
  ['foo(1,', ''],
  ['const f = (x: number) =>', '  '],
  ['`abc', ''],
  ['/* abc', ''],
  ['const x =', ''],
  ['class A {\n  x: number', '  '],
  ['type A =', ''],
  ['switch (a) {\n  case 1:', '    '],
  ['try {\n  f()\n}', ''],
  ['const e = <div>', ''],
];

for (const [source, indent] of incomplete) {
  completeness(`asks for more after ${JSON.stringify(source)}`, () => {
    assert.equal(isComplete(source), { status: 'incomplete', indent });
  });
}

for (const source of [
  '1 + 1',
  'const x: number = 3',
  'let y = 3.4j',
  'if (a) { b }',
  'import x from "y"',
  'await f()',
  '',
  '// only a comment',
  'enum E { A }',
]) {
  completeness(`runs ${JSON.stringify(source)}`, () => {
    assert.equal(isComplete(source), { status: 'complete' });
  });
}

for (const source of ['foo(]', 'let x = ;', '"abc', '1 +* 2', 'const 1 = 2', ')']) {
  completeness(`shows the error of ${JSON.stringify(source)}`, () => {
    assert.equal(isComplete(source), { status: 'invalid' });
  });
}

completeness.run();
