/** Runs a notebook's cells in a kernel and compares what they give with what the notebook holds. */

import { type CellMarkers, cellMarkers } from '../cell-markers.ts';
import type { CompareOptions } from '../compare-outputs.ts';
import { type CellOutcome, executeCell } from '../execute-cell.ts';
import type { KernelConnection } from '../kernel-connection.ts';
import { type CodeCell, type Notebook, tagsOf } from '../notebook.ts';
import { languageOf } from '../notebook-kernel.ts';
import { Displays, OutputArea } from '../output-area.ts';
import { type InjectedCode, injectedCode, ParameterError, type Parameters } from '../parameters.ts';
import type { Tolerance } from './comparers.ts';
import { ComparisonError, parseComparisons } from './comparison-settings.ts';
import { CoverageCollector, MEASURE } from './coverage/notebook-coverage.ts';
import { failureOf } from './judge-cell.ts';
import type { Sanitize } from './sanitizer.ts';
import type { CellFailure, CellVerdict, TestedCell, TestedNotebook } from './verdict.ts';

export interface TestNotebookOptions {
  readonly kernel: KernelConnection;
  /** Compares only the outputs of cells marked `NBVAL_CHECK_OUTPUT`. */
  readonly lax: boolean;
  readonly sanitize: Sanitize;
  /** `KEY=COMPARER`; a cell's own come on top. */
  readonly comparisons: readonly string[];
  readonly tolerance: Tolerance;
  readonly cellTimeoutMs: number;
  readonly budgetMs?: number | undefined;
  /** For each cell; one that puts out more is interrupted, and fails (100 MB). */
  readonly maxOutputByteLength?: number | undefined;
  /** Instead of the values in the notebook's cell tagged `parameters`. */
  readonly parameters?: Parameters | undefined;
  readonly onCellStart?: ((index: number, cell: CodeCell) => void) | undefined;
  /** Measures what of the cells, and of the local files that they import, has run; our kernel can. */
  readonly coverage?: boolean | undefined;
  /** Stops the test behind the current cell, which is interrupted. */
  readonly signal?: AbortSignal | undefined;
}

interface RunCell {
  readonly index: number;
  readonly cell: CodeCell;
  readonly markers: CellMarkers;
  readonly area: OutputArea;
  /** A text says why the cell was not run. */
  readonly outcome: CellOutcome | string;
  readonly durationMs: number;
}

/**
 * Cells are judged when all have run, for output may come late and displays be updated by later cells, and that is
 * what the notebook holds.
 * @throws {ComparisonError} for a comparison in `options` that can't be read
 * @throws {ParameterError} when the parameters can't be assigned
 */
export async function testNotebook(
  notebook: Notebook,
  options: TestNotebookOptions,
): Promise<TestedNotebook> {
  parseComparisons(options.comparisons, options.tolerance);
  const start = performance.now();
  const collector = options.coverage === true ? new CoverageCollector() : undefined;
  const runs = await runCells(notebook, options, collector);
  let timedOut = false;
  const cells = runs.map((run): TestedCell => {
    const { index, cell, area, markers, durationMs } = run;
    const verdict = verdictOf(run, timedOut, options);
    if (verdict.status === 'failed' && verdict.failure.kind === 'timeout') timedOut = true;
    const executed = { ...cell, executionCount: area.executionCount, outputs: area.outputs };
    return { index, cell, executed, verdict, durationMs, warnings: markers.warnings };
  });
  const executed = new Map(cells.map((tested) => [tested.index, tested.executed]));
  return {
    cells,
    executed: { ...notebook, cells: notebook.cells.map((cell, index) => executed.get(index) ?? cell) },
    durationMs: performance.now() - start,
    ...(collector && { coverage: collector.result }),
  };
}

