import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from '../support/repository-root.ts';
import { rjitCommand } from '../support/rjit-command.ts';

function rjit(...args: string[]) {
  return spawnSync(process.execPath, [rjitCommand, ...args], { encoding: 'utf8' });
}

test('--version prints the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  const { status, stdout } = rjit('--version');
  assert.is(status, 0);
  assert.is(stdout, `${version}\n`);
});

test('--help lists every command; each of them says more with --help', () => {
  const { status, stdout } = rjit('--help');
  assert.is(status, 0);
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) +\S/gm)].map(([, name = '']) => name);
  for (const name of ['kernel', 'run', 'serve', 'install', 'uninstall', 'doctor']) {
    assert.ok(commands.includes(name), name);
  }
  for (const name of commands) {
    const help = rjit(name, '--help');
    assert.is(help.status, 0, `rjit ${name} --help: ${help.stderr}`);
    assert.match(help.stdout, `rjit ${name}`);
  }
});

test('without a command, or with one that there is not, the usage is an error', () => {
  const none = rjit();
  assert.is(none.status, 2);
  assert.match(none.stderr, 'usage: rjit COMMAND');
  const unknown = rjit('compute');
  assert.is(unknown.status, 2);
  assert.match(unknown.stderr, /^rjit: there is no command "compute"; expected one of kernel, run, /);
  assert.is(rjit('constructor').status, 2);
});

test.run();
