import { availableParallelism } from 'node:os';

/**
 * How long to stay awake after a call. A program that calls in a loop is back in a few microseconds, while to wake a
 * process costs up to a hundred where idle processors sleep, as on virtual machines.
 */
const AWAKE_MS = 0.2;
/** After so many times in vain, no program calls in a loop, and it is tried now and then only. */
const MAX_MISSES = 4;
const RETRY_AFTER = 64;
/** Looks that are further apart: others need the processor, and whoever stays awake has to wait longest for it. */
const GAP_MS = 0.3;
const FIRST_REST_MS = 25;
const LONGEST_REST_MS = 1600;

/**
 * Keeps the event loop turning for a moment after each call, instead of letting the process sleep until the next. A
 * process without calls does nothing.
 */
export class Vigil {
  readonly #isPossible = availableParallelism() > 1;
  #isAwake = false;
  #until = 0;
  #lookedAt = 0;
  /** How often in a row the next call did not come in time. */
  #misses = 0;
  #restsUntil = 0;
  #restMs = FIRST_REST_MS;

  /** A call was answered. */
  begin(): void {
    if (!this.#isPossible) return;
    const now = performance.now();
    if (this.#isAwake) {
      this.#misses = 0;
    } else if (now < this.#restsUntil || !this.#isTried()) {
      return;
    } else {
      this.#isAwake = true;
      setImmediate(this.#look);
    }
    this.#until = now + AWAKE_MS;
    this.#lookedAt = now;
  }

  #isTried(): boolean {
    if (this.#misses < MAX_MISSES) return true;
    this.#misses += 1;
    if (this.#misses < MAX_MISSES + RETRY_AFTER) return false;
    this.#misses = MAX_MISSES;
    return true;
  }

  readonly #look = (): void => {
    const now = performance.now();
    if (now - this.#lookedAt > GAP_MS) {
      this.#isAwake = false;
      this.#restsUntil = now + this.#restMs;
      this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS);
    } else if (now < this.#until) {
      this.#lookedAt = now;
      setImmediate(this.#look);
    } else {
      this.#isAwake = false;
      this.#misses += 1;
    }
  };
}
