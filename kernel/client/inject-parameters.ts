/** papermill's way to give a notebook other parameters: a cell of its own behind the one that holds the defaults. */
import { randomBytes } from 'node:crypto';
import { type Cell, type Notebook, tagsOf } from './notebook.ts';
import { injectedCode, type Parameters } from './parameters.ts';

const TAG = 'injected-parameters';

/**
 * Inserts a cell tagged `injected-parameters`; one that an earlier run has inserted is replaced.
 * @param language As the kernel's `language_info` names it.
 * @throws {ParameterError} for a language in which nothing can be assigned
 */
export function injectParameters(notebook: Notebook, parameters: Parameters, language: string): Notebook {
  if (Object.keys(parameters).length === 0) return notebook;
  const cells = notebook.cells.filter((cell) => !tagsOf(cell).includes(TAG));
  const { after, code } = injectedCode({ ...notebook, cells }, parameters, language);
  const injected: Cell = {
    cellType: 'code',
    source: code,
    metadata: { tags: [TAG] },
    // nbformat 4.5: a cell has an id, before it has none.
    rest: notebook.nbformatMinor >= 5 ? { id: randomBytes(4).toString('hex') } : {},
    executionCount: null,
    outputs: [],
  };
  return { ...notebook, cells: cells.toSpliced(after + 1, 0, injected) };
}
