import type { Position, PositionMap } from '../language/position-map.ts';

interface CellSource {
  readonly source: string;
  readonly map: PositionMap | undefined;
}

/** The text of every cell that code in the session may come from, and the way back to it from what ran. */
export class CellSources {
  readonly #cells = new Map<string, CellSource>();

  add(fileName: string, source: string, map: PositionMap | undefined): void {
    this.#cells.set(fileName, { source, map });
  }

  /** Where in the cell a position of the running script is. */
  originalPosition(fileName: string, position: Position): Position {
    return this.#cells.get(fileName)?.map?.(position) ?? position;
  }

  lines(fileName: string): readonly string[] | undefined {
    return this.#cells.get(fileName)?.source.split('\n');
  }
}
