import type { ErrorReport } from './execution.ts';
import type { JsonObject } from './json.ts';

/** How a session process ended. */
export interface SessionDeath {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the process could not be started at all. */
  readonly startError: string | undefined;
  /** Whether it could have run a cell before. */
  readonly wasReady: boolean;
  /** The code that the user's program passed to `process.exit`, if it did. */
  readonly requestedExitCode: number | undefined;
  /** Of the cell that ended it in this way, where it was measured. */
  readonly coverage: readonly JsonObject[] | undefined;
  /** Why we ended it, if we did. */
  readonly endedBecause: string | undefined;
  /** The last that came on its standard error. */
  readonly lastErrorText: string;
}

/** What to tell the user about it. */
export function reportDeath(death: SessionDeath): ErrorReport {
  const outlook = death.wasReady
    ? 'all variables are lost, the next cell runs in a new session'
    : 'the next cell tries again';
  return sessionEnded(`${explainDeath(death)}; ${outlook}`);
}

/** What to tell when there was not even a process to end. */
export function reportFailedStart(error: unknown): ErrorReport {
  const reason = error instanceof Error ? error.message : String(error);
  return sessionEnded(`the session could not be started: ${reason}; the next cell tries again`);
}

function sessionEnded(evalue: string): ErrorReport {
  return {
    ename: 'SessionEnded',
    evalue,
    traceback: [`\x1b[31m\x1b[1mSessionEnded\x1b[22m\x1b[39m: ${evalue}`],
  };
}

export function explainDeath(death: SessionDeath): string {
  const { exitCode, signal, requestedExitCode, endedBecause, lastErrorText, startError } = death;
  if (startError !== undefined) return `the session could not be started: ${startError}`;
  if (endedBecause !== undefined) return endedBecause;
  if (requestedExitCode !== undefined) return `the session ended with process.exit(${requestedExitCode})`;
  if (isOutOfMemory(lastErrorText)) {
    const limit = /\((\d+)\.\d+\)/u.exec(lastErrorText)?.[1];
    const size = limit === undefined ? '' : ` of about ${limit} MB`;
    return `the session ran out of memory: the JavaScript heap reached its limit${size} (start the kernel with NODE_OPTIONS=--max-old-space-size=MB for more)`;
  }
  if (signal !== null) return `the session ${describeSignal(signal)}`;
  const ended = `ended with exit code ${exitCode ?? 'unknown'}`;
  return death.wasReady
    ? `the session ${ended}`
    : `the session ${ended} before it could run a cell; what it wrote to stderr says why`;
}

/** Node's own words before it aborts; what follows them is for Node's developers. */
export const outOfMemoryDump = '<--- Last few GCs --->';

function isOutOfMemory(text: string): boolean {
  return text.includes(outOfMemoryDump) || text.includes('JavaScript heap out of memory');
}

function describeSignal(signal: NodeJS.Signals): string {
  switch (signal) {
    case 'SIGKILL':
      return 'was killed with SIGKILL, by a person or because the machine is out of memory';
    case 'SIGSEGV':
    case 'SIGBUS':
    case 'SIGILL':
    case 'SIGFPE':
      return `crashed in native code (${signal})`;
    case 'SIGABRT':
      return 'was aborted (SIGABRT), by process.abort() or a failed check in native code';
    default:
      return `was ended by ${signal}`;
  }
}
