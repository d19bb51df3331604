/**
 * Cells of one case stand between lines of `---` and have run, but for the last. In that one, `|` is the cursor of
 * `completions` and `description`; a case of `problems` has none.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cellGlobals } from '../../../../kernel/cell-globals.ts';
import { LanguageService } from '../../../../kernel/language/service/language-service.ts';
import type { AmbientDeclaration, TypeDiagnostic } from '../../../../kernel/language/service/protocol.ts';
import { builtinMagics } from '../../../../kernel/magics/builtin-magics.ts';
import { withoutMagics } from '../../../../kernel/magics/without-magics.ts';
import { runCases } from '../../../support/case-runner.ts';
import { repositoryRoot } from '../../../support/repository-root.ts';
import { SessionInTest } from '../../../support/session-in-test.ts';

const MAX_SHOWN = 8;

const folder = notebookFolder();
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const service = new LanguageService({ folder, globals: cellGlobals() });
const magics = builtinMagics();

/** A notebook's folder with files of its own and packages with types and without. */
function notebookFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rjit-test-'));
  cpSync(join(repositoryRoot, 'test/kernel/language/service/folder'), path, { recursive: true });
  for (const [name, files] of Object.entries({
    typed: {
      'index.d.ts':
        '/** Doubles. */\nexport declare function twice(x: number): number;\nexport declare const pi: 3.14;\n',
    },
    untyped: { 'index.js': 'exports.anything = 1;\n' },
  })) {
    const packageFolder = join(path, 'node_modules', name);
    mkdirSync(packageFolder, { recursive: true });
    const manifest = {
      name,
      version: '1.0.0',
      main: 'index.js',
      types: name === 'typed' ? 'index.d.ts' : undefined,
    };
    writeFileSync(join(packageFolder, 'package.json'), JSON.stringify(manifest));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(packageFolder, file), text);
  }
  return path;
}

const foo: AmbientDeclaration = {
  name: 'foo',
  text: '/**\n * Adds.\n */\ndeclare const foo: RemoteCalls<{ (a: int64, b: int64): number }, { (a: int64, b: int64): Promise<number> }>;',
  signatures: ['int64 foo(int64 a, int64 b)'],
  source: { language: 'python', text: 'def foo(a, b):\n    return a + b' },
};

/** The last cell, with the others told as run. */
function notebook(source: string): { readonly code: string; readonly cursor: number } {
  service.forget();
  service.declared([foo]);
  const cells = source.replace(/\n$/u, '').split(/^---\n/mu);
  for (const [index, code] of cells.slice(0, -1).entries()) {
    const typescript = withoutMagics(code.replace(/\n$/u, ''), magics);
    if (typescript !== undefined) service.ran(`In[${index + 1}]`, typescript);
  }
  const marked = cells.at(-1) ?? '';
  const cursor = marked.lastIndexOf('|');
  const code = cursor === -1 ? marked : marked.slice(0, cursor) + marked.slice(cursor + 1);
  return { code: withoutMagics(code, magics) ?? '', cursor };
}

async function completions(source: string): Promise<string> {
  const { code, cursor } = notebook(source);
  const { start, end, matches, isTyped } = await service.ask({ op: 'complete', cell: { code }, cursor });
  if (!isTyped) return 'the types say nothing';
  const shown = matches
    .slice(0, MAX_SHOWN)
    .map(({ text, type, signature = '' }) => `${text}: ${type} ${signature}`.trimEnd());
  const more = matches.length > MAX_SHOWN ? ['…'] : [];
  return [`for ${JSON.stringify(code.slice(start, end))}`, ...shown, ...more].join('\n');
}

