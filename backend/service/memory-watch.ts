import { readFileSync } from 'node:fs';
import type { Log } from './log.ts';
import type { WorkerProcess } from './worker-process.ts';

const pollMs = 100;

/**
 * Ends workers that use more memory than a session may. The worker's own limit (backend/llvm/memory-limit.ts) lies
 * higher and only stops what allocates faster than this looks.
 */
export class MemoryWatch {
  readonly #limitByteLength: number;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;

  constructor(limitByteLength: number, workers: () => Iterable<WorkerProcess>, log: Log) {
    this.#limitByteLength = limitByteLength;
    this.#log = log;
    this.#timer = setInterval(() => {
      for (const worker of workers()) this.#look(worker);
    }, pollMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(worker: WorkerProcess): void {
    const used = residentByteLength(worker.pid);
    if (used === undefined || used <= this.#limitByteLength) return;
    const text = `out of memory: ${mebibytes(used)} MiB in use, ${mebibytes(this.#limitByteLength)} MiB allowed`;
    this.#log('warn', 'memory-limit', text, { pid: worker.pid });
    worker.kill('SIGKILL', text);
  }
}

/** What a process has in RAM, by /proc; undefined when it is gone. */
export function residentByteLength(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

function mebibytes(byteLength: number): number {
  return Math.round(byteLength / 2 ** 20);
}
