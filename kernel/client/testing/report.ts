/** `rjit test` on the terminal: a line for each notebook, then each failing cell with its difference. */
import { duration } from '../progress.ts';
import { renderInput } from '../render-output.ts';
import type { Palette } from './palette.ts';
import { failureDetails, failureSummary } from './render-failure.ts';
import { cellTitle, isFailed, type TestedCell, type TestedNotebook } from './verdict.ts';

const SOURCE_LINES = 12;

export type NotebookReport =
  | { readonly path: string; readonly tested: TestedNotebook }
  /** The notebook could not be tested at all. */
  | { readonly path: string; readonly error: Error };

/** `notebooks/demo.ipynb ✔✔✘ 3 cells, 1 failed, 1.2 s` */
export function notebookLine(report: NotebookReport, colours: Palette): string {
  if ('error' in report) return `${report.path} ${colours.red('could not be tested')}\n`;
  const { cells, durationMs } = report.tested;
  const marks = cells.map((cell) => cellMark(cell, colours)).join('');
  return `${report.path} ${marks} ${colours.dim(`${countText(cells)}, ${duration(durationMs)}`)}\n`;
}

function cellMark({ verdict, failedBefore, updated }: TestedCell, colours: Palette): string {
  if (updated) return colours.cyan('u');
  switch (verdict.status) {
    case 'passed':
      return failedBefore === undefined ? colours.green('✔') : colours.yellow('≈');
    case 'skipped':
      return colours.dim('-');
    case 'xfailed':
      return colours.yellow('x');
    case 'failed':
      return colours.red('✘');
  }
}

/** Warnings, flaky cells and failures of one notebook; empty when there is nothing to say. */
export function notebookDetails(report: NotebookReport, colours: Palette): string {
  const { path } = report;
  if ('error' in report)
    return `\n${colours.red('✘')} ${colours.bold(path)}\n${indent(report.error.message)}`;
  return report.tested.cells
    .map((cell) => {
      const name = `${path} ${cellTitle(cell.index, cell.cell)}`;
      const warnings = cell.warnings.map((text) => `\n${colours.yellow('!')} ${name}\n${indent(text)}`);
      return [...warnings, cellDetails(cell, name, colours)].join('');
    })
    .join('');
}

function cellDetails({ cell, verdict, failedBefore }: TestedCell, name: string, colours: Palette): string {
  if (verdict.status === 'failed') {
    const { failure } = verdict;
    const parts = [shownSource(renderInput(cell), colours), failureDetails(failure, colours)];
    return `\n${colours.red('✘')} ${colours.bold(name)}\n${indent(failureSummary(failure))}\n${indent(parts.join('\n'))}`;
  }
  if (failedBefore === undefined) return '';
  const text = `flaky: it passed when tested again; before, ${failureSummary(failedBefore)}`;
  return `\n${colours.yellow('≈')} ${colours.bold(name)}\n${indent(text)}${indent(failureDetails(failedBefore, colours))}`;
}

function shownSource(input: string, colours: Palette): string {
  const lines = input.split('\n');
  const shown = lines.slice(0, SOURCE_LINES);
  if (lines.length > SOURCE_LINES) shown.push(`… ${lines.length - SOURCE_LINES} more lines`);
  return shown.map((line) => `${colours.dim(line)}\n`).join('');
}

function indent(text: string): string {
  if (text === '') return '';
  return `${text.trimEnd().replaceAll(/^(?=.)/gm, '  ')}\n`;
}

/** The last line. */
export function summaryLine(
  reports: readonly NotebookReport[],
  durationMs: number,
  colours: Palette,
): string {
  const cells = reports.flatMap((report) => ('tested' in report ? report.tested.cells : []));
  const broken = reports.filter((report) => 'error' in report).length;
  const errors = broken === 0 ? '' : `, ${broken} could not be tested`;
  const failed = broken > 0 || cells.some(isFailed);
  const notebooks = `${reports.length} notebook${reports.length === 1 ? '' : 's'}${errors}`;
  const text = `${notebooks}; ${countText(cells)}; ${duration(durationMs)}`;
  return `\n${failed ? colours.red(text) : colours.green(text)}\n`;
}

function countText(cells: readonly TestedCell[]): string {
  const count = (label: string, test: (cell: TestedCell) => boolean) => {
    const number = cells.filter(test).length;
    return number === 0 ? [] : [`${number} ${label}`];
  };
  return [
    `${cells.length} cell${cells.length === 1 ? '' : 's'}`,
    ...count('failed', isFailed),
    ...count('flaky', ({ failedBefore }) => failedBefore !== undefined),
    ...count('updated', ({ updated }) => updated === true),
    ...count('skipped', ({ verdict }) => verdict.status === 'skipped'),
    ...count('expected to fail', ({ verdict }) => verdict.status === 'xfailed'),
  ].join(', ');
}