async function description(source: string, wantsSource: boolean): Promise<string> {
  const { code, cursor } = notebook(source);
  const found = await service.ask({ op: 'inspect', cell: { code }, cursor, wantsSource });
  if (found === null) return 'nothing';
  const { signature, documentation, expression, source: text } = found;
  return [
    signature,
    ...(documentation === '' ? [] : [`: ${documentation.replaceAll('\n', '\n: ')}`]),
    ...(expression === undefined ? [] : [`value of ${expression}`]),
    ...(text === undefined
      ? []
      : [`${text.language}> ${text.text.replaceAll('\n', `\n${text.language}> `)}`]),
  ].join('\n');
}

async function problems(source: string): Promise<string> {
  const { code } = notebook(source);
  service.ran('In[last]', code);
  const ran = await service.ask({ op: 'check-ran', name: 'In[last]' });
  const draft = await service.ask({ op: 'check', cell: { code } });
  assert.equal(ran, draft, 'the same before and after the cell has run');
  return ran.map((one) => showProblem(one, code)).join('\n') || 'none';
}

function showProblem(
  { code, message, start, end, isMissingName, refutation }: TypeDiagnostic,
  cell: string,
): string {
  const missing = isMissingName === true ? ', may come later' : '';
  const unless = refutation === undefined ? '' : `\n  unless ${refutation}`;
  return `${code} at ${cell.slice(start, end)}${missing}: ${message.split('\n')[0]}${unless}`;
}

runCases('test/kernel/language/service/cases', async ({ case: { source }, section }) => {
  switch (section.name) {
    case 'completions':
      return completions(source);
    case 'description':
      return description(source, false);
    case 'source':
      return description(source, true);
    case 'problems':
      return problems(source);
    default:
      throw new Error(`unknown section ${section.name}`);
  }
});

const thread = suite('language service');

thread('a cell that is run again later keeps no names of a session that has ended', async () => {
  notebook('let gone = 1\n---\n');
  service.forget();
  const found = await service.ask({ op: 'complete', cell: { code: 'gon' }, cursor: 3 });
  assert.equal(found.matches, []);
});

thread('the latest of a thousand cells is the one that counts', async () => {
  notebook('');
  for (let index = 0; index < 1000; index++)
    service.ran(`In[${index}]`, `let counter = { value${index}: ${index} }`);
  const found = await service.ask({ op: 'complete', cell: { code: 'counter.' }, cursor: 8 });
  assert.equal(
    found.matches.map(({ text }) => text),
    ['value999'],
  );
});

thread('edits of a local file are seen', async () => {
  notebook('');
  const file = join(folder, 'edited.ts');
  const members = async () => {
    const code = 'import * as edited from "./edited.ts"; edited.';
    const found = await service.ask({ op: 'complete', cell: { code }, cursor: code.length });
    return found.matches.map(({ text }) => text);
  };
  writeFileSync(file, 'export const before = 1;');
  assert.equal(await members(), ['before']);
  writeFileSync(file, 'export const after = 1; export const more = 2;');
  assert.equal(await members(), ['after', 'more']);
  service.ran('In[edited]', 'import * as edited from "./edited.ts"; const kept = { edited };');
  const keptMembers = async () => {
    const found = await service.ask({ op: 'complete', cell: { code: 'kept.edited.' }, cursor: 12 });
    return found.matches.map(({ text }) => text);
  };
  assert.equal(await keptMembers(), ['after', 'more']);
  writeFileSync(file, 'export const last = 1;');
  assert.equal(await keptMembers(), ['last']);
});

