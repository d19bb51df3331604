/** Ends the execution of a cell from inside when an interrupt has ended its code. */
export class Terminated extends Error {
  override readonly name = 'Terminated';
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
