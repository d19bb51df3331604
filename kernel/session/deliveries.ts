import { mainThreadPlace } from './main-thread-place.ts';
import type { SideRequest } from './session-messages.ts';

interface DeliveriesOptions {
  /** Takes up a request; `isWithin` says that it does so in the middle of another cell's code. */
  readonly start: (request: SideRequest, isWithin: boolean) => void;
  /** Keep what is written back, and let it go: what starts meanwhile may be stopped at any place. */
  readonly hold: () => void;
  readonly release: () => void;
  /** Something must be finished first. */
  readonly isBlocked: () => boolean;
}

/**
 * What subshells ask for. The control thread brings it here through the inspector, wherever the main thread is, and
 * comes again until it has been taken up: by the event loop, or in the middle of a cell that keeps the thread busy.
 */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  /** In the order in which they came. */
  readonly #waiting: SideRequest[] = [];

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  take(request: SideRequest): void {
    this.#waiting.push(request);
  }

  /** Takes up the oldest request, if the moment is right. False when none is left. */
  attempt(): boolean {
    if (this.#waiting.length > 0 && !this.#options.isBlocked()) {
      const { place } = mainThreadPlace();
      if (place === 'user') this.#startWithin();
      // In a call of the control thread nothing can be interrupted, so it is not for code that needn't run in it.
      else if (place === 'event loop') setImmediate(() => this.#start(false));
    }
    return this.#waiting.length > 0;
  }

  #startWithin(): void {
    const { hold, release } = this.#options;
    hold();
    this.#start(true);
    release();
  }

  #start(isWithin: boolean): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#options.start(next, isWithin);
  }
}
