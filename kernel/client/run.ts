/** `rjit run`: executes a notebook from the command line. */
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { type CellResult, executeNotebook, type NotebookRun } from './execute-notebook.ts';
import { KernelClient } from './kernel-client.ts';
import { KernelDiedError, KernelTimeoutError } from './kernel-connection.ts';
import { KernelspecNotFoundError } from './kernelspecs.ts';
import { type CodeCell, kernelNameOf, type Notebook } from './notebook.ts';
import { kernelspecFor } from './notebook-kernel.ts';
import { createProgress, duration } from './progress.ts';
import { NotebookError, readNotebook } from './read-notebook.ts';
import { errorText, renderCell, renderInput } from './render-output.ts';
import { writeNotebook } from './write-notebook.ts';

const usage = `usage: rjit run NOTEBOOK [-o OUT] [--allow-errors] [--timeout-ms N] [--kernel NAME] [--show]

Runs the cells of a notebook one after the other.

  -o, --output OUT   write the executed notebook to OUT (may be NOTEBOOK itself)
  --allow-errors     go on behind a cell that fails
  --timeout-ms N     interrupt a cell that takes longer than N milliseconds
  --kernel NAME      use this kernelspec instead of the notebook's
  --show             print each cell with its output

Exit status: 0 all cells ran, 1 a cell failed, 2 wrong usage, no such notebook or kernel, 130 interrupted.
`;

const options = {
  output: { type: 'string', short: 'o' },
  'allow-errors': { type: 'boolean' },
  'timeout-ms': { type: 'string' },
  kernel: { type: 'string' },
  show: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface RunArguments {
  readonly path: string;
  readonly output: string | undefined;
  readonly allowErrors: boolean;
  readonly timeoutMs: number | undefined;
  readonly kernel: string | undefined;
  readonly show: boolean;
}

/** Runs `rjit run ARGV`; returns the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    const args = parseArguments(argv);
    if (args === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    return await runNotebook(args);
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`rjit run: ${error.message}\n`);
    return 2;
  }
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function parseArguments(argv: readonly string[]): RunArguments | 'help' {
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help) return 'help';
  const [path, extra] = positionals;
  if (path === undefined) throw new UsageError(`no notebook given\n\n${usage}`);
  if (extra !== undefined) throw new UsageError(`one notebook at a time; found "${path}" and "${extra}"`);
  return {
    path,
    output: values.output,
    allowErrors: values['allow-errors'] ?? false,
    timeoutMs: parseTimeout(values['timeout-ms']),
    kernel: values.kernel,
    show: values.show ?? false,
  };
}

function parseTimeout(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeoutMs = Number(text);
  if (Number.isInteger(timeoutMs) && timeoutMs > 0) return timeoutMs;
  throw new UsageError(`--timeout-ms is "${text}"; expected a positive number of milliseconds`);
}

async function runNotebook(args: RunArguments): Promise<number> {
  const notebook = readNotebook(args.path);
  // Better known before the cells have run than after.
  if (args.output !== undefined) accessSync(dirname(resolve(args.output)), constants.W_OK);
  const kernelspec = kernelspecFor(args.kernel ?? kernelNameOf(notebook) ?? 'rjit');
  const abort = new AbortController();
  const onSignal = () => {
    // A second one means now; the end of this process takes the kernel along.
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const kernel = await KernelClient.launch({ kernelspec, cwd: dirname(resolve(args.path)) });
  try {
    const executed = await execute(notebook, kernel, args, abort.signal);
    if (args.output !== undefined) writeNotebook(executed.notebook, args.output);
    return report(executed, args, abort.signal.aborted);
  } finally {
    await kernel.shutdown();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function execute(
  notebook: Notebook,
  kernel: KernelClient,
  args: RunArguments,
  signal: AbortSignal,
): Promise<NotebookRun> {
  const cells = notebook.cells.filter((cell) => cell.cellType === 'code' && cell.source.trim() !== '');
  const progress = createProgress(process.stderr, cells.length);
  try {
    return await executeNotebook(notebook, {
      kernel,
      allowErrors: args.allowErrors,
      ...(args.timeoutMs === undefined ? {} : { timeoutMs: args.timeoutMs }),
      signal,
      onCellStart: (_index, cell) => progress.start(cell),
      onCellEnd: (result) => {
        progress.end(result);
        const { cell } = result;
        if (args.show && cell.cellType === 'code') progress.above(() => show(cell));
      },
    });
  } finally {
    progress.stop();
  }
}

function show(cell: CodeCell): void {
  process.stdout.write(`${renderCell(cell, { colour: hasColour(process.stdout) })}\n`);
}

function report(executed: NotebookRun, args: RunArguments, interrupted: boolean): number {
  const ran = executed.results.filter(({ outcome }) => outcome.status !== 'skipped');
  const failed = ran.filter(isFailed);
  const totalMs = ran.reduce((sum, { durationMs }) => sum + durationMs, 0);
  for (const result of failed) process.stderr.write(failureText(result));
  const failures = failed.length === 0 ? '' : `, ${failed.length} failed`;
  const written = args.output === undefined ? '' : `; written to ${args.output}`;
  process.stderr.write(`${args.path}: ${ran.length} cells in ${duration(totalMs)}${failures}${written}\n`);
  if (interrupted) return 130;
  return failed.length > 0 && !args.allowErrors ? 1 : 0;
}

function isFailed({ outcome }: CellResult): boolean {
  if (outcome.status === 'error') return !outcome.expected;
  return outcome.status === 'timeout' || outcome.status === 'died';
}

function failureText({ index, cell, outcome }: CellResult): string {
  if (cell.cellType !== 'code' || !('error' in outcome)) return '';
  const text = `\ncell ${index + 1} failed:\n${renderInput(cell)}\n${errorText(outcome.error)}\n`;
  return hasColour(process.stderr) ? text : stripVTControlCharacters(text);
}

function hasColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && stream.hasColors();
}

/** The message says it all: no stack. */
function isUserError(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof NotebookError) return true;
  if (error instanceof KernelspecNotFoundError) return true;
  if (error instanceof KernelDiedError || error instanceof KernelTimeoutError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
