/** Many cells in one session of the real kernel, with heartbeats and clients that come and go: nothing may grow. */
import { readdirSync } from 'node:fs';
import { residentByteLength } from '../../backend/service/memory-watch.ts';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { Message } from '../../kernel/jupyter/messages.ts';
import type { FakeFrontEnd } from '../support/fake-front-end.ts';
import { seededRandom } from '../support/random.ts';
import { connectFrontEnd, rjitKernelspec, runCell } from '../support/rjit-kernel.ts';
import { type SoakCell, soakCell } from './soak-cells.ts';

export interface KernelSoakOptions {
  readonly cells: number;
  readonly seed: number;
  progress(done: number): void;
}

/** What a process has of the machine. */
export interface Footprint {
  readonly residentBytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

export interface ProcessGrowth {
  readonly process: string;
  /** After a fifth of the cells. */
  readonly before: Footprint;
  readonly after: Footprint;
}

export interface KernelSoakReport {
  readonly cellsByKind: ReadonlyMap<string, number>;
  readonly heartbeats: number;
  readonly reconnects: number;
  readonly questions: number;
  readonly growth: readonly ProcessGrowth[];
  readonly problems: readonly string[];
}

/** With 10,000 cells, those of a day at one in three seconds. */
const HEARTBEATS_PER_CELL = 2.88;
const CELLS_PER_CLIENT = 25;
const QUESTION_IN = 10;
const WARM_UP = 0.2;
/** Texts of cells and their results are kept for the user: In and Out. The rest is what the allocator keeps. */
const ALLOWED_GROWTH_BYTES = 96 * 2 ** 20;
const ALLOWED_BYTES_PER_CELL = 8 * 2 ** 10;
/** A thread or a connection may come later than the first measurement. */
const ALLOWED_HANDLES = 8;
const PROGRESS_STEPS = 10;

export async function runKernelSoak(options: KernelSoakOptions): Promise<KernelSoakReport> {
  const kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
  try {
    const pulse = await connectFrontEnd(kernel);
    try {
      return await new KernelSoak(kernel, pulse, options).run();
    } finally {
      pulse.close();
    }
  } finally {
    await kernel.kill();
  }
}

class KernelSoak {
  readonly #kernel: KernelClient;
  /** Its heartbeats are counted; what else it gets stays unread, as with a front end that hangs. */
  readonly #pulse: FakeFrontEnd;
  readonly #options: KernelSoakOptions;
  readonly #random: () => number;
  readonly #cellsByKind = new Map<string, number>();
  readonly #problems: string[] = [];
  #heartbeats = 0;
  #reconnects = 0;
  #questions = 0;

  constructor(kernel: KernelClient, pulse: FakeFrontEnd, options: KernelSoakOptions) {
    this.#kernel = kernel;
    this.#pulse = pulse;
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  async run(): Promise<KernelSoakReport> {
    const { cells, progress } = this.#options;
    const pids = await this.#pids();
    let before = pids.map(footprintOf);
    for (let n = 0; n < cells; n++) {
      await this.#runCell(soakCell(n, this.#random()));
      if (this.#random() < 1 / QUESTION_IN) await this.#ask(n);
      if (n % CELLS_PER_CLIENT === 0) await this.#comeAndGo();
      if (n === Math.floor(cells * WARM_UP)) before = pids.map(footprintOf);
      if (n % Math.ceil(cells / PROGRESS_STEPS) === 0) progress(n);
    }
    const growth = ['kernel', 'session'].map((process, index) => ({
      process,
      before: before[index] ?? footprintOf(0),
      after: footprintOf(pids[index] ?? 0),
    }));
    for (const each of growth) this.#judge(each);
    if ((await this.#pids())[1] !== pids[1]) this.#problems.push('the session was replaced');
    return {
      cellsByKind: this.#cellsByKind,
      heartbeats: this.#heartbeats,
      reconnects: this.#reconnects,
      questions: this.#questions,
      growth,
      problems: this.#problems,
    };
  }

  /** Of the kernel process and of the session. */
  async #pids(): Promise<readonly number[]> {
    const { outputs } = await runCell(this.#kernel, 'process.pid');
    return [this.#kernel.pid ?? 0, Number(outputs[0]?.replace('execute_result: ', ''))];
  }

  async #runCell({ kind, code, status, answer }: SoakCell): Promise<void> {
    this.#cellsByKind.set(kind, (this.#cellsByKind.get(kind) ?? 0) + 1);
    let found: unknown;
    const onMessage = ({ header: { messageType }, content }: Message): void => {
      if (messageType === 'error') found = content.evalue;
      const { data } = content;
      if (messageType === 'execute_result' && typeof data === 'object' && data !== null)
        found = Object.values(data)[0];
    };
    const reply = await this.#kernel.execute({ code, onMessage });
    if (reply.status !== status || (answer !== undefined && found !== answer)) {
      this.#problems.push(`${kind}: ${JSON.stringify(code)} gave ${reply.status}, ${String(found)}`);
    }
  }

  async #ask(n: number): Promise<void> {
    this.#questions += 1;
    const code = `name${n % 7}`;
    const types = ['complete_request', 'inspect_request', 'is_complete_request'] as const;
    const content = { code, cursor_pos: code.length, detail_level: 0 };
    const reply = await this.#kernel.request('shell', types[n % types.length] ?? types[0], content);
    if (reply.status === 'error') this.#problems.push(`a question failed: ${JSON.stringify(reply)}`);
  }

  /** A client that joins, asks and goes, and a share of the heartbeats. */
  async #comeAndGo(): Promise<void> {
    this.#reconnects += 1;
    const client = await KernelClient.connect(this.#kernel.connection);
    const reply = await client.request('control', 'kernel_info_request');
    if (reply.status !== 'ok') this.#problems.push(`kernel_info failed: ${JSON.stringify(reply)}`);
    client.close();
    for (let beat = 0; beat < HEARTBEATS_PER_CELL * CELLS_PER_CLIENT; beat++) {
      const payload = `${this.#reconnects}-${beat}`;
      this.#heartbeats += 1;
      if ((await this.#pulse.heartbeat(payload)) !== payload)
        this.#problems.push('a heartbeat was not echoed');
    }
  }

  #judge({ process, before, after }: ProcessGrowth): void {
    const allowed = ALLOWED_GROWTH_BYTES + ALLOWED_BYTES_PER_CELL * this.#options.cells;
    const grown = after.residentBytes - before.residentBytes;
    if (grown > allowed) this.#problems.push(`the memory of the ${process} grew by ${grown} bytes`);
    for (const what of ['descriptors', 'threads'] as const) {
      if (after[what] > before[what] + ALLOWED_HANDLES) {
        this.#problems.push(`the ${what} of the ${process} grew from ${before[what]} to ${after[what]}`);
      }
    }
  }
}

function footprintOf(pid: number): Footprint {
  return {
    residentBytes: residentByteLength(pid) ?? 0,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
  };
}
