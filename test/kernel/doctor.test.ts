import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rjitCommand } from '../support/rjit-command.ts';

interface Context {
  /** Jupyter's data folder of an imaginary user. */
  data: string;
}

const doctor = suite<Context>('rjit doctor', { data: '' });

doctor.before.each(async (context) => {
  context.data = await mkdtemp(join(tmpdir(), 'rjit-doctor-'));
});
doctor.after.each(async ({ data }) => {
  await rm(data, { recursive: true, force: true });
});

function rjit({ data }: Context, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [rjitCommand, ...args], {
    encoding: 'utf8',
    env: { ...process.env, JUPYTER_DATA_DIR: data, JUPYTER_PATH: '', ...env },
  });
}

doctor('is content where Node, libLLVM and the kernelspec are there', (context) => {
  assert.is(rjit(context, ['install']).status, 0);
  const { status, stdout } = rjit(context, ['doctor']);
  assert.is(status, 0, stdout);
  assert.match(stdout, /^ok +Node \d+\.\d+\.\d+ /m);
  assert.match(stdout, /^ok +libLLVM 1[4-9]\./m);
  assert.match(stdout, `kernelspec rjit (${join(context.data, 'kernels', 'rjit')})`);
});

doctor('names a missing libLLVM and what to do about it, and fails', (context) => {
  rjit(context, ['install']);
  const { status, stdout } = rjit(context, ['doctor'], { RJIT_LLVM: join(context.data, 'no-such-library') });
  assert.is(status, 1);
  assert.match(stdout, /^MISSING +libLLVM/m);
  assert.match(stdout, '%rjit connect');
});

doctor('notices a kernelspec whose Node has been removed', async (context) => {
  rjit(context, ['install']);
  const path = join(context.data, 'kernels', 'rjit', 'kernel.json');
  const spec = JSON.parse(await readFile(path, 'utf8'));
  spec.argv[0] = join(context.data, 'old-node');
  await writeFile(path, JSON.stringify(spec));
  const { status, stdout } = rjit(context, ['doctor']);
  assert.is(status, 1);
  assert.match(stdout, `starts ${join(context.data, 'old-node')}, which is gone`);
  assert.match(stdout, 'npx rjit install');
});

doctor('names the clang that RJIT_CLANG names, and does without', async (context) => {
  rjit(context, ['install']);
  const own = join(context.data, 'my-clang');
  await writeFile(own, '#!/bin/sh\necho "clang version 17.0.6"\n', { mode: 0o755 });
  const there = rjit(context, ['doctor'], { RJIT_CLANG: own });
  assert.match(there.stdout, `ok       clang for cells in C and C++: clang version 17.0.6 (${own})`);
  const gone = rjit(context, ['doctor'], { RJIT_CLANG: join(context.data, 'gone') });
  assert.match(gone.stdout, /^- +clang: RJIT_CLANG names .*gone, which is none/m);
  assert.is(gone.status, 0);
});

doctor('takes no arguments', (context) => {
  const { status, stderr } = rjit(context, ['doctor', 'me']);
  assert.is(status, 1);
  assert.match(stderr, 'me');
});

doctor.run();
