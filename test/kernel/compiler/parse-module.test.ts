import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';

test('the language is detected, or taken as given', () => {
  const python = parseModule({ source: 'def foo(a): return a', fileName: 'In[1]' });
  const typescript = parseModule({ source: 'const foo = (a) => a', fileName: 'In[2]' });
  assert.is(python.ok && python.value.language, 'python');
  assert.is(typescript.ok && typescript.value.language, 'typescript');
  assert.is(typescript.ok && typescript.value.fileName, 'In[2]');
  assert.not.ok(
    parseModule({ source: 'def foo(a): return a', fileName: 'In[1]', language: 'typescript' }).ok,
  );
  assert.not.ok(parseModule({ source: 'const foo = (a) => a', fileName: 'In[1]', language: 'python' }).ok);
});

test('Babel is loaded for TypeScript only', () => {
  const url = new URL('../../../kernel/compiler/parse-module.js', import.meta.url).href;
  const script = `
    import { createRequire } from 'node:module';
    const loaded = () => Object.keys(createRequire(${JSON.stringify(url)}).cache).some((path) => path.includes('@babel'));
    const { parseModule } = await import(${JSON.stringify(url)});
    const results = [loaded()];
    results.push(parseModule({ source: 'def foo(a): return a', fileName: 'f' }).ok, loaded());
    results.push(parseModule({ source: 'const foo = (a) => a', fileName: 'f' }).ok, loaded());
    console.log(JSON.stringify(results));`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  assert.is(child.stderr, '');
  assert.equal(JSON.parse(child.stdout), [false, true, false, true, true]);
});

test.run();
