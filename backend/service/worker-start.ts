import type { Limits } from './limits.ts';

/** What a worker is started with, as JSON in its first argument. */
export interface WorkerStart {
  readonly supervisorPid: number;
  readonly recordFileDescriptor: number;
  readonly limits: Limits;
  /** Where compiled code is kept; none without it. */
  readonly objectCacheFolder: string | undefined;
}

export function formatWorkerStart(start: WorkerStart): string {
  return JSON.stringify(start);
}

/** The text is our own supervisor's; anything else is a mistake in starting the program. */
export function parseWorkerStart(text: string | undefined): WorkerStart {
  const parsed: unknown = JSON.parse(text ?? 'null');
  if (typeof parsed === 'object' && parsed !== null && 'supervisorPid' in parsed)
    return parsed as WorkerStart;
  throw new Error('worker-main is started by rjit serve, not by hand');
}

/** How a worker leaves when its record holds what a successor needs. */
export const retirementExitCode = 75;
