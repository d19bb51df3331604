/** Notebooks for the echo kernel, in a folder that also holds its kernelspec. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeCell, Notebook, NotebookOutput } from '../../kernel/client/notebook.ts';
import { writeNotebook } from '../../kernel/client/write-notebook.ts';
import type { JsonObject } from '../../kernel/jupyter/messages.ts';
import { repositoryRoot } from './repository-root.ts';

export const echoKernelspec = {
  name: 'echo',
  argv: [process.execPath, join(repositoryRoot, 'dist/test/support/echo-kernel.js'), '{connection_file}'],
  env: {},
  interruptMode: 'message',
  resourceDirectory: repositoryRoot,
} as const;

export interface CellOptions {
  readonly tags?: readonly string[];
  /** Null: never run. */
  readonly count?: number | null;
}

export function codeCell(
  source: string,
  outputs: readonly NotebookOutput[] = [],
  options: CellOptions = {},
): CodeCell {
  const { tags, count = 1 } = options;
  const metadata: JsonObject = tags === undefined ? {} : { tags };
  return {
    cellType: 'code',
    source,
    metadata,
    rest: { id: `c${Math.abs(hash(source))}` },
    executionCount: count,
    outputs,
  };
}

function hash(text: string): number {
  return Array.from(text).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}

export function notebookOf(...cells: readonly CodeCell[]): Notebook {
  const kernelspec = { name: 'echo', display_name: 'Echo', language: 'echo' };
  return { nbformatMinor: 5, metadata: { kernelspec }, cells };
}

export function stdout(text: string): NotebookOutput {
  return { outputType: 'stream', name: 'stdout', text };
}

export function result(text: string): NotebookOutput {
  return { outputType: 'execute_result', data: { 'text/plain': text }, metadata: {}, executionCount: 1 };
}

export function error(evalue: string): NotebookOutput {
  return { outputType: 'error', ename: 'EchoError', evalue, traceback: [] };
}

export interface EchoFolder {
  readonly path: string;
  /** For a process that must find the echo kernel. */
  readonly env: NodeJS.ProcessEnv;
  write(name: string, notebook: Notebook): string;
}

/** Runs `body` with a temporary folder that is removed afterwards. */
export async function withEchoFolder(body: (folder: EchoFolder) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'rjit-notebooks-'));
  const spec = join(path, '.jupyter', 'kernels', 'echo');
  mkdirSync(spec, { recursive: true });
  const kernelJson = {
    argv: echoKernelspec.argv,
    display_name: 'Echo',
    language: 'echo',
    interrupt_mode: 'message',
  };
  writeFileSync(join(spec, 'kernel.json'), JSON.stringify(kernelJson));
  const write = (name: string, notebook: Notebook) => {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeNotebook(notebook, join(path, name));
    return join(path, name);
  };
  // uvu asks for colours, for all below it.
  const { FORCE_COLOR: _, ...env } = process.env;
  try {
    await body({ path, write, env: { ...env, JUPYTER_PATH: join(path, '.jupyter') } });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
