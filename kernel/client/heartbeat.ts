const INTERVAL_MS = 1000;
const PINGS_PER_TIMEOUT = 4;

/** Pings a kernel; `onLost` is called once when it has not answered for `timeoutMs`. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #lastAnswer = performance.now();

  constructor(options: {
    readonly ping: () => void;
    readonly timeoutMs: number;
    readonly onLost: (silentMs: number) => void;
  }) {
    const intervalMs = Math.min(INTERVAL_MS, options.timeoutMs / PINGS_PER_TIMEOUT);
    let tickedAt = performance.now();
    this.#timer = setInterval(() => {
      // This process was too busy to listen: what came meanwhile is still to be read.
      if (performance.now() - tickedAt > 2 * intervalMs) this.answered();
      tickedAt = performance.now();
      const silentMs = this.silentMs;
      if (silentMs < options.timeoutMs) return options.ping();
      this.stop();
      options.onLost(silentMs);
    }, intervalMs).unref();
    options.ping();
  }

  /** How long the kernel has not answered; up to a second is usual. */
  get silentMs(): number {
    return performance.now() - this.#lastAnswer;
  }

  answered(): void {
    this.#lastAnswer = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
