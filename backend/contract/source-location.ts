/**
 * A place in the sources of a module, as the i32 that compiled code passes to `rjit_raise`: the line in the low 20
 * bits, above it the index of the file in `options["files"]`. A module of one file just passes the line.
 */
export interface SourceLocation {
  /** Index of the file. */
  readonly file: number;
  /** 1-based; 0 where it is not known. */
  readonly line: number;
}

const LINE_BITS = 20;
const LINE_MASK = (1 << LINE_BITS) - 1;

export function packLocation({ file, line }: SourceLocation): number {
  return (file << LINE_BITS) | Math.min(line, LINE_MASK);
}

export function unpackLocation(packed: number): SourceLocation {
  return { file: packed >>> LINE_BITS, line: packed & LINE_MASK };
}
