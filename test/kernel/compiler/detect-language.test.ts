import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Language } from '../../../kernel/compiler/core.ts';
import { detectLanguage } from '../../../kernel/compiler/detect-language.ts';
import { readCaseFiles } from '../../support/case-runner.ts';

function expectLanguage(language: Language, sources: readonly string[]): void {
  for (const source of sources) assert.is(detectLanguage(source), language, source);
}

test('Python is told by its headers, decorators, imports and comments', () => {
  expectLanguage('python', [
    'def foo(a, b):\n    return a + b',
    '# a comment\ndef foo(a): return a',
    '"""A docstring about function foo() { }"""\ndef foo(a):\n  return a',
    'import numpy as np\n\n@rjit("int64(int64)")\ndef foo(a):\n    return np.abs(a)',
    'from math import sin',
    'import math',
    'def f(a):\n    return a // 2  # const x = { y: 1 };',
    "def f(a):\n    raise ValueError('use const x = () => { };')",
    'def f(x): # => {\n  if x:\n    return {1: 2}\n  elif not x:\n    return None',
    'async def f(a):\n  return a',
    '  \n\n# only a comment',
    'class Foo:\n    pass',
  ]);
});

test('TypeScript is told by its keywords, arrows, braces and comments', () => {
  expectLanguage('typescript', [
    'function foo(a, b) {\n  return a + b\n}',
    'const foo = (a, b) => a + b',
    '// def foo(a):\nconst foo = (a) => a',
    '/*\ndef foo(a):\n    return a\n*/\nexport function foo(a: int64) { return a }',
    "function foo(a) {\n  throw new Error('def foo(a): elif None')\n}",
    'function foo(a) {\n  // if a and not b:\n  return a // 2: None\n}',
    'function foo(x: int64): int64 {\n  switch (x) {\n    case 1:\n    default:\n  }\n}',
    'function foo<T>(a) { return `\ndef foo():\n` }',
    'const N = 3',
    'let x',
    "import type { int64 } from 'rjit-kernel'",
    '// only a comment',
  ]);
});

test('a source that says nothing is TypeScript, the language of the notebook', () => {
  expectLanguage('typescript', ['', '  \n', '1 + 2', 'foo(1, 2)']);
});

test('broken functions are still told apart', () => {
  expectLanguage('python', [
    'def foo(a, b)\n    return a',
    'def foo(a, b',
    'def foo(a):\n  x = [',
    'def foo(a) {\n  return a\n}',
  ]);
  expectLanguage('typescript', [
    'function foo(a, b)',
    'function foo(a {',
    'const foo = (a =>',
    'export function',
  ]);
});

test('the language of every parse case is detected where it holds a function', () => {
  for (const { path, cases } of readCaseFiles('test/kernel/compiler/cases/parse')) {
    const language = path.startsWith('python') ? 'python' : 'typescript';
    for (const { source, title } of cases) {
      if (/^(?:def|function|@|from|class) |^const .*=>/m.test(source) && title !== `Python's header`) {
        assert.is(detectLanguage(source), language, `${path}: ${title}`);
      }
    }
  }
});

test.run();
