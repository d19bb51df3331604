/** Runs one cell in a kernel, in the time and with the room for output that it has. */
import type { JsonObject, Message } from '../jupyter/messages.ts';
import { deferred } from './deferred.ts';
import {
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelProtocolError,
  KernelTimeoutError,
  ReplyLostError,
} from './kernel-connection.ts';
import type { CodeCell } from './notebook.ts';
import type { OutputArea } from './output-area.ts';

/** After an interrupt for its time or its output, a cell has this long to end before the kernel is given up. */
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
  /** It put out more than there is room for, and was interrupted. */
  | { readonly status: 'flooded'; readonly error: CellError }
  /** How it ended is not known; the kernel goes on. */
  | { readonly status: 'lost'; readonly error: CellError }
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
  readonly onMessage?: (message: Message) => void;
  /** Goes into the request, as an extension of the protocol. */
  readonly metadata?: JsonObject | undefined;
  readonly onReply?: ((reply: ExecuteReply) => void) | undefined;
}

/** Puts the cell's output into `area`. Never rejects for what the cell does: that is its outcome. */
export async function executeCell(
  cell: CodeCell,
  area: OutputArea,
  { kernel, stopOnError, expectsError, timeoutMs, signal, onMessage, metadata, onReply }: ExecuteCellOptions,
): Promise<CellOutcome> {
  const { id } = cell.rest;
  const full = deferred<'flooded'>();
  const execution = kernel.execute({
    code: cell.source,
    stopOnError: stopOnError && !expectsError,
    metadata: { ...(typeof id === 'string' && { cellId: id }), ...metadata },
    onMessage: (message) => {
      area.apply(message);
      onMessage?.(message);
      if (area.isFull) full.resolve('flooded');
    },
  });
  // Also when it comes behind an interrupt. Whoever waits for the cell hears of a failure.
  if (onReply !== undefined) void execution.then(onReply, () => {});
  const interrupt = () => void kernel.interrupt().catch(() => {});
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const end = await within(Promise.race([execution, full.promise]), timeoutMs);
    if (typeof end === 'object') return outcomeOf(end, expectsError);
    const error = end === 'timeout' ? timedOut(timeoutMs ?? 0) : flooded(area.roomByteLength);
    await stop(execution, kernel, error);
    return { status: end, error };
  } catch (error) {
    if (error instanceof ReplyLostError)
      return { status: 'lost', error: cellError('ReplyLost', error.message) };
    return { status: 'died', error: kernelFailure(error) };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/** Interrupts the cell; gives the kernel up when that doesn't help. */
async function stop(
  execution: Promise<ExecuteReply>,
  kernel: KernelConnection,
  { evalue }: CellError,
): Promise<void> {
  await within(kernel.interrupt(), INTERRUPT_GRACE_MS);
  if ((await within(execution, INTERRUPT_GRACE_MS)) !== 'timeout') return;
  await kernel.kill();
  throw new KernelTimeoutError(`${evalue}, and did not end within ${INTERRUPT_GRACE_MS} ms of the interrupt`);
}

async function within<T>(promise: Promise<T>, timeoutMs: number | undefined): Promise<T | 'timeout'> {
  if (timeoutMs === undefined) return promise;
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

function timedOut(timeoutMs: number): CellError {
  return cellError('CellTimeout', `the cell did not end within ${timeoutMs} ms and was interrupted`);
}

function flooded(roomByteLength: number): CellError {
  const room = `${Math.round(roomByteLength / 1e6)} MB`;
  return cellError('OutputFlood', `the cell put out more than ${room} and was interrupted`);
}

/** What the kernel, not the cell, did wrong; anything else is thrown on. */
function kernelFailure(error: unknown): CellError {
  if (error instanceof KernelProtocolError) return cellError('KernelProtocol', error.message);
  if (error instanceof KernelDiedError) return cellError('KernelDied', error.message);
  if (error instanceof KernelTimeoutError) return cellError('KernelHung', error.message);
  throw error;
}

function cellError(ename: string, evalue: string): CellError {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
