/** One line of the table: the same thing measured with us and with others. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'µs' | 'ratio' | 'MB';
  /** Lower is better everywhere. By subject, `rjit` first. */
  readonly results: ReadonlyMap<string, number | string>;
  /** What DESIGN calls the number to beat, in words. */
  readonly goal: string;
}

/** A group of rows, named on the command line: `npm run bench -- kernel`. */
export interface RowGroup {
  readonly name: string;
  readonly title: string;
  /** How it was measured, for the report. */
  readonly method: string;
  measure(options: MeasureOptions): Promise<readonly Row[]>;
}

export interface MeasureOptions {
  /** Says what is being measured; a run takes minutes. */
  readonly progress: (text: string) => void;
}
