import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoreModule } from '../../../../kernel/compiler/core.ts';
import type { Result } from '../../../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../../../kernel/compiler/parse-module.ts';
import { readCaseFiles } from '../../../support/case-runner.ts';
import { formatDiagnostics, parseCase } from './parse-case.ts';

/** A cell that is half typed, or broken anywhere, is a module or has diagnostics that can be shown. */
function check(result: Result<CoreModule>, source: string): void {
  if (result.ok) return;
  assert.ok(result.diagnostics.length > 0, `neither a module nor a diagnostic for ${JSON.stringify(source)}`);
  for (const { message, span } of result.diagnostics) {
    const isInside = span.start >= 0 && span.start <= span.end && span.end <= source.length;
    assert.ok(isInside, `'${message}' at ${span.start}-${span.end} is outside of ${JSON.stringify(source)}`);
    assert.not.match(message, /unexpected|\n/i, message);
  }
  assert.ok(formatDiagnostics(result.diagnostics, source).includes('error['));
}

for (const { path, cases } of readCaseFiles('test/kernel/compiler/cases/parse')) {
  test(`every prefix of every case of ${path} gives a module or diagnostics`, () => {
    for (const { source } of cases) {
      for (let length = 0; length < source.length; length += 1) {
        const prefix = source.slice(0, length);
        check(parseCase(prefix, path), prefix);
      }
    }
  });

  test(`every case of ${path} without one of its lines gives a module or diagnostics`, () => {
    for (const { source } of cases) {
      const lines = source.split('\n');
      for (const index of lines.keys()) {
        const rest = lines.toSpliced(index, 1).join('\n');
        check(parseCase(rest, path), rest);
      }
    }
  });
}

/** Park and Miller's generator: the same damage in every run. */
function randomIntegers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const PIECES = [
  '(',
  ')',
  '[',
  '{',
  '}',
  ':',
  '=',
  ',',
  '.',
  '\n',
  '  ',
  '\t',
  '"',
  "'",
  '`',
  '#',
  '//',
  '/*',
  '\\',
  '1j',
  '0x',
];
const MORE_PIECES = [
  'if',
  'else',
  'def ',
  'for',
  'in',
  'return',
  'function',
  '=>',
  '**',
  '\u0000',
  '\ud800',
  'é',
  '...',
];

test('cases with pieces removed, doubled, moved or put in give modules or diagnostics', () => {
  const below = randomIntegers(20_250_101);
  const pieces = [...PIECES, ...MORE_PIECES];
  for (const { path, cases } of readCaseFiles('test/kernel/compiler/cases/parse')) {
    for (const { source } of cases) {
      for (let round = 0; round < 40; round += 1) {
        const start = below(source.length + 1);
        const end = Math.min(source.length, start + below(8));
        const put =
          [pieces[below(pieces.length)] ?? '', '', source.slice(start, end).repeat(2)][below(3)] ?? '';
        const damaged = source.slice(0, start) + put + source.slice(end);
        check(parseCase(damaged, path), damaged);
      }
    }
  }
});

test('each language read as the other gives diagnostics', () => {
  for (const { path, cases } of readCaseFiles('test/kernel/compiler/cases/parse')) {
    const language = path.startsWith('python') ? 'typescript' : 'python';
    for (const { source } of cases) check(parseModule({ source, fileName: 'In[1]', language }), source);
  }
});

test.run();
