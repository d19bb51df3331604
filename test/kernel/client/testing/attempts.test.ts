import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeAttempts } from '../../../../kernel/client/testing/attempts.ts';
import type { CellFailure, CellVerdict, TestedNotebook } from '../../../../kernel/client/testing/verdict.ts';
import { codeCell, notebookOf } from '../../../support/echo-notebooks.ts';

const failure: CellFailure = { kind: 'never-run' };
const verdicts: Readonly<Record<string, CellVerdict>> = {
  P: { status: 'passed' },
  F: { status: 'failed', failure },
  S: { status: 'skipped', reason: 'marked NBVAL_SKIP' },
};

/** One letter a cell. */
function attempt(letters: string): TestedNotebook {
  const cell = codeCell('1');
  const cells = [...letters].map((letter, index) => {
    const verdict = verdicts[letter] ?? { status: 'passed' };
    return { index, cell, executed: cell, verdict, durationMs: 1, warnings: [] };
  });
  return { cells, executed: notebookOf(cell), durationMs: 10 };
}

function merged(...attempts: readonly string[]): string {
  return mergeAttempts(attempts.map(attempt))
    .cells.map(({ verdict, failedBefore }) =>
      failedBefore === undefined ? verdict.status : `flaky ${verdict.status}`,
    )
    .join(', ');
}

const attempts = suite('attempts');

attempts('a cell that failed and then passed is flaky, one that failed always is broken', () => {
  assert.is(merged('PFFS', 'PPFS'), 'passed, flaky passed, failed, skipped');
});

attempts('so is one that passed and then failed', () => {
  assert.is(merged('FP', 'PF'), 'flaky passed, flaky passed');
});

attempts('what is known to be flaky stays so', () => {
  assert.is(merged('FF', 'PF', 'PP'), 'flaky passed, flaky passed');
});

attempts('their times add up', () => {
  assert.is(mergeAttempts([attempt('P'), attempt('P')]).durationMs, 20);
});

attempts.run();
