import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { builtinMagics } from '../../../kernel/magics/builtin-magics.ts';
import { completeMagic } from '../../../kernel/magics/complete-magic.ts';
import { inspectMagic } from '../../../kernel/magics/inspect-magic.ts';

const completion = suite('completion of magics');
const inspection = suite('inspection of magics');

const registry = builtinMagics();

/** The cell as it is after each of the completions at `|`; undefined where TypeScript is to be asked. */
function complete(marked: string): readonly string[] | undefined {
  const cursor = marked.indexOf('|');
  const code = marked.slice(0, cursor) + marked.slice(cursor + 1);
  const found = completeMagic(code, cursor, registry);
  return found?.matches.map(({ text }) => code.slice(0, found.start) + text + code.slice(found.end));
}

completion('a name is completed where a magic may stand', () => {
  assert.equal(complete('%ls|'), ['%lsmagic']);
  assert.equal(complete('let x = 1\n  %ls|'), ['let x = 1\n  %lsmagic']);
  assert.equal(complete('// a comment\n%%rj|'), ['// a comment\n%%rjit']);
});

completion('at the top of a cell, one sign offers both kinds of magic, below only line magics', () => {
  const top = complete('%|') ?? [];
  assert.ok(top.includes('%rjit') && top.includes('%%rjit'));
  const below = complete('1\n%|') ?? [];
  assert.ok(below.includes('1\n%rjit') && !below.includes('1\n%%rjit'));
});

completion('a remainder, a string and a comment are left to TypeScript', () => {
  for (const code of ['a % r|', 'f(\n%r|', '`\n%r|', '/*\n%r|', 'rji|', '"%r|"']) {
    assert.is(complete(code), undefined, code);
  }
});

completion('subcommands and their options follow %rjit', () => {
  assert.equal(complete('%rjit st|'), ['%rjit start_server', '%rjit stop_server', '%rjit status']);
  assert.equal(complete('%rjit start_server --h|'), ['%rjit start_server --host']);
  assert.equal(complete('%rjit start_server --host localhost --p|'), [
    '%rjit start_server --host localhost --port',
  ]);
  assert.equal(complete('%rjit stop_server --h|'), []);
});

completion('options, their values and types of signatures follow %%rjit', () => {
  assert.equal(complete('%%rjit --fa|'), ['%%rjit --fastmath']);
  assert.equal(complete('%%rjit --lang py|'), ['%%rjit --lang python']);
  assert.equal(complete('%%rjit --error-model=nu|'), ['%%rjit --error-model=numpy']);
  assert.equal(complete('%%rjit int64(flo|'), ['%%rjit int64(float32', '%%rjit int64(float64']);
  assert.equal(complete('%%rjit int64(int64);\n  comp|lex64'), [
    '%%rjit int64(int64);\n  complex64lex64',
    '%%rjit int64(int64);\n  complex128lex64',
  ]);
  assert.equal(complete('%%rjit --unknown x dou|'), ['%%rjit --unknown x double']);
});

completion('every type that is offered is one', () => {
  const types = (complete('%%rjit |') ?? []).map((text) => text.replace('%%rjit ', ''));
  assert.ok(types.length > 10);
  for (const type of types) parseSignature(`${type}(${type === 'void' ? 'int64' : type})`);
});

completion('below %%rjit, builtins of the language and names of the cell are offered', () => {
  const python = '%%rjit int64(int64, int64)\ndef foo(alpha, beta):\n    gamma = ';
  assert.equal(complete(`${python}alp|`), [`${python}alpha`]);
  assert.equal(complete(`${python}math.sq|`), [`${python}math.sqrt`]);
  assert.equal(
    complete(`${python}np.arct|`),
    ['', 'h', '2'].map((end) => `${python}np.arctan${end}`),
  );
  assert.equal(complete(`${python}ra|`), [`${python}raise`, `${python}range`]);
  assert.equal(complete('%%rjit --lang python\nimport numpy as n\nn.arcc|'), [
    '%%rjit --lang python\nimport numpy as n\nn.arccos',
    '%%rjit --lang python\nimport numpy as n\nn.arccosh',
  ]);
  const typescript = '%%rjit double(double)\nfunction f(x) { return ';
  assert.equal(complete(`${typescript}Math.sq|`), [`${typescript}Math.sqrt`]);
  assert.equal(complete(`${typescript}Ma|`), [`${typescript}Math`]);
  assert.equal(complete(`${typescript}def|`), [`${typescript}default`]);
});

inspection('a magic is described by its usage, from its name and its arguments', () => {
  for (const [code, cursor] of [
    ['%rjit status', 0],
    ['%rjit status', 3],
    ['%rjit status', 9],
  ] as const) {
    assert.match(inspectMagic(code, cursor, registry)?.usage ?? '', /start_server/u);
  }
  const cell = '%%rjit int64(int64)\ndef f(a): return a';
  assert.is(inspectMagic(cell, 4, registry)?.name, '%%rjit');
  assert.is(inspectMagic(cell, 12, registry)?.name, '%%rjit');
  assert.is(inspectMagic(cell, 30, registry), undefined);
  assert.is(inspectMagic('a % rjit', 5, registry), undefined);
  assert.is(inspectMagic('%nomagic', 3, registry), undefined);
});

completion.run();
inspection.run();
