import { isFailed, type TestedCell, type TestedNotebook } from './verdict.ts';

/** A cell is broken when it failed every time, flaky when it failed and passed. @param attempts At least one. */
export function mergeAttempts(attempts: readonly TestedNotebook[]): TestedNotebook {
  const [first, ...others] = attempts;
  if (first === undefined) throw new Error('no attempts to merge');
  return others.reduce(
    (merged, attempt) => ({
      ...attempt,
      cells: merged.cells.map((cell, place) => mergeCells(cell, attempt.cells[place] ?? cell)),
      durationMs: merged.durationMs + attempt.durationMs,
    }),
    first,
  );
}

function mergeCells(before: TestedCell, after: TestedCell): TestedCell {
  if (isFailed(before) && after.verdict.status === 'passed') return flaky(after, before);
  if (isFailed(after) && before.verdict.status === 'passed') return flaky(before, after);
  return before.failedBefore === undefined ? after : before;
}

function flaky(passed: TestedCell, { verdict }: TestedCell): TestedCell {
  return verdict.status === 'failed' ? { ...passed, failedBefore: verdict.failure } : passed;
}
