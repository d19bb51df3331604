/** Runs a notebook's cells in a kernel and puts their outputs into it. */
import type { JsonObject } from '../jupyter/messages.ts';
import { deferred } from './deferred.ts';
import {
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelTimeoutError,
} from './kernel-connection.ts';
import { type Cell, type CodeCell, type Notebook, tagsOf } from './notebook.ts';
import { Displays, OutputArea } from './output-area.ts';

/** After an interrupt for its time-out, a cell has this long to end before the kernel is given up. */
const INTERRUPT_GRACE_MS = 5000;

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type CellOutcome =
  | { readonly status: 'ok' }
  /** Not run: a text cell, an empty one, or one tagged `skip-execution`. */
  | { readonly status: 'skipped' }
  /** `expected`: the cell is tagged `raises-exception`. */
  | { readonly status: 'error'; readonly error: CellError; readonly expected: boolean }
  | { readonly status: 'timeout'; readonly error: CellError }
  | { readonly status: 'died'; readonly error: CellError };

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
    const outcome = await runCell(cell, area, options);
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

async function runCell(
  cell: CodeCell,
  area: OutputArea,
  options: ExecuteNotebookOptions,
): Promise<CellOutcome> {
  const { kernel, allowErrors = false, timeoutMs } = options;
  const expected = tagsOf(cell).includes('raises-exception');
  const { id } = cell.rest;
  const execution = kernel.execute({
    code: cell.source,
    stopOnError: !allowErrors && !expected,
    metadata: typeof id === 'string' ? { cellId: id } : {},
    onMessage: (message) => area.apply(message),
  });
  const interrupt = () => void kernel.interrupt().catch(() => {});
  options.signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const reply =
      timeoutMs === undefined ? await execution : await beforeTimeout(execution, timeoutMs, kernel);
    return reply === 'timeout' ? timedOut(timeoutMs ?? 0) : outcomeOf(reply, expected);
  } catch (error) {
    if (error instanceof KernelDiedError) return { status: 'died', error: toCellError('KernelDied', error) };
    if (error instanceof KernelTimeoutError)
      return { status: 'died', error: toCellError('KernelHung', error) };
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
  }
}

/** Interrupts the cell when its time is over; gives the kernel up when that doesn't help. */
async function beforeTimeout(
  execution: Promise<ExecuteReply>,
  timeoutMs: number,
  kernel: KernelConnection,
): Promise<ExecuteReply | 'timeout'> {
  if ((await within(execution, timeoutMs)) !== 'timeout') return execution;
  await within(kernel.interrupt(), INTERRUPT_GRACE_MS);
  if ((await within(execution, INTERRUPT_GRACE_MS)) !== 'timeout') return 'timeout';
  await kernel.kill();
  throw new KernelTimeoutError(
    `the cell did not end within ${timeoutMs} ms, nor within ${INTERRUPT_GRACE_MS} ms of an interrupt`,
  );
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | 'timeout'> {
  const expired = deferred<'timeout'>();
  const timer = setTimeout(() => expired.resolve('timeout'), timeoutMs);
  try {
    return await Promise.race([promise, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(reply: ExecuteReply, expected: boolean): CellOutcome {
  if (reply.status === 'ok') return { status: 'ok' };
  const { ename, evalue, traceback } = reply;
  const error =
    reply.status === 'aborted'
      ? { ename: 'Aborted', evalue: 'the cell was aborted', traceback }
      : { ename, evalue, traceback };
  return { status: 'error', error, expected };
}

function timedOut(timeoutMs: number): CellOutcome {
  const evalue = `the cell did not end within ${timeoutMs} ms and was interrupted`;
  return {
    status: 'timeout',
    error: { ename: 'CellTimeout', evalue, traceback: [`CellTimeout: ${evalue}`] },
  };
}

function toCellError(ename: string, { message }: Error): CellError {
  return { ename, evalue: message, traceback: [`${ename}: ${message}`] };
}
