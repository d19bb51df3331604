/** `rjit test`: notebooks as regression tests, from the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { JupyterServerError } from '../jupyter-server.ts';
import { KernelDiedError, KernelTimeoutError } from '../kernel-connection.ts';
import { KernelspecNotFoundError } from '../kernelspecs.ts';
import { ParameterError } from '../parameters.ts';
import { NotebookError } from '../read-notebook.ts';
import { ServerOptionError } from '../server-option.ts';
import { writeNotebook } from '../write-notebook.ts';
import { ComparisonError } from './comparison-settings.ts';
import { coverageTable } from './coverage/coverage-table.ts';
import { coveredFiles } from './coverage/covered-files.ts';
import { writeLcov } from './coverage/lcov.ts';
import { findNotebooks, NoNotebooksError } from './find-notebooks.ts';
import { htmlReport } from './html-report.ts';
import { junitXml } from './junit.ts';
import { type Palette, palette, wantsColour } from './palette.ts';
import { type NotebookReport, notebookDetails, notebookLine, summaryLine } from './report.ts';
import { SanitizerError } from './sanitizer.ts';
import { parseTestArguments, type TestArguments, UsageError, usage } from './test-arguments.ts';
import { testNotebookFile } from './test-file.ts';
import { isFailed } from './verdict.ts';
import { ChangeWatcher } from './watch.ts';

/** Runs `rjit test ARGV`; returns the exit status. */
export async function test(argv: readonly string[]): Promise<number> {
  try {
    const args = parseTestArguments(argv);
    if (args === 'help') {
      process.stdout.write(usage);
      return 0;
    }
    return await testNotebooks(args);
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`rjit test: ${error.message}\n`);
    return 2;
  }
}

async function testNotebooks(args: TestArguments): Promise<number> {
  const paths = findNotebooks(args.patterns);
  // @jupyterlab/services logs each websocket and each status to standard output, where our report goes.
  if (args.test.server !== undefined) console.debug = console.warn = console.log = () => {};
  process.stdout.on('error', ignoreClosedPipe);
  const colours = palette(!args.noColour && wantsColour(process.stdout));
  const abort = new AbortController();
  const onSignal = () => abort.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const reports = await testAndReport(paths, args, colours, abort.signal);
    if (args.watch) await watchNotebooks(paths, args, colours, abort.signal);
    return exitStatus(reports, abort.signal.aborted);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function testAndReport(
  paths: readonly string[],
  args: TestArguments,
  colours: Palette,
  signal: AbortSignal,
): Promise<readonly NotebookReport[]> {
  const start = performance.now();
  const reports = await inParallel(paths, args.jobs, (path) => testOne(path, args, colours, signal), signal);
  for (const report of reports) process.stdout.write(notebookDetails(report, colours));
  const coverage = args.test.coverage === true ? measured(reports) : undefined;
  if (coverage !== undefined)
    process.stdout.write(coverageTable(coverage.files, coverage.unmeasured, colours));
  process.stdout.write(summaryLine(reports, performance.now() - start, colours));
  writeArtefacts(reports, args);
  if (args.lcov !== undefined) writeLcov(args.lcov, coverage?.files ?? []);
  return reports;
}

function measured(reports: readonly NotebookReport[]) {
  const unmeasured: string[] = [];
  const notebooks = reports.flatMap((report) => {
    const coverage = 'tested' in report ? report.tested.coverage : undefined;
    if (coverage === 'unavailable') unmeasured.push(report.path);
    return coverage === undefined || coverage === 'unavailable' ? [] : { path: report.path, coverage };
  });
  return { files: coveredFiles(notebooks), unmeasured };
}

function writeReport(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function writeArtefacts(
  reports: readonly NotebookReport[],
  { junit, html, outputDirectory }: TestArguments,
): void {
  if (junit !== undefined) writeReport(junit, junitXml(reports));
  if (html !== undefined) writeReport(html, htmlReport(reports));
  if (outputDirectory === undefined) return;
  for (const report of reports) {
    if ('error' in report) continue;
    // A path that leads out of the current folder would lead out of the folder of artefacts too.
    const path = join(outputDirectory, relative('.', report.path).replaceAll('..', '_'));
    mkdirSync(dirname(path), { recursive: true });
    writeNotebook(report.tested.executed, path);
  }
}

async function watchNotebooks(
  paths: readonly string[],
  args: TestArguments,
  colours: Palette,
  signal: AbortSignal,
): Promise<void> {
  const watcher = new ChangeWatcher(paths);
  try {
    for (;;) {
      process.stdout.write(colours.dim('waiting for changes; Ctrl+C ends\n'));
      const changed = await watcher.changed(signal);
      if (changed.length === 0) return;
      watcher.remember();
      await testAndReport(changed, args, colours, signal);
      // What --update has written is no change; what somebody else has written meanwhile is.
      if (args.test.update === true) watcher.remember();
    }
  } finally {
    watcher.close();
  }
}

/** `rjit test | head`: the tests go on, and the kernels are ended as they should be. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function testOne(
  path: string,
  args: TestArguments,
  colours: Palette,
  signal: AbortSignal,
): Promise<NotebookReport> {
  const report = await reportOf(path, args, signal);
  process.stdout.write(notebookLine(report, colours));
  return report;
}

/** One notebook that can't be tested doesn't keep the others from being tested. */
async function reportOf(path: string, args: TestArguments, signal: AbortSignal): Promise<NotebookReport> {
  try {
    return { path, tested: await testNotebookFile(path, { ...args.test, signal }) };
  } catch (error) {
    const isNotebooksOwn =
      error instanceof NotebookError ||
      error instanceof KernelspecNotFoundError ||
      error instanceof KernelDiedError ||
      error instanceof KernelTimeoutError ||
      error instanceof JupyterServerError ||
      error instanceof ParameterError;
    if (!isNotebooksOwn) throw error;
    return { path, error };
  }
}

/** The results in the order of `items`, `width` of them in the making at any time; an abort leaves out those behind. */
async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
  signal: AbortSignal,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      if (signal.aborted) return;
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}

function exitStatus(reports: readonly NotebookReport[], interrupted: boolean): number {
  if (interrupted) return 130;
  if (reports.some((report) => 'error' in report)) return 2;
  return reports.some((report) => 'tested' in report && report.tested.cells.some(isFailed)) ? 1 : 0;
}

/** The message says it all: no stack. */
function isUserError(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof NoNotebooksError ||
    error instanceof SanitizerError ||
    error instanceof ComparisonError ||
    error instanceof ParameterError ||
    error instanceof ServerOptionError ||
    // Of the file system: a report that can't be written.
    (error instanceof Error && 'code' in error && typeof error.code === 'string')
  );
}
