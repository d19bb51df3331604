// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, SetUpError } from './step.js';

/**
 * Runs a program in the project's folder; the user sees what it writes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} problem said when it fails
 */
export function run(command, args, problem) {
  // A shell finds npm.cmd on Windows; no argument here needs quoting.
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell,
  });
  if (error !== undefined) throw new SetUpError(`${command} can't be started: ${error.message}`);
  if (status !== 0) throw new SetUpError(problem);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
export function succeeds(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore' }).status === 0;
}

/** @param {string} name */
export function commandExists(name) {
  return (process.env.PATH ?? '')
    .split(':')
    .some((folder) => folder !== '' && existsSync(join(folder, name)));
}
