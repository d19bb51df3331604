/** Notebooks whose cells put out a gigabyte, by `rjit run`: the run must end in time, with a verdict, and in bounds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Notebook } from '../../kernel/client/notebook.ts';
import { writeNotebook } from '../../kernel/client/write-notebook.ts';
import { inEnvironment } from '../bench/peers.ts';
import { codeCell, notebookOf } from '../support/echo-notebooks.ts';
import { ownEnvironment } from '../support/own-environment.ts';
import { childrenOf } from '../support/process-state.ts';
import { rjitCommand } from '../support/rjit-command.ts';

export interface Flood {
  readonly kernel: 'rjit' | 'python3';
  readonly way: 'ZeroMQ' | 'gateway';
  readonly what: string;
  readonly code: string;
}

export interface FloodReport extends Flood {
  readonly seconds: number;
  /** What each process had of the machine's memory at most, in MiB. */
  readonly peaks: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

const POLL_MS = 50;
/** A run that takes longer hangs. */
const DEADLINE_MS = 180_000;
/** For the runner and the gateway: what a notebook may put out, as a few copies on their way, and Node itself. */
const ALLOWED_MEBIBYTES = 1024;

const CELLS: readonly (readonly [kernel: Flood['kernel'], what: string, code: string])[] = [
  ['rjit', 'a million lines of 1 kB', "for (let i = 0; i < 1e6; i++) print('x'.repeat(999));"],
  ['rjit', 'strings of 500 MB', "for (let i = 0; i < 2; i++) print('x'.repeat(5e8));"],
  ['python3', 'a million lines of 1 kB', "for i in range(10**6): print('x' * 999)"],
  ['python3', 'a string of 1 GB', "print('x' * 10**9)"],
];

/** Floods with ipykernel only where `.venv/` has it. */
export function floods(): readonly Flood[] {
  return CELLS.filter(([kernel]) => kernel === 'rjit' || existsSync(inEnvironment('python'))).flatMap(
    ([kernel, what, code]) => (['ZeroMQ', 'gateway'] as const).map((way) => ({ kernel, way, what, code })),
  );
}

export async function runFlood(flood: Flood): Promise<FloodReport> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-flood-'));
  const started = performance.now();
  const env = await environment(folder);
  const peaks = new Peaks();
  const gateway = flood.way === 'gateway' ? await startGateway(folder, env) : undefined;
  try {
    writeNotebook(notebook(flood), join(folder, 'flood.ipynb'));
    const server = gateway === undefined ? [] : ['--server', gateway.url];
    const args = [rjitCommand, 'run', 'flood.ipynb', '-o', 'out.ipynb', '--timeout', '120', ...server];
    const run = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(run, 'exit');
    let errors = '';
    run.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const timer = setInterval(() => peaks.look(run, gateway?.child), POLL_MS);
    const deadline = setTimeout(() => run.kill('SIGKILL'), DEADLINE_MS);
    await ended;
    clearInterval(timer);
    clearTimeout(deadline);
    const seconds = (performance.now() - started) / 1000;
    const problems = [...verdictProblems(run.exitCode, errors), ...peaks.problems(flood)];
    await endGateway(gateway?.child);
    return { ...flood, seconds, peaks: peaks.mebibytes, problems: [...problems, ...leftOver(folder)] };
  } finally {
    gateway?.child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function notebook({ kernel, code }: Flood): Notebook {
  const kernelspec = { name: kernel, display_name: kernel, language: '' };
  return { ...notebookOf(codeCell(code), codeCell('1')), metadata: { kernelspec } };
}

/** The folders of connections are in `folder`, too, so that it is seen when one is left. */
async function environment(folder: string): Promise<NodeJS.ProcessEnv> {
  const own = await ownEnvironment();
  const ofPeers = dirname(inEnvironment('python'));
  return {
    ...process.env,
    ...own,
    TMPDIR: folder,
    JUPYTER_PATH: [own.JUPYTER_PATH, join(dirname(ofPeers), 'share', 'jupyter')].join(delimiter),
    PATH: [ofPeers, process.env.PATH].join(delimiter),
  };
}

async function startGateway(cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [rjitCommand, 'gateway', '--port', '0'], {
    ...{ cwd, env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as string[];
  return { child, url: url ?? '' };
}

async function endGateway(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

function verdictProblems(status: number | null, errors: string): readonly string[] {
  if (
    status === 1 &&
    /: the cell put out more than 100 MB|it is more than \d+ MB long/.test(errors) &&
    !/node:internal/.test(errors)
  )
    return [];
  return [`status ${status}, and the run says: ${errors.slice(-400)}`];
}

/** Connection folders, and processes whose command line names this folder. */
function leftOver(folder: string): readonly string[] {
  const folders = readdirSync(folder).filter((name) => name.startsWith('rjit-kernel-'));
  const processes = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && commandLine(pid).includes(folder),
  );
  return [...folders, ...processes].map((what) => `left behind: ${what}`);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // It has just ended.
  }
}

class Peaks {
  readonly mebibytes = new Map<string, number>();

  look(run: ChildProcess, gateway: ChildProcess | undefined): void {
    this.#note('runner', run.pid);
    this.#note('gateway', gateway?.pid);
    const [kernel] = children(gateway?.pid ?? run.pid);
    this.#note('kernel', kernel);
    for (const session of children(kernel)) this.#note('session', session);
  }

  /** What the memory of another kernel holds is not ours to bound. */
  problems({ kernel }: Flood): readonly string[] {
    return ['runner', 'gateway', ...(kernel === 'rjit' ? ['kernel'] : [])].flatMap((name) => {
      const peak = this.mebibytes.get(name) ?? 0;
      return peak > ALLOWED_MEBIBYTES
        ? [`the ${name} took ${peak} MiB; allowed are ${ALLOWED_MEBIBYTES}`]
        : [];
    });
  }

  #note(name: string, pid: number | undefined): void {
    this.mebibytes.set(name, Math.max(this.mebibytes.get(name) ?? 0, peakMebibytes(pid)));
    if (this.mebibytes.get(name) === 0) this.mebibytes.delete(name);
  }
}

function children(pid: number | undefined): readonly number[] {
  try {
    return pid === undefined ? [] : childrenOf(pid);
  } catch {
    return []; // It has just ended.
  }
}

/** Of a process that has ended: 0. */
function peakMebibytes(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return Math.round(Number(kibibytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
