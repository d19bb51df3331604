/** Ends the execution of a cell from inside when an interrupt has ended its code. */
export class Terminated extends Error {
  override readonly name = 'Terminated';
}

/** How long code may run in the middle of another cell's: until it returns, neither can be interrupted. */
export const WITHIN_MS = 1000;

/** Code has run for too long where it could not be interrupted. */
export class TimeWithinExceeded extends Error {
  override readonly name = 'TimeoutError';

  constructor() {
    super(
      `stopped after ${WITHIN_MS} ms: another cell keeps the thread busy, and what runs in the middle of it can't be interrupted; run it again when that cell is done`,
    );
  }
}

interface CellProblem {
  /** How the error is called for the user; `SyntaxError` by default. */
  readonly name?: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a cell before it runs, from our parser, the magics or V8. Line and column are 1-based. */
export class CellNotParsed extends Error {
  readonly line: number;
  readonly column: number;

  constructor({ name = 'SyntaxError', message, line, column }: CellProblem) {
    super(message);
    this.name = name;
    this.line = line;
    this.column = column;
  }
}
