/** Tests a notebook file in a fresh kernel, again where asked to, and brings the file up to date where asked to. */
import { dirname, resolve } from 'node:path';
import type { JupyterServer } from '../jupyter-server.ts';
import { kernelNameOf, type Notebook } from '../notebook.ts';
import { startNotebookKernel } from '../notebook-kernel.ts';
import { readNotebook } from '../read-notebook.ts';
import { writeNotebook } from '../write-notebook.ts';
import { mergeAttempts } from './attempts.ts';
import { DEFAULT_DIFFERING_SHARE } from './pixels.ts';
import { readSanitizers } from './sanitizer.ts';
import { type TestNotebookOptions, testNotebook } from './test-notebook.ts';
import { updateNotebook } from './update-notebook.ts';
import { isFailed, type TestedNotebook } from './verdict.ts';

const DEFAULT_KERNEL = 'rjit';
/** nbval's. */
const DEFAULT_CELL_TIMEOUT_MS = 2_000_000;

export interface NotebookTestOptions
  extends Partial<
    Pick<
      TestNotebookOptions,
      'lax' | 'budgetMs' | 'maxOutputByteLength' | 'parameters' | 'onCellStart' | 'coverage' | 'signal'
    >
  > {
  readonly cellTimeoutMs?: number | undefined;
  /** Sanitizer files, in nbval's format. */
  readonly sanitizeWith?: readonly string[];
  /** `KEY=COMPARER`, such as `text/html=markup`. */
  readonly compare?: readonly string[];
  /** For numbers, of comparer `numbers`: relative to the expected one. */
  readonly rtol?: number;
  readonly atol?: number;
  /** For images, of comparer `pixels`: the share of pixels that may differ (0.001). */
  readonly pixelShare?: number;
  /** Instead of the notebook's kernelspec. */
  readonly kernelName?: string | undefined;
  readonly startupTimeoutMs?: number | undefined;
  /** Reaches the kernel through this Jupyter server. */
  readonly server?: JupyterServer | undefined;
  /** How often a notebook with failing cells is tested again: a cell that passes then is flaky, not broken. */
  readonly retries?: number;
  /** Writes outputs that differ into the notebook. */
  readonly update?: boolean;
}

/**
 * @throws {NotebookError} @throws {SanitizerError} @throws {ComparisonError} @throws {KernelspecNotFoundError}
 * @throws {KernelDiedError} @throws {KernelTimeoutError} The latter two when the kernel can't be started.
 */
export async function testNotebookFile(
  path: string,
  options: NotebookTestOptions = {},
): Promise<TestedNotebook> {
  const notebook = readNotebook(path);
  const settings: Omit<TestNotebookOptions, 'kernel'> = {
    lax: options.lax ?? false,
    sanitize: readSanitizers(options.sanitizeWith ?? []),
    comparisons: options.compare ?? [],
    tolerance: {
      rtol: options.rtol ?? 1e-9,
      atol: options.atol ?? 0,
      pixelShare: options.pixelShare ?? DEFAULT_DIFFERING_SHARE,
    },
    cellTimeoutMs: options.cellTimeoutMs ?? DEFAULT_CELL_TIMEOUT_MS,
    budgetMs: options.budgetMs,
    maxOutputByteLength: options.maxOutputByteLength,
    parameters: options.parameters,
    onCellStart: options.onCellStart,
    coverage: options.coverage,
    signal: options.signal,
  };
  const attempts = [await inFreshKernel(notebook, path, options, settings)];
  for (let retry = 0; retry < (options.retries ?? 0) && !options.signal?.aborted; retry++) {
    if (!mergeAttempts(attempts).cells.some(isFailed)) break;
    attempts.push(await inFreshKernel(notebook, path, options, settings));
  }
  const tested = mergeAttempts(attempts);
  if (options.update !== true) return tested;
  const updated = updateNotebook(notebook, tested);
  if (updated.notebook !== notebook) writeNotebook(updated.notebook, path);
  return updated.tested;
}

async function inFreshKernel(
  notebook: Notebook,
  path: string,
  options: NotebookTestOptions,
  settings: Omit<TestNotebookOptions, 'kernel'>,
): Promise<TestedNotebook> {
  const kernel = await startNotebookKernel({
    name: options.kernelName ?? kernelNameOf(notebook) ?? DEFAULT_KERNEL,
    cwd: dirname(resolve(path)),
    startupTimeoutMs: options.startupTimeoutMs,
    server: options.server,
    path: path.replaceAll('\\', '/'),
  });
  try {
    return await testNotebook(notebook, { ...settings, kernel });
  } finally {
    await kernel.shutdown();
  }
}
