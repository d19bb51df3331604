/** `--update`: what a cell gives now is what it should give from now on. */
import type { CodeCell, Notebook, NotebookOutput } from '../notebook.ts';
import type { TestedCell, TestedNotebook } from './verdict.ts';

/**
 * Replaces the outputs that differ, and gives cells that were never run theirs; all else stays byte for byte, so that
 * the change shows what changed. Cells that raise what they should not, or don't what they should, still fail.
 */
export function updateNotebook(
  notebook: Notebook,
  tested: TestedNotebook,
): { readonly notebook: Notebook; readonly tested: TestedNotebook } {
  const cells = tested.cells.map(updateCell);
  const updated = new Map(cells.filter((cell) => cell.updated).map(({ index, cell }) => [index, cell]));
  if (updated.size === 0) return { notebook, tested };
  return {
    notebook: { ...notebook, cells: notebook.cells.map((cell, index) => updated.get(index) ?? cell) },
    tested: { ...tested, cells },
  };
}

function updateCell(tested: TestedCell): TestedCell {
  const { cell, executed, verdict } = tested;
  const isOutdated =
    verdict.status === 'failed' &&
    (verdict.failure.kind === 'outputs' || verdict.failure.kind === 'never-run');
  const isNew =
    verdict.status === 'passed' && cell.executionCount === null && executed.executionCount !== null;
  if (!isOutdated && !isNew) return tested;
  return { ...tested, cell: withOutputs(cell, executed), verdict: { status: 'passed' }, updated: true };
}

/** A cell that was run before keeps its count: it says nothing about the output. */
function withOutputs(cell: CodeCell, executed: CodeCell): CodeCell {
  const executionCount = cell.executionCount ?? executed.executionCount;
  const outputs = executed.outputs.map(
    (output): NotebookOutput =>
      output.outputType === 'execute_result' ? { ...output, executionCount } : output,
  );
  return { ...cell, executionCount, outputs };
}
