/** What the kernel asks of the history's thread. Both are of one version, and neither runs the user's code. */
import type { HistoryEntry, HistorySearch } from './history.ts';
import type { NewEntry } from './history-file.ts';

export type HistoryQuestion =
  | { readonly kind: 'tail'; readonly count: number }
  | {
      readonly kind: 'range';
      readonly session: number;
      readonly start: number;
      readonly stop: number | undefined;
    }
  | { readonly kind: 'search'; readonly search: HistorySearch }
  /** Nothing more than that all entries are kept. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'close' };

export interface HistoryCommand {
  readonly id: number;
  /** Kept first. */
  readonly entries: readonly NewEntry[];
  readonly question: HistoryQuestion;
}

export type HistoryAnswer =
  | { readonly id: number; readonly entries: readonly HistoryEntry[] }
  | { readonly id: number; readonly error: string };
