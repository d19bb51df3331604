import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from '../../support/repository-root.ts';

test('the program in the documentation of RemoteJIT runs as it stands, and ends by itself', () => {
  const source = readFileSync(join(repositoryRoot, 'kernel/rjit/remote-jit.ts'), 'utf8');
  const example = /```ts\n([\s\S]*?) \* ```/.exec(source)?.[1]?.replaceAll(/^ \* ?/gm, '');
  assert.ok(example?.includes("from 'rjit-kernel'"));
  const expected = [...(example ?? '').matchAll(/\/\/ prints (.*)$/gm)].map(([, text]) => text);
  assert.ok(expected.length > 2);
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', example ?? ''], {
    // A package may import itself by its name.
    cwd: repositoryRoot,
    encoding: 'utf8',
    // As a pipe has it: uvu asks all its children for colours.
    env: { ...process.env, FORCE_COLOR: '0' },
    timeout: 60_000,
  });
  assert.equal(output.trimEnd().split('\n'), expected);
});

test.run();
