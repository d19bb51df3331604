import { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { Receiver } from './thrift-connection.ts';

export interface CallEnds {
  receive(bytes: Uint8Array): void;
  fail(error: RemoteError): void;
}

/** One call under way, which ends once: with its answer, an error, or its time being up. */
export class PendingCall implements Receiver {
  readonly #ends: CallEnds;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isExpired = false;
  isSettled = false;

  /**
   * @param timeoutMs 0 for none
   * @param expire called when the time is up, to stop the call; its answer then becomes a `timeout`
   * @param remainingMs what is left of `timeoutMs` for a part of a call that has begun before
   */
  constructor(
    ends: CallEnds,
    timeoutMs: number,
    expire: (call: PendingCall) => void,
    remainingMs = timeoutMs,
  ) {
    this.#ends = ends;
    this.#timeoutMs = timeoutMs;
    if (timeoutMs > 0) {
      this.#timer = setTimeout(() => {
        this.#isExpired = true;
        expire(this);
      }, remainingMs);
    }
  }

  receive(bytes: Uint8Array): void {
    if (this.#settle()) this.#ends.receive(bytes);
  }

  fail(error: RemoteError): void {
    if (this.#settle()) this.#ends.fail(this.#isExpired ? this.#timeoutError(error) : error);
  }

  #settle(): boolean {
    if (this.isSettled) return false;
    this.isSettled = true;
    clearTimeout(this.#timer);
    return true;
  }

  #timeoutError(cause: RemoteError): RemoteError {
    return new RemoteError('timeout', `the call took longer than ${this.#timeoutMs} ms and was stopped`, {
      cause,
    });
  }
}
