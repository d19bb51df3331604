import { AsyncLocalStorage } from 'node:async_hooks';
import type { CellId } from './execution.ts';

/** One execution of one cell; everything asynchronous that the cell starts still knows it. */
export interface CellRun {
  readonly cellId: CellId;
  /** How the cell is named in stack traces, e.g. `In[4]`. */
  readonly fileName: string;
  readonly allowStdin: boolean;
  interrupted: boolean;
}

export const currentRun = new AsyncLocalStorage<CellRun>();
