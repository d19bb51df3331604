/** Other kernels to measure beside ours. They live in `.venv/`, most of which `node install.js --python-tools` makes. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernelspec } from '../../kernel/client/kernelspecs.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { rjitCommand } from '../support/rjit-command.ts';
import { installNpmPeers, npmPeer } from './npm-peers.ts';

/** A kernel to measure, and the programs for it. */
export interface Subject {
  /** With its version, as the table's head. */
  readonly name: string;
  readonly kernelspec: Pick<Kernelspec, 'name' | 'argv' | 'env' | 'interruptMode' | 'resourceDirectory'>;
  readonly program: {
    readonly onePlusOne: string;
    readonly printLines: (count: number) => string;
    readonly setVariable: string;
    readonly readVariable: string;
    readonly endlessLoop: string;
    readonly completion: Completion;
    /** Makes values that all have other members. */
    readonly makeValues: (count: number) => string;
    /** A member of the value of that number. */
    readonly ownCompletion: (index: number) => Completion;
  };
}

/** Code that ends where it is to be completed, and how one of the matches ends. */
export interface Completion {
  readonly code: string;
  readonly match: string;
}

const environment = join(repositoryRoot, '.venv');

/** Needs python3 with venv, unless `.venv/` is complete already. */
export function installPeers(): void {
  const setUp = join(repositoryRoot, 'install.js');
  execFileSync(process.execPath, [setUp, '--quiet', '--python-tools'], { stdio: 'inherit' });
  installNpmPeers();
}

/** Our kernel first, then the installed peers. */
export function subjects(): readonly Subject[] {
  return [rjit(), ...ipykernel(), ...deno(), ...tslab(), ...ijavascript()];
}

const javaScript: Subject['program'] = {
  onePlusOne: '1+1',
  printLines: (count) => `for (let i = 0; i < ${count}; i++) console.log(i)`,
  setVariable: 'let kept = 42',
  readVariable: 'console.log(kept)',
  endlessLoop: 'while (true) {}',
  completion: { code: 'Math.sqr', match: 'sqrt' },
  makeValues: (count) => lines(count, (index) => `var made${index} = { inner: { size${index}: ${index} } }`),
  ownCompletion: (index) => ({ code: `made${index}.inner.si`, match: `size${index}` }),
};

const python: Subject['program'] = {
  onePlusOne: '1+1',
  printLines: (count) => `for i in range(${count}): print(i)`,
  setVariable: 'kept = 42',
  readVariable: 'print(kept)',
  endlessLoop: 'while True: pass',
  completion: { code: 'str.uppe', match: 'upper' },
  makeValues: (count) =>
    lines(count, (i) => `made${i} = type('M', (), {'inner': type('I', (), {'size${i}': ${i}})()})()`),
  ownCompletion: (index) => ({ code: `made${index}.inner.si`, match: `size${index}` }),
};

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

function rjit(): Subject {
  const argv = [process.execPath, rjitCommand, 'kernel', '{connection_file}'];
  return { name: 'rjit', kernelspec: spec('rjit', argv, 'message'), program: javaScript };
}

function ipykernel(): readonly Subject[] {
  const command = inEnvironment('python');
  if (!existsSync(command)) return [];
  const version = output(command, ['-c', 'import ipykernel; print(ipykernel.__version__)']);
  const argv = [command, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  return [{ name: `ipykernel ${version}`, kernelspec: spec('python3', argv, 'signal'), program: python }];
}

function deno(): readonly Subject[] {
  const command = inEnvironment('deno');
  if (!existsSync(command)) return [];
  const version = /deno (\S+)/.exec(output(command, ['--version']))?.[1] ?? '';
  // Its kernelspec says nothing of interrupt_mode, but it understands the message, and a signal would end it.
  const kernelspec = spec('deno', [command, 'jupyter', '--kernel', '--conn', '{connection_file}'], 'message');
  return [{ name: `Deno ${version}`, kernelspec, program: javaScript }];
}

function tslab(): readonly Subject[] {
  const found = npmPeer('tslab');
  if (found === undefined) return [];
  const argv = [
    process.execPath,
    join(found.folder, 'bin', 'tslab'),
    'kernel',
    '--config-path',
    '{connection_file}',
  ];
  return [{ name: `tslab ${found.version}`, kernelspec: spec('tslab', argv, 'signal'), program: javaScript }];
}

function ijavascript(): readonly Subject[] {
  const found = npmPeer('ijavascript');
  if (found === undefined) return [];
  const argv = [
    process.execPath,
    join(found.folder, 'lib', 'kernel.js'),
    '--protocol=5.1',
    '{connection_file}',
  ];
  // Its values are declared for good, so that a variable can be set only once; that is enough here.
  const kernelspec = spec('javascript', argv, 'signal');
  return [{ name: `IJavascript ${found.version}`, kernelspec, program: javaScript }];
}

function spec(
  name: string,
  argv: readonly string[],
  interruptMode: 'signal' | 'message',
): Subject['kernelspec'] {
  return { name, argv, env: {}, interruptMode, resourceDirectory: repositoryRoot };
}

/** Where a program of `.venv/` is, or would be. */
export function inEnvironment(command: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', `${command}.exe`)
    : join(environment, 'bin', command);
}

function output(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' }).trim();
}
