import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseModule } from '../../../../kernel/compiler/parse-module.ts';
import { repositoryRoot } from '../../../support/repository-root.ts';

const PAGES = [
  ['docs/LANGUAGE-PYTHON.md', 'python'],
  ['docs/LANGUAGE-TYPESCRIPT.md', 'typescript'],
] as const;

for (const [page, language] of PAGES) {
  test(`the programs of ${page} parse, and their language is detected`, () => {
    const text = readFileSync(join(repositoryRoot, page), 'utf8');
    const programs = [...text.matchAll(/^```(?:python|ts)\n([\s\S]*?)^```$/gm)];
    assert.ok(programs.length > 0);
    for (const [, source = ''] of programs) {
      const result = parseModule({ source, fileName: page });
      assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.diagnostics));
      assert.is(result.ok && result.value.language, language);
    }
  });
}

test.run();
