/** Kernelspecs: how a kernel is started. https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import {
  describeJson,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJsonObject,
} from '../jupyter/messages.ts';
import { dataDirectories } from './jupyter-paths.ts';

export interface Kernelspec {
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  /** With `{connection_file}` where the path goes. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly interruptMode: 'signal' | 'message';
  /** It takes free ports and tells them, when it is started with a registration file (from protocol 5.6 on). */
  readonly registers: boolean;
  readonly resourceDirectory: string;
  readonly metadata: JsonObject;
}

/** No such kernelspec, a broken one, or one of a kernel that is gone; the text says where was looked and what is there. */
export class KernelspecNotFoundError extends Error {
  override readonly name = 'KernelspecNotFoundError';
}

/** @throws {KernelspecNotFoundError} */
export function findKernelspec(name: string, env: NodeJS.ProcessEnv = process.env): Kernelspec {
  const folders = dataDirectories(env).map((folder) => join(folder, 'kernels'));
  // Jupyter compares kernelspec names in lower case.
  const wanted = name.toLowerCase();
  for (const folder of folders) {
    const found = list(folder).find((entry) => entry.toLowerCase() === wanted);
    if (found !== undefined) return readKernelspec(join(folder, found), found);
  }
  const available = [...new Set(folders.flatMap(list))].sort().join(', ') || 'none';
  throw new KernelspecNotFoundError(
    `there is no kernelspec "${name}"; available: ${available} (looked in ${folders.join(', ')})`,
  );
}

/** All that can be used, by name; of two with the same name, the one that `findKernelspec` finds. */
export function listKernelspecs(env: NodeJS.ProcessEnv = process.env): ReadonlyMap<string, Kernelspec> {
  const specs = new Map<string, Kernelspec>();
  for (const folder of dataDirectories(env).map((directory) => join(directory, 'kernels'))) {
    for (const name of list(folder)) {
      const key = name.toLowerCase();
      if (!specs.has(key) && isUsable(join(folder, name), name))
        specs.set(key, readKernelspec(join(folder, name), name));
    }
  }
  return specs;
}

/** A broken kernelspec must not hide the others; asked for by name, it says what is wrong. */
function isUsable(resourceDirectory: string, name: string): boolean {
  try {
    readKernelspec(resourceDirectory, name);
    return true;
  } catch (error) {
    if (error instanceof KernelspecNotFoundError) return false;
    throw error;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((entry) => /^[A-Za-z0-9._-]+$/.test(entry));
  } catch {
    return []; // Most of the folders on the search path don't exist.
  }
}

function readKernelspec(resourceDirectory: string, name: string): Kernelspec {
  const path = join(resourceDirectory, 'kernel.json');
  try {
    const fields = parseJsonObject(readFileSync(path, 'utf8'), 'the file');
    const argv = parseArgv(fields);
    refuseGone(argv);
    return {
      name,
      displayName: typeof fields.display_name === 'string' ? fields.display_name : name,
      language: typeof fields.language === 'string' ? fields.language : '',
      argv,
      env: parseEnv(fields),
      interruptMode: fields.interrupt_mode === 'message' ? 'message' : 'signal',
      registers: isAtLeast56(fields.kernel_protocol_version),
      resourceDirectory,
      metadata: isJsonObject(fields.metadata) ? fields.metadata : {},
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KernelspecNotFoundError(`the kernelspec ${path} is broken: ${reason}`);
  }
}

function parseArgv({ argv }: JsonObject): readonly string[] {
  if (Array.isArray(argv) && argv.length > 0) {
    const words = argv.filter((word) => typeof word === 'string');
    if (words.length === argv.length) return words;
  }
  throw new KernelspecNotFoundError(`argv is ${describeJson(argv)}; expected an array of strings`);
}

/** A kernelspec outlives what it starts: its virtual environment, or the checkout it was installed from. */
function refuseGone(argv: readonly string[]): void {
  // The interpreter and its script; what follows may be a file that is to be written.
  const gone = argv.slice(0, 2).find((word) => isAbsolute(word) && !existsSync(word));
  if (gone !== undefined) throw new KernelspecNotFoundError(`it starts ${gone}, which is gone`);
}

/** Whether a kernelspec's metadata says that the kernel reads CurveZMQ keys from its connection file. */
export function supportsCurve({ supported_encryption: schemes }: JsonObject): boolean {
  return [schemes].flat().some((scheme) => String(scheme).trim().toLowerCase() === 'curve');
}

function isAtLeast56(version: JsonValue | undefined): boolean {
  const [major = 0, minor = 0] = String(version ?? '')
    .split('.')
    .map(Number);
  return major > 5 || (major === 5 && minor >= 6);
}

function parseEnv({ env }: JsonObject): Readonly<Record<string, string>> {
  if (env === undefined) return {};
  if (!isJsonObject(env))
    throw new KernelspecNotFoundError(`env is ${describeJson(env)}; expected an object`);
  return Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
}
