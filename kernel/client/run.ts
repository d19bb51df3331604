/** `rjit run`: executes a notebook from the command line. */
import { accessSync, constants, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ConnectionFileError, readConnectionFile } from '../jupyter/connection-file.ts';
import { Afterwards } from './afterwards.ts';
import { Autosave } from './autosave.ts';
import { type CellResult, executeCells, type NotebookRun } from './execute-notebook.ts';
import { injectParameters } from './inject-parameters.ts';
import { JupyterServerError } from './jupyter-server.ts';
import { KernelClient } from './kernel-client.ts';
import { type KernelConnection, KernelDiedError, KernelTimeoutError } from './kernel-connection.ts';
import { CONNECTION_FOLDER_PREFIX } from './kernel-process.ts';
import { KernelspecNotFoundError } from './kernelspecs.ts';
import { type CodeCell, kernelNameOf, type Notebook } from './notebook.ts';
import { headless, kernelspecFor, languageOf, startNotebookKernel } from './notebook-kernel.ts';
import { ParameterError } from './parameters.ts';
import { createProgress, duration } from './progress.ts';
import { NotebookError, readNotebook } from './read-notebook.ts';
import { errorText, renderCell, renderInput } from './render-output.ts';
import { kernelOfOpenRun, resumeNotebook, withOpenRun, withoutOpenRun } from './resume-run.ts';
import { parseRunArguments, type RunArguments, RunUsageError, usage } from './run-arguments.ts';
import { ServerOptionError } from './server-option.ts';
import { writeNotebook } from './write-notebook.ts';

/** A kernel answers at once, or when it has been interrupted. */
const JOIN_TIMEOUT_MS = 10_000;

/** Runs `rjit run ARGV`; returns the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    const args = parseRunArguments(argv);
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

/** A kernel to run in. */
interface RunKernel {
  readonly kernel: KernelConnection;
  /** Present when another run may go on in this kernel. */
  readonly kept?: { readonly connectionFile: string; leave(): void };
  /** What an earlier run has made of the notebook in this kernel. */
  readonly executed?: Notebook;
}

