/** What a cell says about its own test, in nbval's words: comments on lines of their own, or tags. */
import { type CodeCell, tagsOf } from './notebook.ts';

export interface CellMarkers {
  /** False: the cell is run, its outputs may differ. */
  readonly checkOutput: boolean;
  /** True: the cell must end with an exception. */
  readonly raisesException: boolean;
  /** True: the cell is not run. */
  readonly skip: boolean;
}

const effects: Readonly<Record<string, Partial<CellMarkers>>> = {
  NBVAL_IGNORE_OUTPUT: { checkOutput: false },
  PYTEST_VALIDATE_IGNORE_OUTPUT: { checkOutput: false },
  NBVAL_CHECK_OUTPUT: { checkOutput: true },
  NBVAL_RAISES_EXCEPTION: { raisesException: true },
  NBVAL_SKIP: { skip: true },
};

/** Reads `# NBVAL_…` and `// NBVAL_…` comments and the tags `nbval-…`, `raises-exception`; comments win over tags. */
export function cellMarkers(cell: CodeCell): CellMarkers {
  const tags = tagsOf(cell).map((tag) =>
    tag === 'raises-exception' ? 'NBVAL_RAISES_EXCEPTION' : tag.toUpperCase().replaceAll('-', '_'),
  );
  const comments = cell.source
    .split('\n')
    .map((line) => /^\s*(?:#+|\/\/+)\s*([A-Z_]+)\s*$/.exec(line)?.[1] ?? '');
  const none: CellMarkers = { checkOutput: true, raisesException: false, skip: false };
  return Object.assign(none, ...[...tags, ...comments].map((name) => effects[name]));
}
