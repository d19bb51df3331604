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
async function complete(marked: string): Promise<readonly string[] | undefined> {
  const cursor = marked.indexOf('|');
  const code = marked.slice(0, cursor) + marked.slice(cursor + 1);
  const found = await completeMagic(code, cursor, registry);
  return found?.matches.map(({ text }) => code.slice(0, found.start) + text + code.slice(found.end));
}

completion('a name is completed where a magic may stand', async () => {
  assert.equal(await complete('%ls|'), ['%lsmagic']);
  assert.equal(await complete('let x = 1\n  %ls|'), ['let x = 1\n  %lsmagic']);
  assert.equal(await complete('// a comment\n%%rj|'), ['// a comment\n%%rjit']);
});

completion('at the top of a cell, one sign offers both kinds of magic, below only line magics', async () => {
  const top = (await complete('%|')) ?? [];
  assert.ok(top.includes('%rjit') && top.includes('%%rjit'));
  const below = (await complete('1\n%|')) ?? [];
  assert.ok(below.includes('1\n%rjit') && !below.includes('1\n%%rjit'));
});

completion('a remainder, a string and a comment are left to TypeScript', async () => {
  for (const code of ['a % r|', 'f(\n%r|', '`\n%r|', '/*\n%r|', 'rji|', '"%r|"']) {
    assert.is(await complete(code), undefined, code);
  }
});

completion('subcommands and their options follow %rjit', async () => {
  assert.equal(await complete('%rjit st|'), ['%rjit start_server', '%rjit stop_server', '%rjit status']);
  assert.equal(await complete('%rjit start_server --h|'), ['%rjit start_server --host']);
  assert.equal(await complete('%rjit start_server --host localhost --p|'), [
    '%rjit start_server --host localhost --port',
  ]);
  assert.equal(await complete('%rjit stop_server --h|'), []);
});

completion('options, their values and types of signatures follow %%rjit', async () => {
  assert.equal(await complete('%%rjit --fa|'), ['%%rjit --fastmath']);
  assert.equal(await complete('%%rjit --lang py|'), ['%%rjit --lang python']);
  assert.equal(await complete('%%rjit --error-model=nu|'), ['%%rjit --error-model=numpy']);
  assert.equal(await complete('%%rjit int64(flo|'), ['%%rjit int64(float32', '%%rjit int64(float64']);
  assert.equal(await complete('%%rjit int64(int64);\n  comp|lex64'), [
    '%%rjit int64(int64);\n  complex64lex64',
    '%%rjit int64(int64);\n  complex128lex64',
  ]);
  assert.equal(await complete('%%rjit --unknown x dou|'), ['%%rjit --unknown x double']);
});

completion('every type that is offered is one', async () => {
  const types = ((await complete('%%rjit |')) ?? []).map((text) => text.replace('%%rjit ', ''));
  assert.ok(types.length > 10);
  for (const type of types) parseSignature(`${type}(${type === 'void' ? 'int64' : type})`);
});

completion('below %%rjit, builtins of the language and names of the cell are offered', async () => {
  const python = '%%rjit int64(int64, int64)\ndef foo(alpha, beta):\n    gamma = ';
  assert.equal(await complete(`${python}alp|`), [`${python}alpha`]);
  assert.equal(await complete(`${python}math.sq|`), [`${python}math.sqrt`]);
  assert.equal(
    await complete(`${python}np.arct|`),
    ['', 'h', '2'].map((end) => `${python}np.arctan${end}`),
  );
  assert.equal(await complete(`${python}ra|`), [`${python}raise`, `${python}range`]);
  assert.equal(await complete('%%rjit --lang python\nimport numpy as n\nn.arcc|'), [
    '%%rjit --lang python\nimport numpy as n\nn.arccos',
    '%%rjit --lang python\nimport numpy as n\nn.arccosh',
  ]);
  const typescript = '%%rjit double(double)\nfunction f(x) { return ';
  assert.equal(await complete(`${typescript}Math.sq|`), [`${typescript}Math.sqrt`]);
  assert.equal(await complete(`${typescript}Ma|`), [`${typescript}Math`]);
  assert.equal(await complete(`${typescript}def|`), [`${typescript}default`]);
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
