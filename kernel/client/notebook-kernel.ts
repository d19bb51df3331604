/** The kernel for a notebook, whichever way it is reached. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject } from '../jupyter/messages.ts';
import type { JupyterServer } from './jupyter-server.ts';
import { KernelClient } from './kernel-client.ts';
import type { KernelConnection } from './kernel-connection.ts';
import { findKernelspec, type Kernelspec, KernelspecNotFoundError } from './kernelspecs.ts';
import { ServerKernel } from './server-kernel.ts';

export interface NotebookKernelOptions {
  /** Of the kernelspec. */
  readonly name: string;
  /** Where the kernel runs: the notebook's folder. */
  readonly cwd: string;
  readonly startupTimeoutMs?: number | undefined;
  /** Through this Jupyter server instead of a process of our own. */
  readonly server?: JupyterServer | undefined;
  /** The notebook's, as the server sees it. */
  readonly path?: string | undefined;
}

/**
 * @throws {KernelspecNotFoundError} @throws {KernelDiedError} @throws {KernelTimeoutError}
 * @throws {JupyterServerError}
 */
export async function startNotebookKernel({
  name,
  cwd,
  startupTimeoutMs,
  server,
  path,
}: NotebookKernelOptions): Promise<KernelConnection> {
  if (server !== undefined) return ServerKernel.start({ server, name, path, startupTimeoutMs });
  const timeout = startupTimeoutMs === undefined ? {} : { startupTimeoutMs };
  return KernelClient.launch({ kernelspec: kernelspecFor(name), cwd, env: headless(), ...timeout });
}

/** As the kernel's `language_info` names it; '' when it doesn't. */
export function languageOf({ info }: KernelConnection): string {
  const { language_info: language } = info;
  return isJsonObject(language) && typeof language.name === 'string' ? language.name : '';
}

/** What a notebook runs is nothing that its user typed. */
export function headless(): NodeJS.ProcessEnv {
  return { ...process.env, RJIT_HISTORY: 'off' };
}

/** Where the `rjit` kernelspec isn't installed, or its kernel is gone, the kernel beside this file is the one that is meant. */
export function kernelspecFor(name: string): Kernelspec {
  try {
    return findKernelspec(name);
  } catch (error) {
    if (!(error instanceof KernelspecNotFoundError) || name !== 'rjit') throw error;
    const cli = fileURLToPath(new URL('../cli.js', import.meta.url));
    return {
      name,
      displayName: 'TypeScript (rjit)',
      language: 'typescript',
      argv: [process.execPath, cli, 'kernel', '{connection_file}'],
      env: {},
      interruptMode: 'message',
      registers: true,
      resourceDirectory: dirname(cli),
      metadata: { supported_encryption: ['curve'] },
    };
  }
}
