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
 * process without calls does nothing, nor does one whose processor others want.
 */
export class Vigil {
  readonly #isPossible: boolean;
  #isTurning = false;
  /** 0 when it doesn't stay awake. */
  #until = 0;
  #lookedAt = 0;
  /** How often in a row the next call did not come in time. */
  #misses = 0;
  #restsUntil = 0;
  #restMs = FIRST_REST_MS;

  constructor(processors = availableParallelism()) {
    this.#isPossible = processors > 1;
  }

  get isAwake(): boolean {
    return this.#until !== 0;
  }

  /** A message has arrived. */
  arrived(): void {
    if (!this.isAwake || this.#isDisturbed(performance.now())) return;
    this.#misses = 0;
  }

  /** A call was answered. */
  answered(): void {
    if (!this.#isPossible) return;
    const now = performance.now();
    if (!this.isAwake && (now < this.#restsUntil || !this.#isTried())) return;
    this.#until = now + AWAKE_MS;
    this.#lookedAt = now;
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(this.#look);
  }

  #isTried(): boolean {
    if (this.#misses < MAX_MISSES) return true;
    this.#misses += 1;
    if (this.#misses < MAX_MISSES + RETRY_AFTER) return false;
    this.#misses = MAX_MISSES;
    return true;
  }

  /** Whether the process had to wait for a processor; it then leaves it to others for a while. */
  #isDisturbed(now: number): boolean {
    if (now - this.#lookedAt <= GAP_MS) return false;
    this.#until = 0;
    this.#restsUntil = now + this.#restMs;
    this.#restMs = Math.min(2 * this.#restMs, LONGEST_REST_MS);
    return true;
  }

  readonly #look = (): void => {
    const now = performance.now();
    if (this.isAwake && !this.#isDisturbed(now)) {
      this.#lookedAt = now;
      if (now < this.#until) {
        setImmediate(this.#look);
        return;
      }
      this.#until = 0;
      this.#misses += 1;
    }
    this.#isTurning = false;
  };
}
