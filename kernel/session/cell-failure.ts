/** Ends the execution of a cell from inside when an interrupt has ended its code. */
export class Terminated extends Error {
  override readonly name = 'Terminated';
}

/** A syntax error with its place in the cell, from our parser, the magics or V8. Line and column are 1-based. */
export class CellNotParsed extends Error {
  override readonly name = 'CellNotParsed';
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}
