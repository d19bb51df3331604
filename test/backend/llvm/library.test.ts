import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const SMOKE_TEST = fileURLToPath(new URL('../../../backend/llvm/smoke-test.js', import.meta.url));

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

function smokeTest(library: string): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, RJIT_LLVM: library };
    execFile(process.execPath, [SMOKE_TEST], { env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

const library = suite<{ directory: string }>('finding libLLVM');

library.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'rjit-library-'));
});
library.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

library('the smoke test adds 1 and 3 and names the library', async () => {
  const { exitCode, stdout, stderr } = await smokeTest('');
  assert.is(exitCode, 0, stderr);
  const result: unknown = JSON.parse(stdout);
  assert.ok(typeof result === 'object' && result !== null);
  assert.match(JSON.stringify(result), /"libraryPath":".*LLVM.*","version":"\d+\.\d+\.\d+".*"addition":4/);
});

library('RJIT_LLVM that names no file is not passed over in silence', async ({ directory }) => {
  const missing = join(directory, 'libLLVM.so');
  const { exitCode, stderr, stdout } = await smokeTest(missing);
  assert.is(exitCode, 1);
  assert.is(stdout, '');
  assert.ok(stderr.includes(`RJIT_LLVM is '${missing}'`), stderr);
});

library('RJIT_LLVM that names another kind of file says what the linker found', async ({ directory }) => {
  const text = join(directory, 'libLLVM-14.so.1');
  writeFileSync(text, 'no library');
  for (const override of [text, directory]) {
    const { exitCode, stderr } = await smokeTest(override);
    assert.is(exitCode, 1);
    assert.match(stderr, /libLLVM-14\.so\.1: (file too short|invalid ELF header)/);
  }
});

library('a library that is not LLVM is named with the function it lacks', async () => {
  const { exitCode, stderr } = await smokeTest('libc.so.6');
  assert.is(exitCode, 1);
  assert.match(stderr, /libc\.so\.6 is not a libLLVM that rjit can use .*'LLVM\w+'/);
});

library.run();
