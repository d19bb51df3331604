import { stopRunningCall } from './cancellation.ts';
import type { Log } from './log.ts';
import type { WorkerProcess } from './worker-process.ts';

/** A worker in machine code can't watch the clock: the supervisor looks at the records of all, this often. */
const pollsPerTimeout = 10;
const shortestPollMs = 10;
const longestPollMs = 250;

/** Cancels calls that run longer than allowed. */
export class CallWatch {
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new Map<WorkerProcess, { readonly sequence: number; readonly since: number }>();

  constructor(timeoutMs: number, workers: () => Iterable<WorkerProcess>, log: Log) {
    const pollMs = Math.min(longestPollMs, Math.max(shortestPollMs, timeoutMs / pollsPerTimeout));
    this.#timer = setInterval(() => {
      const now = performance.now();
      const current = new Set(workers());
      for (const worker of this.#seen.keys()) if (!current.has(worker)) this.#seen.delete(worker);
      for (const worker of current) {
        const call = worker.record.read();
        if (call?.state !== 'running') {
          this.#seen.delete(worker);
          continue;
        }
        const seen = this.#seen.get(worker);
        if (seen?.sequence !== call.sequence) {
          this.#seen.set(worker, { sequence: call.sequence, since: now });
        } else if (now - seen.since >= timeoutMs) {
          this.#seen.delete(worker);
          log('warn', 'call-timeout', `${call.functionName} ran longer than ${timeoutMs} ms`, {
            pid: worker.pid,
          });
          void stopRunningCall(worker, 'timeout', log);
        }
      }
    }, pollMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
