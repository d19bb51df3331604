import { AsyncLocalStorage } from 'node:async_hooks';
import type { CellId } from './execution.ts';
import type { JsonObject } from './json.ts';

/** One execution of one cell; everything asynchronous that the cell starts still knows it. */
export interface CellRun {
  readonly cellId: CellId;
  /** How the cell is named in stack traces, e.g. `In[4]`. */
  readonly fileName: string;
  readonly allowStdin: boolean;
  /** What is to be done in the front end besides showing output: a page, the next cell's text. */
  readonly payload: JsonObject[];
  /** Set for good by an interrupt: code of this run that waits for something never goes on. */
  interrupted: boolean;
  /** When the interrupt was first tried, by `performance.now()`. */
  interruptedSince?: number;
  /** The stack where the interrupt found the run. */
  interruptedAt?: string | undefined;
  /** How often the run has been told so by an exception. */
  interruptsThrown: number;
}

export const currentRun = new AsyncLocalStorage<CellRun>();

export function newRun(cellId: CellId, fileName: string, allowStdin: boolean): CellRun {
  return { cellId, fileName, allowStdin, payload: [], interrupted: false, interruptsThrown: 0 };
}

/** What an `await` of an interrupted cell throws, so that the cell's `finally` blocks run. */
export class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';

  constructor() {
    super('the cell was interrupted');
  }
}

/** A cell that catches the exception so often and goes on is terminated. */
const MAX_INTERRUPTS_THROWN = 1000;

/**
 * Every `await` in a cell passes its value through the function that this returns. `terminate` ends the code that
 * calls it and can't be caught.
 */
export function resumption(terminate: () => void): (value: unknown) => unknown {
  return (value) => {
    const run = currentRun.getStore();
    if (run?.interrupted !== true) return value;
    run.interruptsThrown += 1;
    if (run.interruptsThrown > MAX_INTERRUPTS_THROWN) terminate();
    throw new KeyboardInterrupt();
  };
}
