import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatCore } from '../../../../kernel/compiler/format-core.ts';
import { parsePython } from '../../../../kernel/compiler/python/parse-python.ts';
import {
  parseTypeScript,
  parseTypeScriptFunction,
} from '../../../../kernel/compiler/typescript/parse-typescript.ts';

function pythonMessages(source: string): string[] {
  const result = parsePython(source, 'In[1]');
  return result.ok ? [] : result.diagnostics.map(({ message }) => message);
}

function typescriptMessages(source: string): string[] {
  const result = parseTypeScript(source, 'In[1]');
  return result.ok ? [] : result.diagnostics.map(({ message }) => message);
}

function pythonCore(source: string): string {
  const result = parsePython(source, 'In[1]');
  return result.ok ? formatCore(result.value) : JSON.stringify(result.diagnostics);
}

const FOO = '(function foo (a)\n  (if a\n    (return 1))\n  (return 2))';

test('all line ends of Python are line ends', () => {
  for (const end of ['\n', '\r\n', '\r']) {
    assert.is(pythonCore(['def foo(a):', '  if a:', '    return 1', '', '  return 2'].join(end)), FOO);
  }
});

test('form feeds, a byte order mark and spaces at the end of lines mean nothing', () => {
  assert.is(pythonCore('\uFEFFdef foo(a):  \n  if a: \f \n    return 1\t\n\f\n  return 2  '), FOO);
  assert.is(pythonCore('def foo(a):\n\f  if a:\n    return 1\n  return 2'), FOO);
});

test('tabs and spaces may be mixed where the width of a tab changes nothing', () => {
  assert.is(pythonCore('def foo(a):\n  if a:\n  \treturn 1\n  return 2'), FOO);
});

test('a continued line at the start of a block changes no indentation', () => {
  assert.is(pythonCore('def foo(a):\n  if a:\n    return \\\r\n1\n  return 2'), FOO);
});

test('nesting has a limit in Python, not a stack overflow', () => {
  for (const nested of [
    `${'('.repeat(5000)}a${')'.repeat(5000)}`,
    `${'-'.repeat(5000)}a`,
    `${'not '.repeat(5000)}a`,
    `${'a if a else '.repeat(5000)}a`,
    `${'a ** '.repeat(5000)}a`,
    `${'a['.repeat(5000)}a${']'.repeat(5000)}`,
    `${'[('.repeat(5000)}`,
  ]) {
    assert.ok(pythonMessages(`def foo(a):\n  return ${nested}`).length > 0);
  }
  const blocks = Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}if a:`).join('\n');
  assert.ok(
    pythonMessages(`def foo(a):\n${blocks.replaceAll(/^/gm, ' ')}`).includes('nested deeper than 200 levels'),
  );
});

test('a statement of Python may have a thousand operators and not more', () => {
  const sum = (terms: number) => `def foo(a):\n  return ${Array(terms).fill('a').join(' + ')}`;
  assert.equal(pythonMessages(sum(1000)), []);
  assert.equal(pythonMessages(sum(1002)), ['more than 1000 operators in one statement']);
  assert.equal(pythonMessages(sum(100_000)), ['more than 1000 operators in one statement']);
});

test('a long elif chain has a limit, too', () => {
  const chain = (length: number) => `def foo(a):\n  if a: pass\n${'  elif a: pass\n'.repeat(length)}`;
  assert.equal(pythonMessages(chain(900)), []);
  assert.equal(pythonMessages(chain(5000)), ['more than 1000 operators in one statement']);
});

test('nesting has a limit in TypeScript, not a stack overflow', () => {
  for (const nested of [
    `${'('.repeat(50_000)}a${')'.repeat(50_000)}`,
    `${'-'.repeat(50_000)}a`,
    `${'!'.repeat(50_000)}a`,
    `${'a ? a : '.repeat(50_000)}a`,
    `${'['.repeat(50_000)}`,
    Array(50_000).fill('a').join(' + '),
  ]) {
    assert.is(typescriptMessages(`function foo(a) { return ${nested}; }`).length, 1);
    assert.is.not(parseTypeScriptFunction(`(a) => ${nested}`, 'In[1]').ok, true);
  }
  const sum = `function foo(a) { return ${Array(1500).fill('a').join(' + ')}; }`;
  assert.equal(typescriptMessages(sum), ['nested deeper than 1000 levels']);
  const blocks = '{'.repeat(1500) + '}'.repeat(1500);
  assert.is(typescriptMessages(`function foo(a) { ${blocks} }`).length, 1);
});

test('a hundred imaginary literals in one cell are all read', () => {
  const terms = Array.from({ length: 100 }, (_, index) => `${index}.5j`);
  const result = parseTypeScript(`function foo() { return [${terms.join(', ')}]; }`, 'In[1]');
  assert.ok(result.ok);
  assert.is(
    result.ok ? formatCore(result.value) : '',
    `(function foo ()\n  (return (tuple ${terms.join(' ')})))`,
  );
});

test('operators of TypeScript point at themselves, behind comments too', () => {
  const source = 'function foo(a, b) { return a /* - */ - /* - */ b < 3; }';
  const result = parseTypeScript(source, 'In[1]');
  const returned = result.ok ? result.value.functions[0]?.body[0] : undefined;
  const value = returned?.kind === 'return' ? returned.value : undefined;
  const link = value?.kind === 'compare' ? value.rest[0] : undefined;
  const first = value?.kind === 'compare' ? value.first : undefined;
  assert.equal(link?.operatorSpan, { start: source.indexOf('<'), end: source.indexOf('<') + 1 });
  const minus = source.indexOf('- /*', source.indexOf('*/'));
  assert.equal(first?.kind === 'binary' ? first.operatorSpan : undefined, { start: minus, end: minus + 1 });
});

test('operators of Python point at themselves', () => {
  const source = 'def foo(a, b):\n  return a  not  in  b // 2';
  const result = parsePython(source, 'In[1]');
  const returned = result.ok ? result.value.functions[0]?.body[0] : undefined;
  const value = returned?.kind === 'return' ? returned.value : undefined;
  const link = value?.kind === 'compare' ? value.rest[0] : undefined;
  assert.is(link?.operator, 'not in');
  assert.equal(link?.operatorSpan, { start: source.indexOf('not'), end: source.indexOf('in  b') + 2 });
  const operand = link?.operand;
  const at = source.indexOf('//');
  assert.equal(operand?.kind === 'binary' ? operand.operatorSpan : undefined, { start: at, end: at + 2 });
});

test.run();
