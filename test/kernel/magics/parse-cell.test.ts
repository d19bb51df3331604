import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ParsedCell, parseCell } from '../../../kernel/magics/parse-cell.ts';
import { MagicRegistry } from '../../../kernel/magics/registry.ts';
import { runCases } from '../../support/case-runner.ts';

/** The names that the cases use; what the magics do is not asked here. */
function registry(): MagicRegistry {
  const magics = new MagicRegistry();
  const run = async () => undefined;
  for (const name of ['lsmagic', 'rjit', 'time', '!', '?', '??'])
    magics.addLineMagic({ name, summary: '', usage: '', run });
  magics.addCellMagic({ name: 'rjit', summary: '', usage: '', run });
  magics.addCellMagic({ name: 'bash', summary: '', usage: '', run });
  return magics;
}

function describe(parsed: ParsedCell): string {
  const quoted = (text: string) => text.split('\n').map((line) => `| ${line}`.trimEnd());
  switch (parsed.kind) {
    case 'typescript':
      return ['typescript', ...quoted(parsed.source)].join('\n');
    case 'cell-magic': {
      const { name, bodyLine } = parsed;
      return [`%%${name} [${parsed.arguments}]`, `line ${bodyLine}`, ...quoted(parsed.body)].join('\n');
    }
    case 'magic-error':
      return `line ${parsed.line}: ${parsed.error.message}`;
  }
}

// `==> parsed` or, in a session that has these variables, `==> parsed x y`.
runCases('test/kernel/magics/cases/parse', ({ case: { source }, section }) => {
  const variables = section.argument.split(' ');
  return describe(parseCell(source, registry(), (name) => variables.includes(name)));
});

const offsets = suite('parse cell');

offsets('the offset of the arguments is where they stand in the cell', () => {
  const cell = '// A comment\n  %%rjit   int64(int64)  \nbody';
  const parsed = parseCell(cell, registry());
  assert.is(parsed.kind, 'cell-magic');
  if (parsed.kind !== 'cell-magic') return;
  assert.is(cell.slice(parsed.argumentsOffset), 'int64(int64)  \nbody');
});

offsets('line breaks of Windows are read as line breaks', () => {
  const parsed = parseCell('%%rjit int64(int64)\r\ndef f(a):\r\n    return a\r\n', registry());
  assert.is(describe(parsed), '%%rjit [int64(int64)]\nline 2\n| def f(a):\n|     return a\n|');
});

offsets('a cell without a percent sign at the start of a line stays as it is', () => {
  const source = 'const a = 7 % 3;\nlet b = a\n  + 1;';
  assert.equal(parseCell(source, registry()), { kind: 'typescript', source });
});

offsets.run();
