import type { CellExecutor } from './cell-executor.ts';
import { type CellRun, currentRun } from './cell-run.ts';
import { mainThreadPlace } from './main-thread-place.ts';
import type { OutputChannel } from './output-channel.ts';
import type { Termination } from './termination.ts';

/**
 * What one attempt came to: nothing runs; the cells are done as interrupted; the code that runs is being terminated, be
 * it that of the only cell or of one of several; or the thread is in code that must not be torn apart. Then the control
 * thread tries again: at once where the user's code is what called it, and after a moment where the kernel itself is
 * about to finish.
 */
export type InterruptAttempt = 'idle' | 'stopped' | 'terminating all' | 'terminating' | 'retry' | 'wait';

interface InterruptionOptions {
  readonly executor: CellExecutor;
  readonly channel: OutputChannel;
  readonly termination: Termination;
  /** Parts of the session are being loaded: a termination now would leave Node's loader waiting for ever. */
  readonly isLoading: () => boolean;
}

/** After this time any place is taken: the cell has to stop, even at the price of a library left half loaded. */
const PATIENCE_MS = 500;

/**
 * Stops what runs on this thread. The control thread calls {@link attempt} through the inspector, which runs it
 * wherever the thread is at that moment: on top of an endless loop's frames, or on an empty stack when the cell waits.
 */
export class Interruption {
  readonly #options: InterruptionOptions;

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  attempt(): InterruptAttempt {
    const { executor, channel, termination, isLoading } = this.#options;
    const runs = executor.activeRuns;
    const { place, stack } = mainThreadPlace();
    const isLate = runs.some(isOverdue);
    for (const run of runs) run.interrupted = true;
    // The cells wait, or have just been terminated.
    if (place === 'event loop') return executor.interrupted() ? 'stopped' : 'idle';
    if (channel.isFlushing) return 'retry';
    // What is loaded comes from other packages, too, whose frames look like the user's code.
    if (isLoading()) return runs.length === 0 ? 'idle' : 'wait';
    if (place !== 'user' && !isLate) {
      if (runs.length === 0) return 'idle';
      return place === 'below user' ? 'retry' : 'wait';
    }
    const run = runs.find((active) => active === currentRun.getStore()) ?? runs[0];
    if (run !== undefined) run.interruptedAt = stack();
    // Said before, for from here on nothing may be called.
    const attempt = runs.length === 1 ? 'terminating all' : 'terminating';
    termination.terminate();
    return attempt;
  }
}

/** An interrupt that has been tried for too long takes effect at any place. */
function isOverdue(run: CellRun): boolean {
  run.interruptedSince ??= performance.now();
  return performance.now() - run.interruptedSince > PATIENCE_MS;
}
