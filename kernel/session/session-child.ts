import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

export interface SessionChildOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Flags for the session's Node, such as `--max-old-space-size=512`. */
  readonly execArgv: readonly string[];
}

export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the process could not be started at all. */
  readonly startError?: string;
}

/** A session's process, whose pipes nobody reads yet. */
export interface SessionChild {
  readonly process: ChildProcess;
  /** What its markers in the output have that no program prints by accident. */
  readonly token: string;
  readonly exited: Promise<ProcessExit>;
}

const entry = fileURLToPath(new URL('./session-main.js', import.meta.url));

/** All that a kernel has to load before a session's process, which takes long, can start. */
export function spawnSession({ cwd, env, execArgv }: SessionChildOptions): SessionChild {
  const token = randomBytes(8).toString('hex');
  // Without the checks, a termination inside a callback can't abort the process over Node's async id stack.
  const argv = ['--no-force-async-hooks-checks', ...execArgv, entry];
  const child = spawn(process.execPath, argv, {
    cwd,
    env: { ...env, RJIT_SESSION_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    // A process group of its own: signals for the kernel pass it by, and all its children end with it.
    detached: process.platform !== 'win32',
  });
  return { process: child, token, exited: processExit(child) };
}

/** Ends the process and all its children at once. */
export function killSession({ process: child }: SessionChild): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}

function processExit(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
    child.once('error', ({ message }) => resolve({ exitCode: null, signal: null, startError: message }));
  });
}
