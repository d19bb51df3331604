/** RBC itself, from the Python package index, in `.venv/rbc/`: its client and its server, to be run beside ours. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { eventually } from './eventually.ts';
import { repositoryRoot } from './repository-root.ts';

const folder = join(repositoryRoot, '.venv', 'rbc');
const python = join(folder, 'bin', 'python');

/** RBC 0.13.0 writes IR with typed pointers: these are the last versions whose LLVM reads it. */
const PACKAGES = [
  'numba==0.57.1',
  'llvmlite==0.40.1',
  'numpy<1.25',
  'thriftpy2',
  'tblib',
  'packaging',
  'setuptools',
  'netifaces',
  'pytest',
];
const RBC = 'rbc-project==0.13.0';

const SERVER = `
import sys
from rbc.remotejit import RemoteJIT
RemoteJIT(host='127.0.0.1', port=int(sys.argv[1])).start_server(background=False)
`;

/** Needs python3 of version 3.8 to 3.11 with venv, and a C compiler for one small package. */
export function installRbc(): void {
  if (existsSync(python) && succeeds(['-c', 'import rbc'])) return;
  mkdirSync(folder, { recursive: true });
  const options = { stdio: 'inherit' } as const;
  execFileSync(olderPython(), ['-m', 'venv', folder], options);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES], options);
  // It asks for packages that only its tests and its conda recipe need.
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', RBC], options);
}

/** The command of the Python that has RBC; undefined where it isn't installed. */
export function rbcPython(): string | undefined {
  return existsSync(python) ? python : undefined;
}

/** `RBC 0.13.0, numba 0.57.1, CPython 3.11.2`. */
export function rbcVersion(command: string): string {
  const program =
    'import sys, importlib.metadata as m; ' +
    "print(f\"RBC {m.version('rbc-project')}, numba {m.version('numba')}, CPython {sys.version.split()[0]}\")";
  return execFileSync(command, ['-c', program], { encoding: 'utf8' }).trim();
}

/** The first that numba 0.57 supports. */
function olderPython(): string {
  const version = 'import sys; sys.exit(0 if (3, 8) <= sys.version_info < (3, 12) else 1)';
  const names = ['python3', 'python3.11', 'python3.10', 'python3.9', 'python3.8', '/usr/bin/python3'];
  const found = names.find((name) => succeeds(['-c', version], name));
  if (found === undefined) {
    throw new Error(`RBC needs Python 3.8 to 3.11; none of ${names.join(', ')} is one: install one of them`);
  }
  return found;
}

function succeeds(args: readonly string[], command = python): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    // It isn't there, or not as it should be.
    return false;
  }
}

/** RBC's own server, in a process that ends with `body`. */
export async function withRbcServer(
  command: string,
  body: (port: number, server: ChildProcess) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  const server = spawn(command, ['-c', SERVER, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    await eventually("RBC's server answers", async () => {
      if (server.exitCode !== null) throw new Error(`RBC's server ended with status ${server.exitCode}`);
      return answers(port);
    });
    await body(port, server);
  } finally {
    server.kill('SIGKILL');
  }
}

async function answers(port: number): Promise<boolean> {
  const jit = new RemoteJIT({ url: `rbc://127.0.0.1:${port}` });
  try {
    await jit.status();
    return true;
  } catch {
    // Not yet.
    return false;
  } finally {
    await jit.close();
  }
}

/** RBC can't take a port by itself and say which. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
