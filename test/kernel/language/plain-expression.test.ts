import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DeclaredNames } from '../../../kernel/language/declared-names.ts';
import { transformPlainExpression } from '../../../kernel/language/plain-expression.ts';
import { readCaseFiles } from '../../support/case-runner.ts';
import { transform } from './transform-case.ts';

const plain = (source: string) => transformPlainExpression(source, new DeclaredNames());

const expressions = suite('plain expressions');

const PLAIN = [
  '1+1',
  'total',
  ' a.b ',
  'foo(1, 3)',
  'foo();',
  "print('x', 2 * (a.b - -c), \"it's\")",
  'table(rows).head(3).length',
  '((1.5))',
  '0 + 0.05',
  '-x % 3 ;  ',
  "'text'",
  '(a, b)',
];

for (const source of PLAIN) {
  expressions(`${source} becomes what the parser would make of it`, async () => {
    assert.equal(plain(source), await transform(source));
  });
}

const OTHERS = [
  '',
  ';',
  'x = 1',
  'x++',
  '--x',
  'a b',
  'a\nb',
  'await x',
  'await(x)',
  'import("m")',
  'import.meta.url',
  'typeof(x)',
  'f(1',
  'f(1,)',
  'f)',
  '()',
  '1 +',
  '* 2',
  '.5',
  '010',
  '01.5',
  '3j',
  '1..toString()',
  '1 // one',
  'f() /* two */',
  '/x/',
  '2 ** 3',
  "'\\\\n'",
  '`x`',
  'x!',
  'x as number',
  '[1]',
  '{}',
  'f; g',
  'f();;',
  'größe',
];

for (const source of OTHERS) {
  expressions(`${JSON.stringify(source)} is left to the parser`, () => {
    assert.is(plain(source), undefined);
  });
}

expressions('are left to the parser where a cell has taken a name of the platform', async () => {
  const declared = new DeclaredNames();
  declared.add([{ name: 'Map\u200d', kind: 'lexical' }]);
  assert.is(transformPlainExpression('Map', declared), undefined);
});

expressions('in cells of all kinds become what the parser makes of them', async () => {
  let found = 0;
  const files = ['test/kernel/language/cases', 'test/kernel/session/cells'].flatMap(readCaseFiles);
  const sources = files.flatMap(({ cases }) => cases.flatMap(({ source }) => source.split('\n')));
  for (const source of sources) {
    const result = plain(source);
    if (result === undefined) continue;
    found += 1;
    assert.equal(result, await transform(source), source);
  }
  assert.ok(found > 100, `${found} of ${sources.length} lines are plain`);
});

expressions.run();
