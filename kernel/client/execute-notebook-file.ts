/** For programs: `import { executeNotebook } from 'rjit-kernel/notebooks'` runs a notebook as `rjit run` does. */
import { dirname, resolve } from 'node:path';
import { type ExecuteCellsOptions, executeCells, type NotebookRun } from './execute-notebook.ts';
import { injectParameters } from './inject-parameters.ts';
import type { JupyterServer } from './jupyter-server.ts';
import { kernelNameOf, type Notebook } from './notebook.ts';
import { languageOf, startNotebookKernel } from './notebook-kernel.ts';
import type { Parameters } from './parameters.ts';
import { readNotebook } from './read-notebook.ts';
import { writeNotebook } from './write-notebook.ts';

export interface ExecuteNotebookOptions
  extends Omit<ExecuteCellsOptions, 'kernel' | 'firstCell' | 'onStart'> {
  /** Of the kernelspec; the notebook names one itself. */
  readonly kernelName?: string;
  /** Where the kernel runs: the notebook's folder. */
  readonly cwd?: string;
  readonly startupTimeoutMs?: number;
  /** Through this Jupyter server instead of a process of our own. */
  readonly server?: JupyterServer;
  /** Instead of the values in the notebook's cell tagged `parameters`. */
  readonly parameters?: Parameters;
  /** Where the executed notebook is written, also when a cell fails. */
  readonly output?: string;
}

/**
 * Runs a notebook's cells in a kernel of their own, which ends with them. What a cell does is its outcome, nothing that
 * is thrown: the cell that stopped the run is the result's `failure`.
 * @throws {NotebookError} @throws {ParameterError} @throws {KernelspecNotFoundError} @throws {JupyterServerError}
 * @throws {KernelDiedError} @throws {KernelTimeoutError} The latter two when the kernel can't be started.
 */
export async function executeNotebook(
  path: string,
  options: ExecuteNotebookOptions = {},
): Promise<NotebookRun> {
  const notebook = readNotebook(path);
  const kernel = await startKernel(path, notebook, options);
  try {
    const given = injectParameters(notebook, options.parameters ?? {}, languageOf(kernel));
    const run = await executeCells(given, { ...options, kernel });
    if (options.output !== undefined) writeNotebook(run.notebook, options.output);
    return run;
  } finally {
    await kernel.shutdown();
  }
}

function startKernel(path: string, notebook: Notebook, options: ExecuteNotebookOptions) {
  const { kernelName, cwd, startupTimeoutMs, server } = options;
  return startNotebookKernel({
    name: kernelName ?? kernelNameOf(notebook) ?? 'rjit',
    cwd: cwd ?? dirname(resolve(path)),
    startupTimeoutMs,
    server,
    path: path.replaceAll('\\', '/'),
  });
}