async function runNotebook(args: RunArguments): Promise<number> {
  const notebook = readNotebook(args.path);
  // Better known before the cells have run than after.
  if (args.output !== undefined) accessSync(dirname(resolve(args.output)), constants.W_OK);
  // @jupyterlab/services logs each websocket and each status to standard output, where the cells are shown.
  if (args.server !== undefined) console.debug = console.warn = console.log = () => {};
  const abort = new AbortController();
  const onSignal = () => {
    // A second one means now; the end of this process takes the kernel along.
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const runKernel = args.resume ? await formerKernel(args) : await newKernel(notebook, args);
  let isLeft = false;
  try {
    const executed = await execute(notebook, runKernel, args, abort.signal);
    isLeft = runKernel.kept !== undefined && (executed.failure !== undefined || abort.signal.aborted);
    save(executed, runKernel, args, isLeft);
    return report(executed, args, abort.signal.aborted);
  } finally {
    if (isLeft) runKernel.kept?.leave();
    else await end(runKernel);
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function newKernel(notebook: Notebook, args: RunArguments): Promise<RunKernel> {
  const { startupTimeoutMs, server } = args;
  const name = args.kernel ?? kernelNameOf(notebook) ?? 'rjit';
  const cwd = args.cwd ?? dirname(resolve(args.path));
  if (!args.keepKernel) {
    const path = args.path.replaceAll('\\', '/');
    return { kernel: await startNotebookKernel({ name, cwd, startupTimeoutMs, server, path }) };
  }
  const timeout = startupTimeoutMs === undefined ? {} : { startupTimeoutMs };
  const kernel = await KernelClient.launch({
    kernelspec: kernelspecFor(name),
    cwd,
    outlives: true,
    env: headless(),
    ...timeout,
  });
  return { kernel, kept: keptKernel(kernel, kernel.connectionFile ?? '') };
}

async function formerKernel(args: RunArguments): Promise<RunKernel> {
  const executed = readNotebook(args.output ?? args.path);
  const connectionFile = kernelOfOpenRun(executed);
  if (connectionFile === undefined) {
    throw new RunUsageError(
      `${args.output} holds no run to go on with; one that was started with --keep-kernel leaves it there when it stops`,
    );
  }
  const kernel = await join(connectionFile, args.startupTimeoutMs ?? JOIN_TIMEOUT_MS);
  return { kernel, kept: keptKernel(kernel, connectionFile), executed };
}

function keptKernel(kernel: KernelClient, connectionFile: string) {
  return { connectionFile, leave: () => kernel.close() };
}

async function join(connectionFile: string, startupTimeoutMs: number): Promise<KernelClient> {
  try {
    return await KernelClient.connect(readConnectionFile(connectionFile), {
      startupTimeoutMs,
      // The cell in which the former run was killed is run again.
      interrupts: true,
    });
  } catch (error) {
    if (!(error instanceof ConnectionFileError || error instanceof KernelTimeoutError)) throw error;
    throw new RunUsageError(
      `the kernel that the run was left in is gone (${error.message}); run without --resume to start again`,
      { cause: error },
    );
  }
}

/** Also what a kernel that another process has started left behind. */
async function end({ kernel, kept }: RunKernel): Promise<void> {
  await kernel.shutdown();
  if (kept === undefined) return;
  const folder = dirname(kept.connectionFile);
  if (dirname(folder) === tmpdir() && basename(folder).startsWith(CONNECTION_FOLDER_PREFIX)) {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function execute(
  given: Notebook,
  { kernel, kept, executed }: RunKernel,
  args: RunArguments,
  signal: AbortSignal,
): Promise<NotebookRun> {
  const whole = injectParameters(given, args.parameters, languageOf(kernel));
  const { notebook, firstCell } =
    executed === undefined ? { notebook: whole, firstCell: 0 } : resumeNotebook(whole, executed);
  const cells = notebook.cells
    .slice(firstCell)
    .filter(({ cellType, source }) => cellType === 'code' && source.trim() !== '');
  const progress = createProgress(process.stderr, cells.length);
  const afterwards = new Afterwards();
  let autosave: Autosave | undefined;
  try {
    return await executeCells(notebook, {
      kernel,
      firstCell,
      allowErrors: args.allowErrors,
      ...(args.timeoutMs === undefined ? {} : { timeoutMs: args.timeoutMs }),
      maxOutputByteLength: args.maxOutputByteLength,
      recordTimes: args.recordTimes,
      signal,
      onStart: (snapshot) => {
        if (args.output === undefined) return;
        autosave = new Autosave({
          path: args.output,
          intervalMs: args.autosaveIntervalMs,
          snapshot: () => (kept === undefined ? snapshot() : withOpenRun(snapshot(), kept.connectionFile)),
          onError: (error) =>
            progress.above(() => process.stderr.write(`rjit run: cannot save: ${String(error)}\n`)),
        });
      },
      onCellStart: (_index, cell) => afterwards.do(() => progress.start(cell)),
      onCellEnd: (result) =>
        afterwards.do(() => {
          progress.end(result);
          autosave?.cellEnded();
          const { cell } = result;
          if (args.show && cell.cellType === 'code') progress.above(() => show(cell));
        }),
    });
  } finally {
    afterwards.flush();
    autosave?.stop();
    progress.stop();
  }
}

function save(executed: NotebookRun, { kept }: RunKernel, args: RunArguments, isLeft: boolean): void {
  if (args.output === undefined) return;
  if (!isLeft || kept === undefined) {
    writeNotebook(withoutOpenRun(executed.notebook), args.output);
    return;
  }
  writeNotebook(withOpenRun(executed.notebook, kept.connectionFile), args.output);
  process.stderr.write(
    `the kernel goes on (${kept.connectionFile}); go on with the run: rjit run ${args.path} -o ${args.output} --resume\n`,
  );
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
  return outcome.status !== 'ok' && outcome.status !== 'skipped';
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
  if (error instanceof RunUsageError || error instanceof NotebookError) return true;
  if (error instanceof ParameterError || error instanceof ServerOptionError) return true;
  if (error instanceof KernelspecNotFoundError || error instanceof ConnectionFileError) return true;
  if (error instanceof JupyterServerError) return true;
  if (error instanceof KernelDiedError || error instanceof KernelTimeoutError) return true;
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
