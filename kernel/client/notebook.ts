/** Notebooks, nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html */
import type { JsonObject, MimeBundle } from '../jupyter/messages.ts';

export type NotebookOutput =
  | { readonly outputType: 'stream'; readonly name: string; readonly text: string }
  | { readonly outputType: 'display_data'; readonly data: MimeBundle; readonly metadata: JsonObject }
  | {
      readonly outputType: 'execute_result';
      readonly data: MimeBundle;
      readonly metadata: JsonObject;
      readonly executionCount: number | null;
    }
  | {
      readonly outputType: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

interface CellFields {
  readonly source: string;
  readonly metadata: JsonObject;
  /** Fields that we don't interpret (`id`, `attachments`), kept as they are. */
  readonly rest: JsonObject;
}

export interface CodeCell extends CellFields {
  readonly cellType: 'code';
  readonly executionCount: number | null;
  readonly outputs: readonly NotebookOutput[];
}

export interface TextCell extends CellFields {
  readonly cellType: 'markdown' | 'raw';
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  readonly nbformatMinor: number;
  readonly metadata: JsonObject;
  readonly cells: readonly Cell[];
}

/** The cell's tags; empty when it has none. */
export function tagsOf(cell: Cell): readonly string[] {
  const { tags } = cell.metadata;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** The name of the kernelspec that the notebook was written for. */
export function kernelNameOf(notebook: Notebook): string | undefined {
  const { kernelspec } = notebook.metadata;
  if (typeof kernelspec !== 'object' || kernelspec === null || !('name' in kernelspec)) return undefined;
  return typeof kernelspec.name === 'string' ? kernelspec.name : undefined;
}
