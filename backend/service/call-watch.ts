import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type { Session } from './session.ts';

/** A worker in machine code can't watch the clock: the supervisor looks at every worker's record, this often. */
const pollsPerTimeout = 10;
const shortestPollMs = 5;
const longestPollMs = 250;

/** What a worker was at when it was last looked at, and since when. */
interface Seen {
  readonly key: string;
  readonly since: number;
}

export type WatchLimits = Pick<Limits, 'callTimeoutMs' | 'compileTimeoutMs'>;

/** Ends calls and compilations that take longer than allowed. */
export class CallWatch {
  readonly #limits: WatchLimits;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new WeakMap<Session, Seen>();

  constructor(limits: WatchLimits, sessions: () => Iterable<Session>, log: Log) {
    this.#limits = limits;
    this.#log = log;
    const shortestMs = Math.min(limits.callTimeoutMs ?? limits.compileTimeoutMs, limits.compileTimeoutMs);
    const pollMs = Math.min(longestPollMs, Math.max(shortestPollMs, shortestMs / pollsPerTimeout));
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const session of sessions()) this.#look(session, now);
    }, pollMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(session: Session, now: number): void {
    const { worker } = session;
    const doing = worker?.record.read();
    if (worker === undefined || doing === undefined || doing.state === 'idle') {
      this.#seen.delete(session);
      return;
    }
    const key = `${worker.pid} ${doing.state} ${doing.sequence} ${doing.requestId}`;
    const seen = this.#seen.get(session);
    if (seen?.key !== key) {
      this.#seen.set(session, { key, since: now });
      return;
    }
    const { callTimeoutMs = Number.POSITIVE_INFINITY, compileTimeoutMs } = this.#limits;
    if (now - seen.since < (doing.state === 'running' ? callTimeoutMs : compileTimeoutMs)) return;
    this.#seen.delete(session);
    if (doing.state === 'running') {
      const text = `${doing.functionName} ran longer than ${callTimeoutMs} ms`;
      this.#log('warn', 'call-timeout', text, { session: session.name });
      void session.cancel('timeout');
    } else {
      // LLVM can't be interrupted.
      const text = `killed: ${doing.functionName} took longer than ${compileTimeoutMs} ms`;
      this.#log('warn', 'compile-timeout', text, { session: session.name });
      worker.kill('SIGKILL', text);
    }
  }
}
