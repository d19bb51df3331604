import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rjitCommand } from '../support/rjit-command.ts';

const command = suite<{ home: string }>('rjit install and uninstall', { home: '' });

command.before.each(async (context) => {
  context.home = await mkdtemp(join(tmpdir(), 'rjit-home-'));
});
command.after.each(async ({ home }) => {
  await rm(home, { recursive: true, force: true });
});

function rjit(home: string, ...args: string[]) {
  const { VIRTUAL_ENV: _venv, CONDA_PREFIX: _conda, XDG_DATA_HOME: _xdg, ...env } = process.env;
  return spawnSync(process.execPath, [rjitCommand, ...args], {
    encoding: 'utf8',
    env: { ...env, HOME: home, JUPYTER_DATA_DIR: '', PATH: '/usr/bin:/bin', VIRTUAL_ENV: join(home, 'venv') },
  });
}

command('without options the kernel is the current user’s', ({ home }) => {
  const { status, stdout } = rjit(home, 'install');
  assert.is(status, 0);
  const data = process.platform === 'darwin' ? 'Library/Jupyter' : '.local/share/jupyter';
  assert.is(stdout, `installed the kernelspec in ${join(home, data, 'kernels', 'rjit')}\n`);
});

command('--sys-prefix is the active environment, --prefix any folder', ({ home }) => {
  assert.is(rjit(home, 'install', '--sys-prefix').status, 0);
  assert.ok(existsSync(join(home, 'venv/share/jupyter/kernels/rjit/kernel.json')));
  assert.is(rjit(home, 'install', '--prefix', join(home, 'opt')).status, 0);
  assert.ok(existsSync(join(home, 'opt/share/jupyter/kernels/rjit/kernel.json')));
});

command('--name and --display-name are what Jupyter lists', async ({ home }) => {
  rjit(home, 'install', '--prefix', home, '--name', 'ts-next', '--display-name', 'TypeScript (next)');
  const spec = JSON.parse(await readFile(join(home, 'share/jupyter/kernels/ts-next/kernel.json'), 'utf8'));
  assert.is(spec.display_name, 'TypeScript (next)');
});

command('uninstall with the same options removes it', ({ home }) => {
  rjit(home, 'install', '--prefix', home, '--name', 'ts-next');
  const { status, stdout } = rjit(home, 'uninstall', '--prefix', home, '--name', 'ts-next');
  assert.is(status, 0);
  assert.match(stdout, /^removed /);
  assert.not.ok(existsSync(join(home, 'share/jupyter/kernels/ts-next')));
});

command('two places at once are refused with what to do', ({ home }) => {
  const { status, stderr } = rjit(home, 'install', '--user', '--prefix', home);
  assert.is(status, 1);
  assert.is(
    stderr,
    'rjit install: --user, --sys-prefix and --prefix name different places; give one of them\n',
  );
});

command('an unknown option is named', ({ home }) => {
  const { status, stderr } = rjit(home, 'install', '--global');
  assert.is(status, 1);
  assert.match(stderr, "rjit install: Unknown option '--global'");
});

command('--help says all options', ({ home }) => {
  const { status, stdout } = rjit(home, 'install', '--help');
  assert.is(status, 0);
  for (const option of ['--user', '--sys-prefix', '--prefix', '--name', '--display-name']) {
    assert.match(stdout, option);
  }
});

command.run();
