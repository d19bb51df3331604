/** Where CPython's own tests keep their vectors on this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../support/repository-root.ts';

const FILES = ['math_testcases.txt', 'cmath_testcases.txt'] as const;
const DOWNLOADED = join(repositoryRoot, '.venv', 'cpython-tests');
const PYTHONS = [join(repositoryRoot, '.venv', 'bin', 'python'), 'python3'];

interface VectorFiles {
  readonly math: string;
  readonly cmath: string;
}

/** Beside the standard library of a Python that has its tests, or unpacked from Debian's package of them. */
export function findVectorFiles(): VectorFiles | undefined {
  for (const folder of folders()) {
    const [math, cmath] = FILES.map((name) => join(folder, name));
    if (math && cmath && existsSync(math) && existsSync(cmath)) return { math, cmath };
  }
  return undefined;
}

function folders(): readonly string[] {
  const libraries = PYTHONS.flatMap((python) => {
    return output(python, 'import sysconfig; print(sysconfig.get_path("stdlib"))');
  });
  const unpacked = join(DOWNLOADED, 'usr', 'lib');
  if (existsSync(unpacked)) libraries.push(...readdirSync(unpacked).map((name) => join(unpacked, name)));
  return libraries.flatMap((library) => [join(library, 'test', 'mathdata'), join(library, 'test')]);
}

/** Unpacks Debian's package into `.venv/`. It is not installed, so nobody needs to be root. */
export function downloadVectorFiles(): void {
  if (findVectorFiles()) return;
  const [version] = output('/usr/bin/python3', 'import sys; print("%d.%d" % sys.version_info[:2])');
  if (version === undefined) return;
  mkdirSync(DOWNLOADED, { recursive: true });
  execFileSync('apt-get', ['download', `libpython${version}-testsuite`], { cwd: DOWNLOADED });
  for (const name of readdirSync(DOWNLOADED).filter((entry) => entry.endsWith('.deb'))) {
    execFileSync('dpkg-deb', ['-x', name, '.'], { cwd: DOWNLOADED });
  }
}

/** The line that a program prints; none where there is no such Python. */
function output(python: string, program: string): string[] {
  try {
    return [execFileSync(python, ['-c', program], { encoding: 'utf8', stdio: 'pipe' }).trim()];
  } catch {
    return [];
  }
}
