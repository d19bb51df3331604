/** What a notebook's test says about each of its code cells. */
import type { ExpectedException } from '../cell-markers.ts';
import type { OutputDifference } from '../compare-outputs.ts';
import type { CellError } from '../execute-cell.ts';
import type { CodeCell, Notebook } from '../notebook.ts';
import type { NotebookCoverage } from './coverage/notebook-coverage.ts';

export type CellFailure =
  | { readonly kind: 'exception'; readonly error: CellError }
  | { readonly kind: 'no-exception'; readonly expected: ExpectedException | undefined }
  | { readonly kind: 'other-exception'; readonly expected: ExpectedException; readonly error: CellError }
  | { readonly kind: 'timeout' | 'flooded' | 'lost'; readonly error: CellError }
  /** The kernel ended, in this cell or before it. */
  | { readonly kind: 'died'; readonly error: CellError }
  | { readonly kind: 'outputs'; readonly differences: readonly OutputDifference[] }
  /** The notebook has outputs for a cell that it says was never run. */
  | { readonly kind: 'never-run' }
  | { readonly kind: 'too-slow'; readonly budgetMs: number; readonly durationMs: number }
  | { readonly kind: 'markers'; readonly problems: readonly string[] };

export type CellVerdict =
  | { readonly status: 'passed' }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'failed'; readonly failure: CellFailure }
  /** Fails as was to be expected: an earlier cell ran out of time, and what it should have done is missing. */
  | { readonly status: 'xfailed'; readonly failure: CellFailure };

export interface TestedCell {
  /** Position among all cells of the notebook, from 0. */
  readonly index: number;
  /** As it is in the file. */
  readonly cell: CodeCell;
  /** With the outputs of this run. */
  readonly executed: CodeCell;
  readonly verdict: CellVerdict;
  readonly durationMs: number;
  readonly warnings: readonly string[];
  /** Present when the cell failed before, and passed when the notebook was tested again. */
  readonly failedBefore?: CellFailure;
  /** The file now holds the outputs of this run. */
  readonly updated?: true;
}

export interface TestedNotebook {
  readonly cells: readonly TestedCell[];
  /** The notebook with the outputs of this run; cells that were skipped have none. */
  readonly executed: Notebook;
  readonly durationMs: number;
  /** Present where it was asked for. */
  readonly coverage?: NotebookCoverage | 'unavailable';
}

export function isFailed({ verdict }: TestedCell): boolean {
  return verdict.status === 'failed';
}

/** What the cell is called: its place, and its first line that says something. */
export function cellTitle(index: number, cell: CodeCell): string {
  const lines = cell.source.split('\n').map((line) => line.trim());
  const code = lines.filter(
    (line) => line !== '' && !/^(?:#+|\/\/+)\s*(?:NBVAL_|PYTEST_VALIDATE_)/.test(line),
  );
  const characters = Array.from(code[0] ?? '');
  const short = characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : characters.join('');
  return short === '' ? `cell ${index + 1}` : `cell ${index + 1}: ${short}`;
}
