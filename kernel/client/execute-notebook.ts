/** Runs a notebook's cells in a kernel and puts their outputs into it. */
import type { JsonObject } from '../jupyter/messages.ts';
import { type CellOutcome, executeCell } from './execute-cell.ts';
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

export interface ExecuteNotebookOptions {
  readonly kernel: KernelConnection;
  /** Goes on behind a cell that fails. */
  readonly allowErrors?: boolean;
  /** For each cell; it is interrupted then. */
  readonly timeoutMs?: number;
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

/** Never rejects for what a cell does: that is its outcome. */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteNotebookOptions,
): Promise<NotebookRun> {
  const displays = new Displays();
  const areas = new Map<number, OutputArea>();
  const results: CellResult[] = [];
  let failure: CellResult | undefined;
  for (const [index, cell] of notebook.cells.entries()) {
    if (failure !== undefined || options.signal?.aborted) break;
    if (cell.cellType !== 'code' || isSkipped(cell)) {
      results.push({ index, cell, outcome: { status: 'skipped' }, durationMs: 0 });
      continue;
    }
    options.onCellStart?.(index, cell);
    const area = new OutputArea(displays);
    areas.set(index, area);
    const start = performance.now();
    const { kernel, allowErrors = false, timeoutMs, signal } = options;
    const outcome = await executeCell(cell, area, {
      kernel,
      stopOnError: !allowErrors,
      expectsError: tagsOf(cell).includes('raises-exception'),
      timeoutMs,
      signal,
    });
    const executed = withOutputs(cell, area);
    const result = { index, cell: executed, outcome, durationMs: performance.now() - start };
    results.push(result);
    options.onCellEnd?.(result);
    if (stopsRun(outcome, options.allowErrors ?? false)) failure = result;
  }
  // Only now: output may come late, and displays be updated by later cells.
  const cells = notebook.cells.map((cell, index) => {
    if (cell.cellType !== 'code' || isSkipped(cell)) return cell;
    return withOutputs(cell, areas.get(index) ?? new OutputArea());
  });
  return {
    notebook: { ...notebook, cells, metadata: withLanguage(notebook, options.kernel) },
    results,
    failure,
  };
}

function isSkipped(cell: CodeCell): boolean {
  return cell.source.trim() === '' || tagsOf(cell).includes('skip-execution');
}

function withOutputs(cell: CodeCell, area: OutputArea): CodeCell {
  return { ...cell, executionCount: area.executionCount, outputs: area.outputs };
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
      return !allowErrors;
    case 'died':
      return true;
  }
}
