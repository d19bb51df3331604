import type { Position, PositionMap } from '../language/position-map.ts';

interface CellSource {
  readonly source: string;
  readonly map: PositionMap | undefined;
}

/** Older cells are forgotten: frames in their code are still shown, without its text. */
const MAX_CELLS = 2000;

/** The text of the cells that code in the session comes from, and the way back to it from what ran. */
export class CellSources {
  readonly #cells = new Map<string, CellSource>();

  add(fileName: string, source: string, map: PositionMap | undefined): void {
    this.#cells.delete(fileName);
    this.#cells.set(fileName, { source, map });
    for (const oldest of this.#cells.keys()) {
      if (this.#cells.size <= MAX_CELLS) break;
      this.#cells.delete(oldest);
    }
  }

  /** Where in the cell a position of the running script is. */
  originalPosition(fileName: string, position: Position): Position {
    return this.mappedPosition(fileName, position) ?? position;
  }

  /** The same; undefined for code that isn't of the cell's text. */
  mappedPosition(fileName: string, position: Position): Position | undefined {
    const map = this.#cells.get(fileName)?.map;
    return map === undefined ? position : map(position);
  }

  /** On which line of its cell, from 0, the code begins that a magic runs for it: that of `In[3]/1` is in `In[3]`. */
  lineWithinCell(fileName: string): number {
    const code = this.#cells.get(fileName)?.source;
    const cell = this.#cells.get(fileName.replace(/\/.*$/u, ''))?.source;
    if (code === undefined || cell === undefined) return 0;
    return cell.slice(0, Math.max(0, cell.indexOf(code))).split('\n').length - 1;
  }

  lines(fileName: string): readonly string[] | undefined {
    return this.#cells.get(fileName)?.source.split('\n');
  }
}
