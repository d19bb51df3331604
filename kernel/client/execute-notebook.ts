/** Runs a notebook's cells in a kernel and puts their outputs into it. */
import type { JsonObject } from '../jupyter/messages.ts';
import { type CellOutcome, executeCell } from './execute-cell.ts';
import { ExecutionTimes } from './execution-times.ts';
import type { KernelConnection } from './kernel-connection.ts';
import { type Cell, type CodeCell, type Notebook, tagsOf } from './notebook.ts';
import { Displays, OutputArea } from './output-area.ts';

export interface CellResult {
  /** Position among all cells of the notebook, from 0. */
  readonly index: number;
  readonly cell: Cell;
  readonly outcome: CellOutcome;
  readonly durationMs: number;
}

export interface ExecuteCellsOptions {
  readonly kernel: KernelConnection;
  /** Goes on behind a cell that fails. */
  readonly allowErrors?: boolean;
  /** For each cell; it is interrupted then. */
  readonly timeoutMs?: number;
  /** For each cell; one that puts out more is interrupted (100 MB). */
  readonly maxOutputByteLength?: number | undefined;
  /** Writes into each cell's metadata when it ran, as JupyterLab does. */
  readonly recordTimes?: boolean;
  /** Cells before this one are left as they are (0). */
  readonly firstCell?: number;
  /** Is given a function that says what the notebook is at any time of the run. */
  readonly onStart?: (snapshot: () => Notebook) => void;
  readonly onCellStart?: (index: number, cell: CodeCell) => void;
  readonly onCellEnd?: (result: CellResult) => void;
  /** Stops the run behind the current cell, which is interrupted. */
  readonly signal?: AbortSignal;
}

export interface NotebookRun {
  /** With the outputs of the cells that ran; those behind a failing cell are cleared. */
  readonly notebook: Notebook;
  readonly results: readonly CellResult[];
  /** The cell that stopped the run. */
  readonly failure: CellResult | undefined;
}

interface CellInRun {
  readonly area: OutputArea;
  readonly times: ExecutionTimes;
}

/** Never rejects for what a cell does: that is its outcome. */
export async function executeCells(notebook: Notebook, options: ExecuteCellsOptions): Promise<NotebookRun> {
  const displays = new Displays();
  const cellsInRun = new Map<number, CellInRun>();
  const results: CellResult[] = [];
  let failure: CellResult | undefined;
  // Whole, again and again: output may come late, and displays be updated by later cells.
  const snapshot = () => withRun(notebook, cellsInRun, options);
  options.onStart?.(snapshot);
  for (const [index, cell] of notebook.cells.entries()) {
    if (failure !== undefined || options.signal?.aborted) break;
    if (cell.cellType !== 'code' || isSkipped(cell) || index < (options.firstCell ?? 0)) {
      results.push({ index, cell, outcome: { status: 'skipped' }, durationMs: 0 });
      continue;
    }
    options.onCellStart?.(index, cell);
    const inRun = {
      area: new OutputArea(displays, options.maxOutputByteLength),
      times: new ExecutionTimes(),
    };
    cellsInRun.set(index, inRun);
    const start = performance.now();
    const outcome = await runCell(cell, inRun, options);
    const executed = executedCell(cell, inRun, options);
    const result = { index, cell: executed, outcome, durationMs: performance.now() - start };
    results.push(result);
    options.onCellEnd?.(result);
    if (stopsRun(outcome, options.allowErrors ?? false)) failure = result;
  }
  return { notebook: snapshot(), results, failure };
}

async function runCell(
  cell: CodeCell,
  { area, times }: CellInRun,
  { kernel, allowErrors = false, timeoutMs, signal }: ExecuteCellsOptions,
): Promise<CellOutcome> {
  const outcome = await executeCell(cell, area, {
    kernel,
    stopOnError: !allowErrors,
    expectsError: tagsOf(cell).includes('raises-exception'),
    timeoutMs,
    signal,
    onMessage: (message) => times.apply(message),
  });
  times.replied();
  return outcome;
}

function withRun(
  notebook: Notebook,
  cellsInRun: ReadonlyMap<number, CellInRun>,
  options: ExecuteCellsOptions,
): Notebook {
  const cells = notebook.cells.map((cell, index) => {
    if (cell.cellType !== 'code' || isSkipped(cell) || index < (options.firstCell ?? 0)) return cell;
    const inRun = cellsInRun.get(index);
    return inRun === undefined
      ? { ...cell, executionCount: null, outputs: [] }
      : executedCell(cell, inRun, options);
  });
  return { ...notebook, cells, metadata: withLanguage(notebook, options.kernel) };
}

function executedCell(
  cell: CodeCell,
  { area, times }: CellInRun,
  { recordTimes = false }: ExecuteCellsOptions,
): CodeCell {
  const metadata = recordTimes ? times.addTo(cell.metadata) : cell.metadata;
  return { ...cell, metadata, executionCount: area.executionCount, outputs: area.outputs };
}

function isSkipped(cell: CodeCell): boolean {
  return cell.source.trim() === '' || tagsOf(cell).includes('skip-execution');
}

/** As front ends do, the notebook remembers the language of the kernel that ran it. */
function withLanguage(notebook: Notebook, kernel: KernelConnection): JsonObject {
  const language = kernel.info.language_info;
  return language === undefined ? notebook.metadata : { ...notebook.metadata, language_info: language };
}

function stopsRun(outcome: CellOutcome, allowErrors: boolean): boolean {
  switch (outcome.status) {
    case 'ok':
    case 'skipped':
      return false;
    case 'error':
      return !outcome.expected && !allowErrors;
    case 'timeout':
    case 'flooded':
    case 'lost':
      return !allowErrors;
    case 'died':
      return true;
  }
}
