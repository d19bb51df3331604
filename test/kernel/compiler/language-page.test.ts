import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILTINS } from '../../../kernel/compiler/builtins/table.ts';
import { repositoryRoot } from '../../support/repository-root.ts';

test('docs/LANGUAGE.md lists every builtin', () => {
  const page = readFileSync(join(repositoryRoot, 'docs/LANGUAGE.md'), 'utf8');
  const rows = new Map<string, string>();
  for (const [, heading = '', row = ''] of page.matchAll(/^\| `?(\w+)`? \|(.*)\|$/gm)) rows.set(heading, row);
  const missing = [...BUILTINS].filter(([path, { language }]) => {
    const [namespace, name] = path.split('.');
    const isNumber = namespace === 'Number';
    const plain = language === 'typescript' || isNumber ? 'TypeScript' : 'Python';
    const row = rows.get(name === undefined || isNumber ? plain : (namespace ?? ''));
    return !row?.includes(`\`${name === undefined || isNumber ? path : name}\``);
  });
  assert.equal(
    missing.map(([path]) => path),
    [],
  );
});

test.run();
