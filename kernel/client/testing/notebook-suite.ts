/** Notebooks in a project's own uvu suite: a suite for each notebook, a test for each of its code cells. */
import { suite } from 'uvu';
import { cellMarkers } from '../cell-markers.ts';
import { readNotebook } from '../read-notebook.ts';
import { coveredFiles, type MeasuredNotebook } from './coverage/covered-files.ts';
import { writeLcov } from './coverage/lcov.ts';
import { findNotebooks } from './find-notebooks.ts';
import { palette, wantsColour } from './palette.ts';
import { failureDetails, failureSummary } from './render-failure.ts';
import { type NotebookTestOptions, testNotebookFile } from './test-file.ts';
import { skipReason } from './test-notebook.ts';
import { cellTitle, type TestedNotebook } from './verdict.ts';

export type { NotebookTestOptions } from './test-file.ts';

export interface NotebookSuiteOptions extends NotebookTestOptions {
  /** Where to write which lines of the cells, and of the files that they import, have run, as LCOV. */
  readonly lcov?: string;
}

/** A cell that failed; uvu prints `details` below the message. */
export class NotebookCellError extends Error {
  override readonly name = 'NotebookCellError';
  readonly details: string;

  constructor(message: string, details: string) {
    super(message);
    this.details = details;
    // The stack would name places in this package; the message names the cell.
    this.stack = `${this.name}: ${message}`;
  }
}

/**
 * Registers tests for the notebooks that match; call it at the top of a test file. Each notebook runs once, in a kernel
 * of its own, when the first of its tests does. Cells marked to be skipped count as skipped.
 * @param patterns Paths, folders or globs, from the current folder.
 * @throws {NoNotebooksError} @throws {NotebookError}
 */
export function notebookSuite(
  patterns: string | readonly string[],
  { lcov, ...options }: NotebookSuiteOptions = {},
): void {
  const measured: MeasuredNotebook[] = [];
  const onTested = (path: string, { coverage }: TestedNotebook): void => {
    if (lcov === undefined || coverage === undefined || coverage === 'unavailable') return;
    measured.push({ path, coverage });
    writeLcov(lcov, coveredFiles(measured));
  };
  for (const path of findNotebooks(typeof patterns === 'string' ? [patterns] : patterns)) {
    registerNotebook(path, { ...options, coverage: lcov !== undefined || options.coverage }, onTested);
  }
}

function registerNotebook(
  path: string,
  options: NotebookTestOptions,
  onTested: (path: string, tested: TestedNotebook) => void,
): void {
  const test = suite(path);
  let started: Promise<TestedNotebook> | undefined;
  // Not in a hook: uvu swallows what a hook throws.
  const tested = () => {
    started ??= testNotebookFile(path, options).then((result) => {
      onTested(path, result);
      return result;
    });
    return started;
  };
  for (const [index, cell] of readNotebook(path).cells.entries()) {
    if (cell.cellType !== 'code') continue;
    const title = cellTitle(index, cell);
    if (skipReason(cell, cellMarkers(cell)) !== undefined) test.skip(title);
    else test(title, async () => check(await tested(), index));
  }
  test.run();
}

function check({ cells }: TestedNotebook, index: number): void {
  const verdict = cells.find((cell) => cell.index === index)?.verdict;
  if (verdict === undefined) throw new Error(`cell ${index + 1} has gone since the tests were registered`);
  if (verdict.status !== 'failed') return;
  const colours = palette(wantsColour(process.stdout));
  throw new NotebookCellError(failureSummary(verdict.failure), failureDetails(verdict.failure, colours));
}
