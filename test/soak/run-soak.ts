import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { residentByteLength } from '../../backend/service/memory-watch.ts';
import { BackendProcess } from '../support/backend-process.ts';
import { eventually } from '../support/eventually.ts';
import { childrenOf, isRunning } from '../support/process-state.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { connectRjit } from '../support/rjit-client.ts';
import { clientKill, soakServerOptions } from './faults.ts';
import type { ClientOrder, ClientReport } from './messages.ts';

export interface SoakOptions {
  readonly calls: number;
  readonly clients: number;
  readonly seed: number;
  progress(done: number): void;
}

export interface SoakReport {
  readonly good: number;
  /** How many calls of each kind were bad. */
  readonly bad: ReadonlyMap<string, number>;
  /** The server's own memory, without its workers', after the first calls and after the last. */
  readonly residentBefore: number;
  readonly residentAfter: number;
  readonly problems: readonly string[];
}

/** By then everything is loaded, and most kinds of faults have happened. */
const WARM_UP = 0.2;
const ALLOWED_GROWTH = 48 * 2 ** 20;
const PROGRESS_STEPS = 10;
const MAX_PROBLEMS = 50;

/** Lets clients make good and bad calls at one server until all are made; then looks at what is left of them. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const backend = new BackendProcess(soakServerOptions);
  const soak = new Soak(backend, options);
  try {
    await soak.run(await backend.port());
    await soak.lookAtRemains();
    return soak.report();
  } finally {
    await backend.dispose();
  }
}

class Soak {
  readonly #backend: BackendProcess;
  readonly #options: SoakOptions;
  readonly #bad = new Map<string, number>();
  readonly #problems: string[] = [];
  /** All processes the server ever had, as far as they were seen. */
  readonly #workers = new Set<number>();
  #good = 0;
  #done = 0;
  #started = 0;
  #residentBefore = 0;
  #residentAfter = 0;

  constructor(backend: BackendProcess, options: SoakOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  async run(port: number): Promise<void> {
    const { calls, clients } = this.#options;
    const shares = Array.from({ length: clients }, (_, index) => {
      return Math.floor((calls * (index + 1)) / clients) - Math.floor((calls * index) / clients);
    });
    await Promise.all(shares.map((share) => this.#lane(port, share)));
    this.#residentAfter = this.#resident();
  }

  /** One client after the other: who was killed is followed by one that makes the rest of the calls. */
  async #lane(port: number, share: number): Promise<void> {
    for (let left = share; left > 0; ) left -= await this.#client(port, left);
  }

  /** Resolves, when the client has ended, to how many calls it has made. */
  #client(port: number, calls: number): Promise<number> {
    this.#started += 1;
    const order: ClientOrder = { port, seed: this.#options.seed * 100_003 + this.#started, calls };
    const main = join(repositoryRoot, 'dist/test/soak/client-main.js');
    const client = fork(main, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let made = 0;
    let isKilled = false;
    let words = '';
    client.stderr?.on('data', (text: Buffer) => {
      words += text.toString();
    });
    client.on('message', (message) => {
      const report = message as ClientReport;
      made += this.#count(report);
      isKilled ||= report.kind === 'bad' && report.name === clientKill;
    });
    return new Promise((resolve) => {
      client.once('close', (code, signal) => {
        const asExpected = isKilled ? signal === 'SIGKILL' : code === 0 && made === calls;
        if (asExpected) return resolve(made);
        this.#problem(
          `a client ended with ${signal ?? code} after ${made} of ${calls} calls: ${words.trim()}`,
        );
        // Whatever it was, it must not go on for ever.
        resolve(calls);
      });
    });
  }

  /** @returns how many calls it tells of */
  #count(report: ClientReport): number {
    if (report.kind === 'problem') {
      this.#problem(report.text);
      return 0;
    }
    const count = report.kind === 'good' ? report.count : 1;
    if (report.kind === 'good') this.#good += count;
    else this.#bad.set(report.name, (this.#bad.get(report.name) ?? 0) + 1);
    const step = this.#options.calls / PROGRESS_STEPS;
    const before = Math.floor(this.#done / step);
    this.#done += count;
    if (Math.floor(this.#done / step) > before) this.#options.progress(this.#done);
    for (const pid of childrenOf(this.#backend.pid)) this.#workers.add(pid);
    if (this.#residentBefore === 0 && this.#done >= WARM_UP * this.#options.calls) {
      this.#residentBefore = this.#resident();
    }
    return count;
  }

  /** Nothing of all those sessions may be left: no session, no process, no file, no memory. */
  async lookAtRemains(): Promise<void> {
    const { pid, folder } = this.#backend;
    const control = connectRjit(await this.#backend.port());
    await eventually('every session has ended', async () => (await control.client.status()).sessions === 0);
    control.close();
    await eventually('no worker is left but a spare', () => childrenOf(pid).length <= 1);
    for (const worker of childrenOf(pid)) this.#workers.add(worker);
    const growth = this.#residentAfter - this.#residentBefore;
    if (growth > ALLOWED_GROWTH) this.#problem(`the server's memory grew by ${growth} bytes`);
    this.#backend.child.kill('SIGTERM');
    const exit = await this.#backend.exited;
    if (exit.code !== 0) this.#problem(`the server ended with ${exit.signal ?? exit.code}`);
    for (const worker of this.#workers) {
      if (isRunning(worker)) this.#problem(`worker ${worker} outlived the server`);
    }
    const records = readdirSync('/dev/shm').filter((name) => name.startsWith(`rjit-worker-${pid}-`));
    const files = [...readdirSync(folder), ...records];
    if (files.length > 0) this.#problem(`files were left: ${files.join(', ')}`);
  }

  report(): SoakReport {
    return {
      good: this.#good,
      bad: this.#bad,
      residentBefore: this.#residentBefore,
      residentAfter: this.#residentAfter,
      problems: this.#problems,
    };
  }

  #resident(): number {
    return residentByteLength(this.#backend.pid) ?? 0;
  }

  #problem(text: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(text);
  }
}
