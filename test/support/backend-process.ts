import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { repositoryRoot } from './repository-root.ts';

export interface BackendExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The real `rjit serve`, built, in a process of its own, on a free port, with its endpoint file in a new folder. */
export class BackendProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'rjit-backend-'));
  readonly endpointFile = join(this.folder, 'endpoint.json');
  readonly child: ChildProcess;
  readonly exited: Promise<BackendExit>;
  #log = '';
  #exit: BackendExit | undefined;

  /** @param launcher a command that runs the server, such as `ip netns exec NAME` */
  constructor(options: readonly string[] = [], launcher: readonly string[] = []) {
    const main = join(repositoryRoot, 'dist/backend/main.js');
    const argv = ['--port', '0', '--endpoint-file', this.endpointFile, '--lifeline', ...options];
    const [command = process.execPath, ...args] = [...launcher, process.execPath, main, ...argv];
    this.child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = keepEnd(this.#log + text);
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  /** What the server has written to standard error so far; of very much, the end. */
  get log(): string {
    return this.#log;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the backend did not start');
    return this.child.pid;
  }

  /** The port, once the server listens. */
  async port(): Promise<number> {
    return eventually('the backend listens', () => {
      if (this.#exit) throw new Error(`the backend ended: ${JSON.stringify(this.#exit)}\n${this.#log}`);
      return readPort(this.endpointFile);
    });
  }

  /** Ends the server if it still runs, and removes its folder. */
  async dispose(): Promise<void> {
    if (!this.#exit) this.child.kill('SIGKILL');
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs `body` with a backend that listens, and ends the backend whatever happens. */
export async function withBackend(
  options: readonly string[],
  body: (backend: BackendProcess, port: number) => Promise<void>,
): Promise<void> {
  const backend = new BackendProcess(options);
  try {
    await body(backend, await backend.port());
  } catch (error) {
    if (error instanceof Error) error.message += `\nbackend log:\n${backend.log}`;
    throw error;
  } finally {
    await backend.dispose();
  }
}

const maxLogLength = 8 * 2 ** 20;

function keepEnd(text: string): string {
  return text.length > maxLogLength ? text.slice(-maxLogLength / 2) : text;
}

function readPort(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const endpoint: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof endpoint !== 'object' || endpoint === null) throw new Error('the endpoint file holds no object');
  if ('error' in endpoint) throw new Error(`the backend did not start: ${JSON.stringify(endpoint.error)}`);
  return 'port' in endpoint ? Number(endpoint.port) : undefined;
}
