import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findKernelspec, KernelspecNotFoundError } from '../../../kernel/client/kernelspecs.ts';

const test = suite<{ folder: string }>('kernelspecs');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'rjit-test-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function write(data: string, name: string, kernelJson: string): string {
  const folder = join(data, 'kernels', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), kernelJson);
  return folder;
}

function environment(folder: string): NodeJS.ProcessEnv {
  return { JUPYTER_PATH: join(folder, 'path'), JUPYTER_DATA_DIR: join(folder, 'user') };
}

test('the first folder on the search path wins, names are compared in lower case', ({ folder }) => {
  const spec = (argv: string) => JSON.stringify({ argv: [argv], display_name: 'X', language: 'x' });
  write(join(folder, 'user'), 'echo', spec('user'));
  write(join(folder, 'user'), 'other', spec('other'));
  const first = write(join(folder, 'path'), 'Echo', spec('path'));
  const found = findKernelspec('ECHO', environment(folder));
  assert.equal(found.argv, ['path']);
  assert.is(found.resourceDirectory, first);
  assert.is(found.interruptMode, 'signal');
  assert.equal(findKernelspec('other', environment(folder)).argv, ['other']);
});

test('environment and interrupt mode are read', ({ folder }) => {
  const json = { argv: ['x'], env: { A: '1' }, interrupt_mode: 'message', display_name: 'X', language: 'l' };
  write(join(folder, 'user'), 'x', JSON.stringify(json));
  const found = findKernelspec('x', environment(folder));
  assert.equal(found.env, { A: '1' });
  assert.is(found.interruptMode, 'message');
  assert.is(found.language, 'l');
});

test('a missing kernelspec says which there are and where was looked', ({ folder }) => {
  write(join(folder, 'user'), 'echo', '{}');
  assert.throws(
    () => findKernelspec('nope', environment(folder)),
    (error: unknown) =>
      error instanceof KernelspecNotFoundError &&
      error.message.startsWith('there is no kernelspec "nope"; available: ') &&
      error.message.includes('echo') &&
      error.message.includes(join(folder, 'path', 'kernels')),
  );
});

test('a broken kernelspec says what is wrong with it', ({ folder }) => {
  write(join(folder, 'user'), 'a', '{');
  write(join(folder, 'user'), 'b', '{"argv": "node"}');
  assert.throws(
    () => findKernelspec('a', environment(folder)),
    /kernel\.json is broken: the file is not JSON/,
  );
  assert.throws(
    () => findKernelspec('b', environment(folder)),
    /is broken: argv is the string "node"; expected an array of strings/,
  );
});

test('a kernelspec whose kernel is gone says what is missing', ({ folder }) => {
  const script = join(folder, 'gone', 'cli.js');
  const spec = { argv: [process.execPath, script, 'kernel', '{connection_file}'] };
  write(join(folder, 'user'), 'moved', JSON.stringify(spec));
  assert.throws(
    () => findKernelspec('moved', environment(folder)),
    (error: unknown) =>
      error instanceof KernelspecNotFoundError &&
      error.message.includes(join('moved', 'kernel.json')) &&
      error.message.endsWith(`it starts ${script}, which is gone`),
  );
});

test.run();
