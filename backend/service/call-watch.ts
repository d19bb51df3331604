import type { Log } from './log.ts';
import type { Session } from './session.ts';

/** A worker in machine code can't watch the clock: the supervisor looks at every worker's record, this often. */
const pollsPerTimeout = 10;
const shortestPollMs = 5;
const longestPollMs = 250;

interface SeenCall {
  readonly sequence: number;
  readonly since: number;
}

/** Cancels calls that run longer than allowed. */
export class CallWatch {
  readonly #timeoutMs: number;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new WeakMap<Session, SeenCall>();

  constructor(timeoutMs: number, sessions: () => Iterable<Session>, log: Log) {
    this.#timeoutMs = timeoutMs;
    this.#log = log;
    const pollMs = Math.min(longestPollMs, Math.max(shortestPollMs, timeoutMs / pollsPerTimeout));
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
    const call = session.worker?.record.read();
    const seen = this.#seen.get(session);
    if (call?.state !== 'running') {
      this.#seen.delete(session);
    } else if (seen?.sequence !== call.sequence) {
      this.#seen.set(session, { sequence: call.sequence, since: now });
    } else if (now - seen.since >= this.#timeoutMs) {
      this.#seen.delete(session);
      const message = `${call.functionName} ran longer than ${this.#timeoutMs} ms`;
      this.#log('warn', 'call-timeout', message, { session: session.name });
      void session.cancel('timeout');
    }
  }
}
