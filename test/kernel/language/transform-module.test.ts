import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSource } from '../../../kernel/language/parse-source.ts';
import { transformModule } from '../../../kernel/language/transform-module.ts';
import { readCaseFiles } from '../../support/case-runner.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

// The foreign implementation: what TypeScript's own compiler makes of the same source.
const ts = createRequire(import.meta.url)('typescript') as typeof import('typescript');

function compile(source: string): string {
  return ts.transpileModule(source, {
    fileName: 'module.ts',
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, alwaysStrict: true },
  }).outputText;
}

const positional = new Set(['start', 'end', 'loc', 'extra', 'errors', 'interpreter', 'directives']);

/** The program's tree without places, parentheses, comments and empty statements. */
function shape(source: string): string {
  const parsed = parseSource(source);
  if (!parsed.ok) throw new Error(`${parsed.error.message} at ${parsed.error.line}:\n${source}`);
  return JSON.stringify(parsed.program, (key, value: unknown) => {
    if (positional.has(key) || value === null || value === false) return undefined;
    return Array.isArray(value) ? value.filter((item) => !isNothing(item)) : value;
  });
}

function isNothing(node: unknown): boolean {
  if (typeof node !== 'object' || node === null || !('type' in node)) return false;
  // The compiler marks a module of which nothing else is left with `export {}`.
  const specifiers = 'specifiers' in node && Array.isArray(node.specifiers) ? node.specifiers : undefined;
  const isEmptyExport = node.type === 'ExportNamedDeclaration' && specifiers?.length === 0;
  return node.type === 'EmptyStatement' || (isEmptyExport && !('declaration' in node && node.declaration));
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
    .map((path) => join(folder, path));
}

/** Compares around the first difference: the trees are long. */
async function assertAgreement(source: string, path: string): Promise<void> {
  const ours = shape(await transformModule(source, path));
  const theirs = shape(compile(source));
  let same = 0;
  while (same < ours.length && ours[same] === theirs[same]) same += 1;
  assert.is(ours.slice(same - 200, same + 100), theirs.slice(same - 200, same + 100));
}

const agreement = suite('erased types');

for (const path of ['kernel/language', 'kernel/session', 'backend/contract'].flatMap(filesBelow)) {
  agreement(`leave the program that the TypeScript compiler leaves of ${path}`, async () => {
    const source = readFileSync(join(repositoryRoot, path), 'utf8');
    await assertAgreement(source, path);
  });
}

for (const { path, cases } of readCaseFiles('test/kernel/language/cases')) {
  if (path !== 'types.txt') continue;
  for (const { title, source } of cases) {
    if (!parseSource(source).ok) continue;
    agreement(`leave the program that the TypeScript compiler leaves of '${title}'`, async () => {
      await assertAgreement(source, 'case.ts');
    });
  }
}

agreement.run();

const modules = suite('modules');

modules('keep their imports that are values, and drop those that are types', async () => {
  const source = `import d, { type A, B, c } from './m.ts';\nlet x: A = c;\nlet y: B = d;\nx; y`;
  const code = await transformModule(source, 'a.ts');
  assert.is(code.split('\n')[0], `import d, { c } from './m.ts';`);
});

modules('say where a file is wrong', async () => {
  const failure = await transformModule('let x =\n  ;', '/folder/a.ts').catch((error: unknown) =>
    String(error),
  );
  assert.is(failure, "SyntaxError: Unexpected token ';' (/folder/a.ts:2:3)");
});

modules('that were compiled carry a source map', async () => {
  const code = await transformModule('enum E { A }\nexport const a = E.A', '/folder/a.ts');
  assert.match(code, /\/\/# sourceMappingURL=data:application\/json;base64,/u);
});

modules.run();
