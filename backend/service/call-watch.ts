import type { Log } from './log.ts';
import type { Session } from './session.ts';

/** Somebody has to look from outside: a worker in machine code can't see the clock, nor that its client has gone. */
const pollMs = 100;
/** A call this long is worth a look at whether anybody still waits for it. */
const abandonedAfterMs = 300;

interface SeenCall {
  readonly sequence: number;
  readonly since: number;
}

/** Cancels calls that run longer than allowed, and those whose client has gone. */
export class CallWatch {
  readonly #timeoutMs: number | undefined;
  readonly #sessions: () => Iterable<Session>;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new WeakMap<Session, SeenCall>();

  /** @param timeoutMs undefined lets calls run as long as they like */
  constructor(timeoutMs: number | undefined, sessions: () => Iterable<Session>, log: Log) {
    this.#timeoutMs = timeoutMs;
    this.#sessions = sessions;
    this.#log = log;
    const intervalMs = timeoutMs === undefined ? pollMs : Math.min(pollMs, Math.max(5, timeoutMs / 5));
    this.#timer = setInterval(() => {
      const now = performance.now();
      for (const session of this.#sessions()) this.#look(session, now);
    }, intervalMs);
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
    } else if (this.#timeoutMs !== undefined && now - seen.since >= this.#timeoutMs) {
      this.#cancel(session, 'timeout', `${call.functionName} ran longer than ${this.#timeoutMs} ms`);
    } else if (now - seen.since >= abandonedAfterMs && session.isCallAbandoned()) {
      this.#cancel(session, 'cancelled', `nobody waits for ${call.functionName}: its client has gone`);
    }
  }

  #cancel(session: Session, reason: 'timeout' | 'cancelled', message: string): void {
    this.#seen.delete(session);
    this.#log('warn', `call-${reason}`, message, { session: session.name });
    void session.cancel(reason);
  }
}
