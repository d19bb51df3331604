import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { RemoteError } from '../../backend/contract/remote-error.ts';
import { bold, cyan, dim, red } from './ansi.ts';
import type { CellNotParsed } from './cell-failure.ts';
import type { CellSources } from './cell-sources.ts';
import { codeFrame, lineFrame } from './code-frame.ts';
import type { ErrorReport } from './execution.ts';
import { isInternalLine } from './stack-trace.ts';

const MAX_CAUSES = 8;

/** What the user sees of a thrown value: message, code frame, frames of the user's own code, causes. */
export function reportError(thrown: unknown, sources: CellSources): ErrorReport {
  if (!(thrown instanceof Error)) {
    const evalue = typeof thrown === 'string' ? thrown : inspect(thrown);
    return { ename: 'Uncaught', evalue, traceback: [`${title('Uncaught')}: ${evalue}`] };
  }
  const { name, message } = describe(thrown);
  return { ename: name, evalue: message, traceback: renderError(thrown, sources, MAX_CAUSES) };
}

/** What is wrong with a cell that did not run. */
export function reportUnparsed(error: CellNotParsed, fileName: string, sources: CellSources): ErrorReport {
  const lines = sources.lines(fileName) ?? [];
  return {
    ename: error.name,
    evalue: error.message,
    traceback: [
      `${title(error.name)}: ${error.message}`,
      ...codeFrame(fileName, lines, error.line, error.column),
    ],
  };
}

/** `stack` holds the frames that were running, if any were. */
export function reportInterrupt(stack: string | undefined, sources: CellSources): ErrorReport {
  const frames = framesOf(stack ?? '');
  return {
    ename: 'KeyboardInterrupt',
    evalue: 'the cell was interrupted',
    traceback: [
      `${title('KeyboardInterrupt')}: the cell was interrupted`,
      ...frameOfUser(frames, sources),
      ...frames.map(colourFrame),
    ],
  };
}

function renderError(error: Error, sources: CellSources, causesLeft: number): string[] {
  const { name, message } = describe(error);
  const frames = framesOf(readStack(error));
  const lines = [
    ...`${title(name)}${message === '' ? '' : `: ${message}`}`.split('\n'),
    ...compiledFrame(error),
    ...frameOfUser(frames, sources),
    ...frames.map(colourFrame),
    ...renderProperties(error),
  ];
  if (causesLeft === 0) return lines;
  for (const inner of error instanceof AggregateError ? error.errors : []) {
    lines.push(...renderInner('One of its errors:', inner, sources, causesLeft - 1));
  }
  if (error.cause !== undefined)
    lines.push(...renderInner('Caused by:', error.cause, sources, causesLeft - 1));
  return lines;
}

function renderInner(label: string, thrown: unknown, sources: CellSources, causesLeft: number): string[] {
  if (!(thrown instanceof Error)) return [`${bold(label)} ${inspect(thrown)}`];
  const [first, ...rest] = renderError(thrown, sources, causesLeft);
  return [`${bold(label)} ${first}`, ...rest];
}

function title(name: string): string {
  return bold(red(name));
}

/** Even an error whose getters throw is reported. */
function describe(error: Error): { name: string; message: string } {
  try {
    const name = error.name || error.constructor.name || 'Error';
    return { name: String(name), message: String(error.message) };
  } catch (thrown) {
    return { name: 'Error', message: `(its message can't be read: ${inspect(thrown)})` };
  }
}

function readStack(error: Error): string {
  try {
    return typeof error.stack === 'string' ? error.stack : '';
  } catch {
    // A getter of the user's; the message is shown without frames.
    return '';
  }
}

function framesOf(stack: string): string[] {
  const frames = stack.split('\n').filter((line) => /^ {4}at /u.test(line));
  return frames.filter(
    (line) => !isInternalLine(line) && !/\(node:|at node:|\(<anonymous>\)$|at <anonymous>$/u.test(line),
  );
}

/** `In[4]:2:10` or `/folder/file.ts:2:10`, at the end of a frame and maybe in parentheses. */
const location = /(?<=[( ])((?:In\[[^\]]*\]|\/|[A-Za-z]:\\)[^()]*?):(\d+):(\d+)(?=\)?$)/u;

/** The code frame of the topmost place in a cell or a file of the user's own. */
function frameOfUser(frames: readonly string[], sources: CellSources): string[] {
  for (const frame of frames) {
    const [, fileName, line, column] = location.exec(frame) ?? [];
    const lines = fileName === undefined ? undefined : (sources.lines(fileName) ?? linesOfFile(fileName));
    if (fileName !== undefined && lines !== undefined) {
      return codeFrame(fileName, lines, Number(line), Number(column));
    }
  }
  return [];
}

/** The line of compiled code that failed on the server. */
function compiledFrame(error: Error): string[] {
  if (!(error instanceof RemoteError)) return [];
  const { fileName, line, source } = error;
  if (fileName === undefined || line === undefined || source === undefined) return [];
  return lineFrame(fileName, source.split('\n'), line);
}

function linesOfFile(path: string): readonly string[] | undefined {
  if (path.includes('node_modules')) return undefined;
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // Not a file, or gone by now: the frame is shown without its line.
    return undefined;
  }
}

function colourFrame(frame: string): string {
  return frame.includes('node_modules') ? dim(frame) : frame.replace(location, (place) => cyan(place));
}

const shownElsewhere = new Set(['stack', 'message', 'name', 'cause', 'errors', 'errno']);

/** Of a RemoteError whose line is shown. */
const shownAsLine = new Set(['fileName', 'line']);

/** What an error carries besides its text, such as `code` and `path` of a file system error. */
function renderProperties(error: Error): string[] {
  const extra = Object.entries(error).filter(([name, value]) => {
    if (error instanceof RemoteError && error.source !== undefined && shownAsLine.has(name)) return false;
    const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
    return isPlain && !shownElsewhere.has(name) && !error.message.includes(String(value));
  });
  return extra.length === 0 ? [] : [inspect(Object.fromEntries(extra), { colors: true })];
}
