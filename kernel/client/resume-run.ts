/**
 * Going on with a run that stopped before its end: its kernel was kept, and what the executed notebook says it has
 * done is not done again.
 */
import { isJsonObject, type JsonObject } from '../jupyter/messages.ts';
import { type Cell, type CodeCell, type Notebook, tagsOf } from './notebook.ts';

/** In the metadata of a notebook whose run has not come to its end. */
const KEY = 'rjit_run';

/** The notebook, saying which kernel its run goes on in. */
export function withOpenRun(notebook: Notebook, connectionFile: string): Notebook {
  const metadata = { ...notebook.metadata, [KEY]: { connection_file: connectionFile } };
  return { ...notebook, metadata };
}

export function withoutOpenRun(notebook: Notebook): Notebook {
  const { [KEY]: _, ...metadata } = notebook.metadata;
  return { ...notebook, metadata };
}

/** The connection file of the kernel that the run of this notebook was left in; undefined when it came to its end. */
export function kernelOfOpenRun({ metadata }: Notebook): string | undefined {
  const run = metadata[KEY];
  return isJsonObject(run) && typeof run.connection_file === 'string' ? run.connection_file : undefined;
}

export interface ResumedNotebook {
  /** The notebook's cells, those that are done with what they gave. */
  readonly notebook: Notebook;
  /** The first cell that is not done. */
  readonly firstCell: number;
}

/** Cells count as done up to the first that was changed since, failed, or did not end. */
export function resumeNotebook(notebook: Notebook, executed: Notebook): ResumedNotebook {
  const firstOpen = notebook.cells.findIndex((cell, index) => !isDone(cell, executed.cells[index]));
  const firstCell = firstOpen === -1 ? notebook.cells.length : firstOpen;
  const cells = [...executed.cells.slice(0, firstCell), ...notebook.cells.slice(firstCell)];
  return { notebook: { ...notebook, cells }, firstCell };
}

function isDone(cell: Cell, executed: Cell | undefined): boolean {
  if (executed?.cellType !== cell.cellType || executed.source !== cell.source) return false;
  if (executed.cellType !== 'code' || executed.source.trim() === '') return true;
  if (tagsOf(cell).includes('skip-execution')) return true;
  return hasEnded(executed.metadata) && !hasFailed(executed);
}

function hasEnded({ execution }: JsonObject): boolean {
  return isJsonObject(execution) && typeof execution['shell.execute_reply'] === 'string';
}

function hasFailed(cell: CodeCell): boolean {
  if (tagsOf(cell).includes('raises-exception')) return false;
  return cell.outputs.some(({ outputType }) => outputType === 'error');
}
