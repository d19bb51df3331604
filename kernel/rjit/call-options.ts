import { RemoteError } from '../../backend/contract/remote-error.ts';
import { abortedError } from './io/pending-call.ts';

/** How far a map has come, in elements. */
export interface MapProgress {
  readonly done: number;
  readonly total: number;
}

/** How a function is called: `foo.with({ signal }).async(1, 3)`. */
export interface CallOptions {
  /**
   * Aborts the call, or the map with all its chunks, which then fails with `cancelled`; nothing else is stopped. A call
   * that blocks looks at it only before it begins.
   */
  readonly signal?: AbortSignal;
  /** In the place of the client's own limit; 0 for none. */
  readonly timeoutMs?: number;
  /** Told after each chunk of a map. While `foo.map` blocks, it may not call functions that block, too. */
  readonly onProgress?: (progress: MapProgress) => void;
}

/** @throws RemoteError `cancelled` when the signal has been aborted */
export function throwIfAborted(functionName: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(functionName, signal);
}

/** Waits for `promise`, but not longer than until `signal` is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let onAbort: () => void = () => undefined;
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortedError());
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** An error of a call as its caller should see it: an abort tells the signal's reason. */
export function callError(functionName: string, signal: AbortSignal | undefined, caught: unknown): unknown {
  const isAborted = signal?.aborted && caught instanceof RemoteError && caught.code === 'cancelled';
  return isAborted ? aborted(functionName, signal) : caught;
}

function aborted(functionName: string, { reason }: AbortSignal): RemoteError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new RemoteError('cancelled', `${functionName} was aborted: ${why}`, { functionName, cause: reason });
}
