/** One line of history: the input and, where there was one, the text of its result. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  readonly output: string | undefined;
}

export interface HistorySearch {
  /** A glob: `*`, `?` and `[…]`. */
  readonly pattern: string;
  /** The newest so many; all when absent. */
  readonly count: number | undefined;
  /** Keeps only the newest of equal inputs. */
  readonly unique: boolean;
}

/** Where `history_request` looks. */
export interface History {
  append(line: number, input: string, output: string | undefined): void;
  /** The newest `count` of all sessions. */
  tail(count: number): Entries;
  /** Lines `start` up to but without `stop` of a session; 0 is the current one, -1 the one before it. */
  range(session: number, start: number, stop: number | undefined): Entries;
  search(search: HistorySearch): Entries;
  /** Keeps what has come so far. */
  close(): Promise<void>;
}

/** In the order in which they were made. */
type Entries = readonly HistoryEntry[] | Promise<readonly HistoryEntry[]>;
