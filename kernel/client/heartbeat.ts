const INTERVAL_MS = 1000;

/** Pings a kernel; `onLost` is called once when it has not answered for `timeoutMs`. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #lastAnswer = performance.now();

  constructor(options: {
    readonly ping: () => void;
    readonly timeoutMs: number;
    readonly onLost: (silentMs: number) => void;
  }) {
    this.#timer = setInterval(() => {
      const silentMs = this.silentMs;
      if (silentMs < options.timeoutMs) return options.ping();
      this.stop();
      options.onLost(silentMs);
    }, INTERVAL_MS).unref();
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
