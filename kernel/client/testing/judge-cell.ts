/** From what a cell did to its verdict: nbval's rules, in nbval's order. */
import type { CellMarkers, ExpectedException } from '../cell-markers.ts';
import { type CompareOptions, compareOutputs } from '../compare-outputs.ts';
import type { CellError, CellOutcome } from '../execute-cell.ts';
import type { CodeCell, NotebookOutput } from '../notebook.ts';
import type { CellFailure } from './verdict.ts';

export interface CellRun {
  readonly cell: CodeCell;
  readonly markers: CellMarkers;
  readonly outcome: CellOutcome;
  readonly outputs: readonly NotebookOutput[];
  readonly durationMs: number;
}

export interface Rules {
  readonly compare: CompareOptions;
  /** For cells without one of their own. */
  readonly budgetMs: number | undefined;
}

/** Undefined when the cell did what it should. */
export function failureOf(run: CellRun, rules: Rules): CellFailure | undefined {
  const { cell, markers, outcome } = run;
  if (markers.problems.length > 0) return { kind: 'markers', problems: markers.problems };
  const failure = exceptionFailure(outcome, markers);
  if (failure !== undefined) return failure;
  const neverRun = cell.executionCount === null;
  if (neverRun && cell.outputs.length > 0) return { kind: 'never-run' };
  if (markers.checkOutput && !neverRun) {
    const differences = compareOutputs(cell.outputs, run.outputs, rules.compare);
    if (differences.length > 0) return { kind: 'outputs', differences };
  }
  const budgetMs = markers.budgetMs ?? rules.budgetMs;
  if (budgetMs === undefined || run.durationMs <= budgetMs) return undefined;
  return { kind: 'too-slow', budgetMs, durationMs: run.durationMs };
}

function exceptionFailure(outcome: CellOutcome, markers: CellMarkers): CellFailure | undefined {
  const { raisesException, expectedException: expected } = markers;
  switch (outcome.status) {
    case 'timeout':
    case 'flooded':
    case 'lost':
    case 'died':
      return { kind: outcome.status, error: outcome.error };
    case 'ok':
    case 'skipped':
      return raisesException ? { kind: 'no-exception', expected } : undefined;
    case 'error': {
      const { error } = outcome;
      if (!raisesException) return { kind: 'exception', error };
      if (expected === undefined || isExpected(error, expected)) return undefined;
      return { kind: 'other-exception', expected, error };
    }
  }
}

function isExpected({ ename, evalue }: CellError, expected: ExpectedException): boolean {
  return ename === expected.ename && evalue.includes(expected.evalue ?? '');
}
