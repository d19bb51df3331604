import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Receiver } from './thrift-connection.ts';

export interface CallEnds {
  /** Where a long answer may be put together. */
  readonly memory?: Uint8Array;
  receive(bytes: Uint8Array): void;
  fail(error: RemoteError): void;
}

/** What may end a call before its answer. */
export interface CallLimits {
  /** 0 for none. */
  readonly timeoutMs: number;
  /** What is left of `timeoutMs` for a part of a call that has begun before. */
  readonly remainingMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** One call under way, which ends once: with its answer, an error, its time being up, or whoever began it giving up. */
export class PendingCall implements Receiver {
  readonly #ends: CallEnds;
  readonly #limits: CallLimits;
  readonly #stop: (call: PendingCall) => void;
  #timer: NodeJS.Timeout | undefined;
  #stopped: 'timeout' | 'cancelled' | undefined;
  isSettled = false;

  /** @param stop called to stop the call on the server; its answer then becomes a `timeout` or `cancelled` */
  constructor(ends: CallEnds, limits: CallLimits, stop: (call: PendingCall) => void) {
    this.#ends = ends;
    this.#limits = limits;
    this.#stop = stop;
    const { timeoutMs, remainingMs = timeoutMs, signal } = limits;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#stopAs('timeout'), remainingMs);
    signal?.addEventListener('abort', this.#onAbort);
  }

  get memory(): Uint8Array | undefined {
    return this.#ends.memory;
  }

  receive(bytes: Uint8Array): void {
    if (this.#settle()) this.#ends.receive(bytes);
  }

  fail(error: RemoteError): void {
    if (this.#settle()) this.#ends.fail(this.#stopError(error) ?? error);
  }

  readonly #onAbort = (): void => this.#stopAs('cancelled');

  #stopAs(reason: 'timeout' | 'cancelled'): void {
    this.#stopped ??= reason;
    this.#stop(this);
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    clearTimeout(this.#timer);
    this.#limits.signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }

  #stopError(cause: RemoteError): RemoteError | undefined {
    switch (this.#stopped) {
      case 'timeout':
        return timeoutError(this.#limits.timeoutMs, cause);
      case 'cancelled':
        return abortedError(cause);
      case undefined:
        return undefined;
    }
  }
}

/** What a call ends with whose time was up. */
export function timeoutError(timeoutMs: number, cause: RemoteError): RemoteError {
  return new RemoteError('timeout', `the call took longer than ${timeoutMs} ms and was stopped`, { cause });
}

/** What a call ends with that its own caller stopped. */
export function abortedError(cause?: unknown): RemoteError {
  return new RemoteError('cancelled', 'the call was aborted', { cause });
}
