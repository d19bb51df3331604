// @ts-check
/** Packages of the Python package index, in .venv: nothing that users need. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, aptUpdate, isDebianLike, isRootOnDebian } from './apt.js';
import { run, succeeds } from './programs.js';
import { root, SetUpError, seconds } from './step.js';

/** What tests run. */
export const testPackages = ['jupyter_kernel_test'];

/** What results and times are compared with. */
export const peerPackages = ['deno', 'ipykernel', 'nbclient', 'nbval', 'numba'];

const folder = join(root, '.venv');
const python =
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
const stampPath = join(folder, '.rjit-tools.json');

/**
 * @param {readonly string[]} packages
 * @returns {import('./step.js').StepResult}
 */
export function providePythonPackages(packages) {
  const present = installedPackages();
  const missing = packages.filter((name) => !present.includes(name));
  if (missing.length === 0) return { changed: false, text: `.venv has ${packages.join(', ')}` };
  const startMs = Date.now();
  if (!existsSync(python) || !succeeds(python, ['-m', 'pip', '--version'])) makeEnvironment();
  process.stdout.write(`Python     pip install ${missing.join(' ')} …\n`);
  run(python, ['-m', 'pip', 'install', '--quiet', ...missing], 'pip failed; its messages above say why');
  writeFileSync(stampPath, JSON.stringify([...present, ...missing]));
  return { changed: true, text: `.venv got ${missing.join(', ')} in ${seconds(startMs)}` };
}

/** @returns {readonly string[]} */
function installedPackages() {
  return existsSync(python) && existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : [];
}

function makeEnvironment() {
  const command = process.platform === 'win32' ? 'python' : 'python3';
  const made = () => succeeds(command, ['-m', 'venv', '--clear', folder]);
  if (made()) return;
  if (isRootOnDebian()) {
    aptUpdate();
    aptInstall('Python', ['python3-venv']);
    if (made()) return;
  }
  throw new SetUpError(
    `${command} -m venv failed. Install Python 3 with its venv module` +
      `${isDebianLike() ? ' (sudo apt-get install python3-venv)' : ''} and run this again.`,
  );
}
