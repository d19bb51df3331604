/**
 * The kernelspec: the folder by which Jupyter finds the kernel. Written directly, so that no Python is needed.
 *
 * https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userDataDirectory } from './client/jupyter-paths.ts';
import { PROTOCOL_VERSION } from './jupyter/messages.ts';

export type KernelspecLocation =
  | { readonly kind: 'user' }
  /** The Python environment that is active: a virtual environment, conda, or `python3`'s own. */
  | { readonly kind: 'sys-prefix' }
  | { readonly kind: 'prefix'; readonly directory: string };

export interface KernelspecOptions {
  readonly location: KernelspecLocation;
  readonly name: string;
  readonly displayName: string;
}

export const defaultKernelspec: KernelspecOptions = {
  location: { kind: 'user' },
  name: 'rjit',
  displayName: 'TypeScript (rjit)',
};

/** Thrown when the user has to decide something; the message says what. */
export class KernelspecError extends Error {
  override readonly name = 'KernelspecError';
}

/** The folder of the package: the parent of `dist/` and `bundle/`. */
const packageDirectory = fileURLToPath(new URL('../../', import.meta.url));
const logoNames = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'] as const;

/** The folder `kernels/NAME` of a location. Throws `KernelspecError` when there is none or the name is wrong. */
export function kernelspecDirectory(location: KernelspecLocation, name: string): string {
  if (!/^[A-Za-z0-9._-]+$/.test(name)) {
    throw new KernelspecError(
      `the kernelspec's name is ${JSON.stringify(name)}, but Jupyter allows letters, digits, '.', '_' and '-' only`,
    );
  }
  return join(dataDirectory(location), 'kernels', name);
}

function dataDirectory(location: KernelspecLocation): string {
  switch (location.kind) {
    case 'user':
      return userDataDirectory();
    case 'sys-prefix':
      return join(pythonPrefix(), 'share', 'jupyter');
    case 'prefix':
      return join(resolve(location.directory), 'share', 'jupyter');
  }
}

function pythonPrefix(): string {
  const { VIRTUAL_ENV, CONDA_PREFIX } = process.env;
  if (VIRTUAL_ENV) return VIRTUAL_ENV;
  if (CONDA_PREFIX) return CONDA_PREFIX;
  try {
    return execFileSync('python3', ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' }).trim();
  } catch (cause) {
    throw new KernelspecError(
      '--sys-prefix needs an active Python environment (VIRTUAL_ENV, CONDA_PREFIX or python3), and there is none; ' +
        'use --user or --prefix DIR',
      { cause },
    );
  }
}

/** Writes the kernelspec; `changed` is false when it stood there already, byte for byte. */
export async function installKernelspec(
  options: KernelspecOptions,
): Promise<{ readonly directory: string; readonly changed: boolean }> {
  const directory = kernelspecDirectory(options.location, options.name);
  await refuseForeign(directory, 'choose another --name');
  await mkdir(directory, { recursive: true });
  let changed = false;
  for (const [name, bytes] of await kernelspecFiles(options)) {
    changed = (await replaceFile(join(directory, name), bytes)) || changed;
  }
  return { directory, changed };
}

/** Removes the kernelspec; `removed` is false when there was none. Never touches another program's kernel. */
export async function uninstallKernelspec(
  options: Pick<KernelspecOptions, 'location' | 'name'>,
): Promise<{ readonly directory: string; readonly removed: boolean }> {
  const directory = kernelspecDirectory(options.location, options.name);
  await refuseForeign(directory, 'remove it with the program that installed it');
  const removed = (await listFiles(directory)).length > 0;
  await rm(directory, { recursive: true, force: true });
  return { directory, removed };
}

async function kernelspecFiles(options: KernelspecOptions): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const name of logoNames) {
    files.set(name, await readFile(join(packageDirectory, 'kernel', 'kernelspec', name)));
  }
  files.set('kernel.json', Buffer.from(`${JSON.stringify(await kernelJson(options), null, 2)}\n`));
  return files;
}

async function kernelJson(options: KernelspecOptions): Promise<object> {
  return {
    argv: [
      await stableNodePath(),
      join(packageDirectory, 'bundle', 'kernel', 'cli.js'),
      'kernel',
      '{connection_file}',
    ],
    display_name: options.displayName,
    language: 'typescript',
    interrupt_mode: 'message',
    kernel_protocol_version: `${PROTOCOL_VERSION}.0`,
    metadata: { debugger: false, supported_encryption: ['curve'], rjit: { package: 'rjit-kernel' } },
  };
}

/**
 * The `node` on PATH where it is the one we run on, else the running executable: the first outlives an upgrade
 * (Homebrew's and Debian's alternatives are links), the second always exists now.
 */
async function stableNodePath(): Promise<string> {
  const executable = await realpath(process.execPath);
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    // npm puts shims of its own there while it runs a script.
    if (folder === '' || folder.split(sep).includes('node_modules')) continue;
    const candidate = resolve(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    if ((await realpath(candidate).catch(() => undefined)) === executable) return candidate;
  }
  return process.execPath;
}

/** A folder of that name that holds another program's kernel, or no kernel at all, isn't ours to write or remove. */
async function refuseForeign(directory: string, remedy: string): Promise<void> {
  const names = await listFiles(directory);
  if (names.length === 0) return;
  const text = names.includes('kernel.json') ? await readFile(join(directory, 'kernel.json'), 'utf8') : '';
  if (isOurs(text)) return;
  throw new KernelspecError(`${directory} holds a kernel that rjit did not install; ${remedy}`);
}

function isOurs(kernelJsonText: string): boolean {
  try {
    const spec: unknown = JSON.parse(kernelJsonText);
    return (
      typeof spec === 'object' &&
      spec !== null &&
      'metadata' in spec &&
      typeof spec.metadata === 'object' &&
      spec.metadata !== null &&
      'rjit' in spec.metadata
    );
  } catch {
    return false; // Not JSON, so not written by us.
  }
}

async function listFiles(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Replaces the file in one step, so that Jupyter never reads half of it; returns whether it was different. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const present = await readFile(path).catch(() => undefined);
  if (present !== undefined && Buffer.compare(present, bytes) === 0) return false;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, bytes);
  await rename(temporary, path);
  return true;
}
