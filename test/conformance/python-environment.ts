/** The project's own Python, `.venv/`, which `node install.js --python-tools` makes. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';
import { MissingPeerError } from './group.ts';

const PYTHON =
  process.platform === 'win32'
    ? join(repositoryRoot, '.venv', 'Scripts', 'python.exe')
    : join(repositoryRoot, '.venv', 'bin', 'python');

/** Needs python3 with venv, unless `.venv/` is complete already. */
export function installPythonTools(): void {
  const setUp = join(repositoryRoot, 'install.js');
  execFileSync(process.execPath, [setUp, '--quiet', '--python-tools'], { stdio: 'inherit' });
}

/** The command of the Python that has `module`. */
export function requirePython(module: string): string {
  if (existsSync(PYTHON)) {
    try {
      execFileSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' });
      return PYTHON;
    } catch {
      // Said below.
    }
  }
  throw new MissingPeerError(`no ${module} in .venv; run npm run conformance -- --install`);
}

/** `Python 3.11.7, numba 0.68.1, numpy 2.4.6`. */
export function pythonVersion(python: string): string {
  const program =
    'import sys, numba, numpy; print(f"CPython {sys.version.split()[0]}, numba {numba.__version__}, NumPy {numpy.__version__}")';
  return execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
}
