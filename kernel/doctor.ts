/** `rjit doctor`: says what rjit needs and what it can use, what of it is there, and how to get the rest. */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findKernelspec, KernelspecNotFoundError } from './client/kernelspecs.ts';
import { defaultKernelspec } from './kernelspec.ts';
import { clangInstallHint, findClangs } from './rjit/foreign/find-clang.ts';

/** `missing` is something rjit needs; `absent` is something it can do without. */
type State = 'ok' | 'missing' | 'absent';

interface Finding {
  readonly state: State;
  readonly text: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const marks: Readonly<Record<State, string>> = { ok: 'ok', missing: 'MISSING', absent: '-' };

const usage = `usage: rjit doctor

Says what rjit needs and what it can use, what of it is there, and how to get the rest.
`;

/** Runs `rjit doctor`; returns 1 when something that rjit needs is missing. */
export async function doctor(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--help' || argv[0] === '-h') {
    process.stdout.write(usage);
    return 0;
  }
  if (argv.length > 0) {
    process.stderr.write(`rjit doctor: takes no arguments, found ${argv.join(' ')}\n`);
    return 1;
  }
  const findings = await Promise.all([
    ...[node(), libLLVM(), kernelspec(), clang(), llvmBindings(), jupyter()],
  ]);
  for (const { state, text, remedy } of findings) {
    process.stdout.write(`${marks[state].padEnd(8)} ${text}\n`);
    if (remedy !== undefined) process.stdout.write(`${' '.repeat(9)}${remedy}\n`);
  }
  return findings.some(({ state }) => state === 'missing') ? 1 : 0;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const text = `Node ${process.versions.node} (${process.execPath})`;
  const isNewEnough = major > 20 || (major === 20 && minor >= 11);
  return isNewEnough
    ? { state: 'ok', text }
    : { state: 'missing', text, remedy: 'rjit needs Node 20.11 or later' };
}

/** In a process of its own: a library that doesn't fit may end the process that tries it. */
async function libLLVM(): Promise<Finding> {
  const smokeTest = fileURLToPath(new URL('../backend/llvm/smoke-test.js', import.meta.url));
  const { status, stdout, stderr } = await run(process.execPath, [smokeTest]);
  if (status === 0) {
    const { version, libraryPath, cpu }: Readonly<Record<string, unknown>> = JSON.parse(stdout);
    return { state: 'ok', text: `libLLVM ${version} (${libraryPath}), code for ${cpu}` };
  }
  return {
    state: 'missing',
    text: `libLLVM: ${stderr.trim() || stdout.trim()}`,
    remedy: 'without it there is no local backend; connect to a remote one with %rjit connect host:port',
  };
}

/** Where Jupyter would find it, and whether what it starts is still there. */
function kernelspec(): Finding {
  const { name } = defaultKernelspec;
  const remedy = 'npx rjit install writes it';
  try {
    return { state: 'ok', text: `kernelspec ${name} (${findKernelspec(name).resourceDirectory})` };
  } catch (error) {
    if (!(error instanceof KernelspecNotFoundError)) throw error;
    return { state: 'missing', text: error.message, remedy };
  }
}

/** For cells in C and C++. */
function clang(): Finding {
  const found = findClangs();
  if (found.length > 0) {
    const text = found.map(({ version, command }) => `${version} (${command})`).join(', ');
    return { state: 'ok', text: `clang for cells in C and C++: ${text}` };
  }
  const { RJIT_CLANG: wanted = '' } = process.env;
  const where = wanted === '' ? 'not found' : `RJIT_CLANG names ${wanted}, which is none`;
  return {
    state: 'absent',
    text: `clang: ${where} (optional; only cells in C and C++ need one)`,
    remedy: clangInstallHint(),
  };
}

function llvmBindings(): Finding {
  try {
    createRequire(import.meta.url)('llvm-bindings');
    return { state: 'ok', text: 'llvm-bindings: active; %%rjit --verify checks modules before they travel' };
  } catch (error) {
    const notInstalled = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
    const reason = notInstalled ? 'not installed' : error instanceof Error ? error.message : String(error);
    return { state: 'absent', text: `llvm-bindings: ${reason} (optional; nothing depends on it)` };
  }
}

async function jupyter(): Promise<Finding> {
  const found: string[] = [];
  for (const name of ['jupyter-lab', 'jupyter-notebook', 'jupyter-nbconvert']) {
    const path = await findCommand(name);
    if (path === undefined) continue;
    const { stdout } = await run(path, ['--version']);
    found.push(`${name} ${stdout.trim()} (${path})`);
  }
  if (found.length > 0) return { state: 'ok', text: `Jupyter: ${found.join(', ')}` };
  return {
    state: 'absent',
    text: 'Jupyter: not found (optional; rjit run works without it)',
    remedy: 'pip install jupyterlab',
  };
}

async function findCommand(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder !== '' && (await exists(path))) return path;
  }
  return undefined;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects: a command that can't be started is one that failed. */
function run(command: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', (error) => resolve({ status: null, stdout, stderr: error.message }));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
