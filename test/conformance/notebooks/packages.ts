/** Packages that carry notebooks nobody here wrote, and the environment that these run in: all in `.venv/notebooks/`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../support/repository-root.ts';
import { MissingPeerError } from '../group.ts';

const folder = join(repositoryRoot, '.venv', 'notebooks');
const python = join(folder, 'bin', 'python');
const sources = join(folder, 'sources');

/** What the notebooks import. */
const MODULES = ['ipykernel', 'ipywidgets', 'matplotlib', 'pandas', 'sympy'];

export interface NotebookPackage {
  readonly name: string;
  readonly version: string;
  /** Where in the source distribution the notebooks are. */
  readonly folder: string;
}

export const PACKAGES: readonly NotebookPackage[] = [
  { name: 'nbclient', version: '0.11.0', folder: 'tests/files' },
  { name: 'nbsphinx', version: '0.9.8', folder: 'doc' },
];

/** Needs python3 with venv, and the Python package index. */
export function installNotebookPackages(): void {
  const options = { stdio: 'inherit' } as const;
  const isComplete = join(folder, 'complete');
  if (existsSync(isComplete)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(sources, { recursive: true });
  execFileSync('python3', ['-m', 'venv', folder], options);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...MODULES], options);
  const download = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--no-binary',
    ':all:',
    '--dest',
    sources,
  ];
  const names = PACKAGES.map(({ name, version }) => `${name}==${version}`);
  execFileSync(python, [...download, ...names], options);
  for (const file of readdirSync(sources)) {
    execFileSync('tar', ['-xzf', join(sources, file), '-C', sources], options);
  }
  mkdirSync(isComplete);
}

/** The folder with a package's notebooks. @throws {MissingPeerError} */
export function notebooksOf({ name, version, folder: inside }: NotebookPackage): string {
  const path = join(sources, `${name}-${version}`, inside);
  if (existsSync(path)) return path;
  throw new MissingPeerError(
    `no ${name} ${version} in .venv/notebooks; run npm run conformance -- notebooks --install`,
  );
}

/** Where the kernels of the environment are, and its programs. */
export function notebookEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JUPYTER_PATH: join(folder, 'share', 'jupyter'),
    PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
  };
}

/** `CPython 3.11.7, ipykernel 7.1.0, matplotlib 3.10.7`. */
export function environmentVersions(): string {
  const program =
    'import sys, importlib.metadata as m; print("CPython " + sys.version.split()[0], ' +
    '*(n + " " + m.version(n) for n in ("ipykernel", "ipywidgets", "matplotlib", "pandas")), sep=", ")';
  return execFileSync(python, ['-c', program], { encoding: 'utf8' }).trim();
}
