import { findSourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CellSources } from './cell-sources.ts';
import { controlSourceUrl } from './control-expressions.ts';

/** Everything under it is ours: the folder of all compiled code, since the contract runs in the session, too. */
const compiledFolder = new URL('../..', import.meta.url);
const internalPrefixes = [
  compiledFolder.href,
  fileURLToPath(compiledFolder),
  'node:internal/',
  'node:inspector',
  controlSourceUrl,
];

/**
 * Makes `error.stack` speak of the cells as they were written, for the user's code too, and leaves out the frames of
 * the kernel below them. V8 calls this when a stack is first read, so errors whose stack nobody reads cost nothing.
 */
export function installStackTraces(sources: CellSources): void {
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.filter((frame) => !isInternal(frame)).map((frame) => describeFrame(frame, sources));
    return [describeError(error), ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

function isInternal(frame: NodeJS.CallSite): boolean {
  const file = frame.getScriptNameOrSourceURL() ?? '';
  return internalPrefixes.some((prefix) => file.startsWith(prefix));
}

/** The same for a line of a stack that another thread has made. */
export function isInternalLine(line: string): boolean {
  return internalPrefixes.some((prefix) => line.includes(`(${prefix}`) || line.includes(`at ${prefix}`));
}

function describeFrame(frame: NodeJS.CallSite, sources: CellSources): string {
  const text = frame.toString();
  const file = frame.getScriptNameOrSourceURL();
  const line = frame.getLineNumber();
  const column = frame.getColumnNumber();
  if (file === null || line === null || column === null) return text;
  const original = sources.originalPosition(file, { line, column });
  const mapped = mapFile(file, original.line, original.column);
  return text.replace(`${file}:${line}:${column}`, `${mapped.file}:${mapped.line}:${mapped.column}`);
}

/** Local files by their path; those that went through the TypeScript compiler carry a source map. */
function mapFile(file: string, line: number, column: number): { file: string; line: number; column: number } {
  const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
  if (entry !== undefined && 'originalLine' in entry) {
    return {
      file: plainPath(entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  }
  return { file: plainPath(file), line, column };
}

function plainPath(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}

function describeError(error: unknown): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    // Thrown by a `toString` or a getter of the user's; a stack is needed all the same.
    return 'Error';
  }
}