thread(
  'members of earlier values and globals are those that TypeScript finds in a cell of their own',
  async () => {
    const { code: last } =
      notebook(`import * as fs from 'node:fs'; import { twice } from 'typed'; enum Color { Red }
---
class Base { private a = 1; protected b = 2; c = 3; #d = 4; static s = 5; /** @deprecated */ old() {} get e() { return 1 } }
namespace NS { export const a = 1; export function f() {} export class K {} export type T = 1 }
function fn(a: number) { return a }
namespace fn { export const added = 1 }
---
const base = new Base(), tuple: [string, { z: 1 }] = ['', { z: 1 }], list = [{ k: 1, 'odd key': 2 }], any: any = 1;
const union: { a: number; f(): void; x: 1 } | { a: string; f(): void; x: () => void } = null as any;
const mapped: { [K in 'p' | 'q']: () => K } = null as any, inner = { NS, fn, base: { base } };
const maybe: { a: 1 } | undefined = { a: 1 };
---
`);
    const ask = async (code: string) => {
      const { matches, isTyped } = await service.ask({ op: 'complete', cell: { code }, cursor: code.length });
      return { matches, isTyped };
    };
    await ask(last);
    const globals = [
      'Math',
      'Promise',
      'process.env',
      'globalThis',
      'URL',
      'console',
      'foo',
      'display',
      'nowhere',
    ];
    const own = [
      'fs',
      'twice',
      'Color',
      'Base',
      'base',
      'NS',
      'NS.K',
      'fn',
      'tuple',
      'tuple[0]',
      'tuple[1]',
      'union',
    ];
    const more = [
      'list',
      'list[0]',
      'any',
      'union.x',
      'mapped',
      'mapped.p',
      'inner.NS',
      'inner?.base.base',
      'maybe',
    ];
    for (const path of [...globals, ...own, ...more]) {
      const [root = ''] = /^\w+/u.exec(path) ?? [];
      // Named twice, it is looked up as part of its cell.
      assert.equal(await ask(`${path}.`), await ask(`${root};${path}.`), path);
    }
  },
);

thread('what a cell makes of a name of an earlier cell counts there', async () => {
  notebook(
    `const shape: { kind: 'a'; radius: number } | { kind: 'b'; side: number } = { kind: 'a', radius: 1 };\n---\n\n`,
  );
  const members = async (code: string) => {
    const found = await service.ask({ op: 'complete', cell: { code }, cursor: code.length });
    return found.matches.map(({ text }) => text);
  };
  assert.equal(await members('shape.'), ['kind']);
  assert.equal(await members("if (shape.kind === 'a') shape."), ['kind', 'radius']);
  assert.equal(await members('const shape = { own: 1 }; shape.'), ['own']);
  assert.equal(await members('"shape.'), []);
  assert.equal(await members('// shape.'), []);
  assert.equal(await members('shape.'), ['kind'], 'after a draft that declares the name itself');
});

thread('a file that comes later is found, though the cell is the same', async () => {
  notebook('');
  const code = 'import * as later from "./later.ts"; later.';
  const members = async () => {
    const found = await service.ask({ op: 'complete', cell: { code }, cursor: code.length });
    return found.matches.map(({ text }) => text);
  };
  assert.equal(await members(), []);
  writeFileSync(join(folder, 'later.ts'), 'export const come = 1;');
  assert.equal(await members(), ['come']);
});

thread('every global that a session makes has a type', async () => {
  const session = new SessionInTest();
  try {
    const platform = JSON.stringify(Object.getOwnPropertyNames(globalThis));
    const own = `Object.getOwnPropertyNames(globalThis).filter((name) => !new Set(${platform}).has(name)).join()`;
    await session.run('rjit');
    const names = (await session.show(own)).replaceAll("'", '').split(',');
    const forCells = names.filter((name) => !name.startsWith('__') || /^_+$/u.test(name));
    assert.ok(forCells.includes('print') && forCells.includes('int64'), forCells.join());
    notebook('');
    const found = await service.ask({ op: 'check', cell: { code: forCells.join('\n') } });
    assert.equal(
      found.map(({ message }) => message),
      [],
    );
  } finally {
    await session.session.shutdown();
  }
});

thread('the thread ends when nobody needs it any more', async () => {
  await service.close();
  const again = service.ask({ op: 'complete', cell: { code: 'Mat' }, cursor: 3 });
  assert.ok(
    (await again).matches.some(({ text }) => text === 'Math'),
    'and starts again for who does',
  );
  await service.close();
});

thread.run();
