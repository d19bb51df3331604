/**
 * A place in the sources of a module. Compiled code knows its sources by their index in `options["files"]`, so that
 * equal code of another cell is the same code.
 */
export interface SourceLocation {
  /** Index of the file. */
  readonly file: number;
  /** 1-based; 0 where it is not known. */
  readonly line: number;
}

const LINE_BITS = 20;
const LINE_MASK = (1 << LINE_BITS) - 1;

/** As the i32 that is passed to `rjit_raise`: a module of one file just passes the line. */
export function packLocation({ file, line }: SourceLocation): number {
  return (file << LINE_BITS) | Math.min(line, LINE_MASK);
}

export function unpackLocation(packed: number): SourceLocation {
  return { file: packed >>> LINE_BITS, line: packed & LINE_MASK };
}

/** How line tables name a file by its index. */
export function fileLabel(index: number): string {
  return `#${index}`;
}

/** The file of a line table: one of `files`, or as another compiler has named it. */
export function labelledFile(label: string, files: readonly string[]): string | undefined {
  const [, index] = /^#(\d+)$/.exec(label) ?? [];
  return index === undefined ? label : files[Number(index)];
}

/** The text of a module whose files stand `by` places further on among those of the program it becomes part of. */
export function shiftFileLabels(ir: string, by: number): string {
  return ir.replace(/(?<=!DIFile\(filename: ")#(\d+)(?=")/g, (_, index: string) =>
    fileLabel(Number(index) + by),
  );
}