async function runCells(
  notebook: Notebook,
  options: TestNotebookOptions,
  collector: CoverageCollector | undefined,
): Promise<readonly RunCell[]> {
  const displays = new Displays();
  const runs: RunCell[] = [];
  let diedIn: number | undefined;
  const injected = injectedInto(notebook, options);
  if (injected?.after === -1) await assignParameters(injected.code, options.kernel);
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cellType !== 'code') continue;
    const markers = cellMarkers(cell, { lax: options.lax });
    const area = new OutputArea(displays, options.maxOutputByteLength);
    const start = performance.now();
    const outcome =
      (options.signal?.aborted ? 'the test was interrupted' : skipReason(cell, markers)) ??
      (diedIn === undefined
        ? await runCell({ index, cell, markers, area }, options, collector)
        : afterDeath(diedIn));
    if (typeof outcome === 'object' && outcome.status === 'died') diedIn ??= index;
    runs.push({ index, cell, markers, area, outcome, durationMs: performance.now() - start });
    if (injected?.after === index && diedIn === undefined)
      await assignParameters(injected.code, options.kernel);
  }
  if (collector !== undefined && diedIn === undefined) await addLateCoverage(collector, options.kernel);
  return runs;
}

/** Of what the cells have left running. */
async function addLateCoverage(collector: CoverageCollector, kernel: KernelConnection): Promise<void> {
  const reply = await kernel.execute({ code: '', silent: true, storeHistory: false, metadata: MEASURE });
  collector.add(undefined, reply);
}

function injectedInto(
  notebook: Notebook,
  { parameters = {}, kernel }: TestNotebookOptions,
): InjectedCode | undefined {
  if (Object.keys(parameters).length === 0) return undefined;
  return injectedCode(notebook, parameters, languageOf(kernel));
}

/** Not counted: the cells keep the numbers that they have without parameters. */
async function assignParameters(code: string, kernel: KernelConnection): Promise<void> {
  const { status, ename, evalue } = await kernel.execute({ code, storeHistory: false });
  if (status !== 'ok')
    throw new ParameterError(`the parameters can't be assigned (${ename}: ${evalue}):\n${code}`);
}

/** Why the cell's author doesn't want it to run; undefined when it is to run. */
export function skipReason(cell: CodeCell, markers: CellMarkers): string | undefined {
  if (markers.skip) return 'marked NBVAL_SKIP';
  return tagsOf(cell).includes('skip-execution') ? 'tagged skip-execution' : undefined;
}

function runCell(
  { index, cell, markers, area }: Pick<RunCell, 'index' | 'cell' | 'markers' | 'area'>,
  options: TestNotebookOptions,
  collector: CoverageCollector | undefined,
): Promise<CellOutcome> {
  options.onCellStart?.(index, cell);
  return executeCell(cell, area, {
    kernel: options.kernel,
    // The cells behind a failing one are tested too.
    stopOnError: false,
    expectsError: markers.raisesException,
    timeoutMs: markers.timeoutMs ?? options.cellTimeoutMs,
    signal: options.signal,
    metadata: collector && MEASURE,
    onReply: collector && ((reply) => collector.add(index, reply)),
  });
}

function afterDeath(index: number): CellOutcome {
  const evalue = `not run: the kernel ended in cell ${index + 1}`;
  return { status: 'died', error: { ename: 'KernelDied', evalue, traceback: [evalue] } };
}

function verdictOf(run: RunCell, timedOut: boolean, options: TestNotebookOptions): CellVerdict {
  const { outcome } = run;
  if (typeof outcome === 'string') return { status: 'skipped', reason: outcome };
  const compare = compareOptions(run.markers, options);
  const failure: CellFailure | undefined =
    compare instanceof ComparisonError
      ? { kind: 'markers', problems: [compare.message] }
      : failureOf({ ...run, outcome, outputs: run.area.outputs }, { compare, budgetMs: options.budgetMs });
  if (failure === undefined) return { status: 'passed' };
  return { status: timedOut ? 'xfailed' : 'failed', failure };
}

function compareOptions(
  { comparisons }: Pick<CellMarkers, 'comparisons'>,
  options: TestNotebookOptions,
): CompareOptions | ComparisonError {
  try {
    const words = [...options.comparisons, ...comparisons];
    return { sanitize: options.sanitize, comparers: parseComparisons(words, options.tolerance) };
  } catch (error) {
    if (error instanceof ComparisonError) return error;
    throw error;
  }
}
