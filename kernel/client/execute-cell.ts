/** Runs one cell in a kernel, in the time that it has. */
import { deferred } from './deferred.ts';
import {
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelTimeoutError,
} from './kernel-connection.ts';
import type { CodeCell } from './notebook.ts';
import type { OutputArea } from './output-area.ts';

/** After an interrupt for its time-out, a cell has this long to end before the kernel is given up. */
const INTERRUPT_GRACE_MS = 5000;

export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type CellOutcome =
  | { readonly status: 'ok' }
  /** Not run: a text cell, an empty one, or one tagged `skip-execution`. */
  | { readonly status: 'skipped' }
  /** `expected`: the cell is tagged `raises-exception`. */
  | { readonly status: 'error'; readonly error: CellError; readonly expected: boolean }
  | { readonly status: 'timeout'; readonly error: CellError }
  | { readonly status: 'died'; readonly error: CellError };

export interface ExecuteCellOptions {
  readonly kernel: KernelConnection;
  /** Tells the kernel to drop what else is queued when the cell fails. */
  readonly stopOnError: boolean;
  /** The cell is meant to end with an error. */
  readonly expectsError: boolean;
  /** The cell is interrupted then. */
  readonly timeoutMs: number | undefined;
  /** Interrupts the cell. */
  readonly signal: AbortSignal | undefined;
}

/** Puts the cell's output into `area`. Never rejects for what the cell does: that is its outcome. */
export async function executeCell(
  cell: CodeCell,
  area: OutputArea,
  { kernel, stopOnError, expectsError, timeoutMs, signal }: ExecuteCellOptions,
): Promise<CellOutcome> {
  const { id } = cell.rest;
  const execution = kernel.execute({
    code: cell.source,
    stopOnError: stopOnError && !expectsError,
    metadata: typeof id === 'string' ? { cellId: id } : {},
    onMessage: (message) => area.apply(message),
  });
  const interrupt = () => void kernel.interrupt().catch(() => {});
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const reply =
      timeoutMs === undefined ? await execution : await beforeTimeout(execution, timeoutMs, kernel);
    return reply === 'timeout' ? timedOut(timeoutMs ?? 0) : outcomeOf(reply, expectsError);
  } catch (error) {
    if (error instanceof KernelDiedError) return { status: 'died', error: toCellError('KernelDied', error) };
    if (error instanceof KernelTimeoutError)
      return { status: 'died', error: toCellError('KernelHung', error) };
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** Interrupts the cell when its time is over; gives the kernel up when that doesn't help. */
async function beforeTimeout(
  execution: Promise<ExecuteReply>,
  timeoutMs: number,
  kernel: KernelConnection,
): Promise<ExecuteReply | 'timeout'> {
  if ((await within(execution, timeoutMs)) !== 'timeout') return execution;
  await within(kernel.interrupt(), INTERRUPT_GRACE_MS);
  if ((await within(execution, INTERRUPT_GRACE_MS)) !== 'timeout') return 'timeout';
  await kernel.kill();
  throw new KernelTimeoutError(
    `the cell did not end within ${timeoutMs} ms, nor within ${INTERRUPT_GRACE_MS} ms of an interrupt`,
  );
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | 'timeout'> {
  const expired = deferred<'timeout'>();
  const timer = setTimeout(() => expired.resolve('timeout'), timeoutMs);
  try {
    return await Promise.race([promise, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(reply: ExecuteReply, expected: boolean): CellOutcome {
  if (reply.status === 'ok') return { status: 'ok' };
  const { ename, evalue, traceback } = reply;
  const error =
    reply.status === 'aborted'
      ? { ename: 'Aborted', evalue: 'the cell was aborted', traceback }
      : { ename, evalue, traceback };
  return { status: 'error', error, expected };
}

function timedOut(timeoutMs: number): CellOutcome {
  const evalue = `the cell did not end within ${timeoutMs} ms and was interrupted`;
  return {
    status: 'timeout',
    error: { ename: 'CellTimeout', evalue, traceback: [`CellTimeout: ${evalue}`] },
  };
}

function toCellError(ename: string, { message }: Error): CellError {
  return { ename, evalue: message, traceback: [`${ename}: ${message}`] };
}
