/** Time for what follows a definition: the compilation of the new function and its first call. */
const DELAY_MS = 50;

/** Functions that the server may forget. Nobody waits for that, so it is told a little later, of several at once. */
export class DeferredDrops {
  readonly #send: (epoch: number, handles: readonly number[]) => void;
  #handles: number[] = [];
  #epoch = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (epoch: number, handles: readonly number[]) => void) {
    this.#send = send;
  }

  /** Handles of another epoch than those before: the session of those is gone, and all it had. */
  add(epoch: number, handles: readonly number[]): void {
    if (epoch !== this.#epoch) this.#handles = [];
    this.#epoch = epoch;
    this.#handles.push(...handles);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send(this.#epoch, this.#handles.splice(0));
    }, DELAY_MS).unref();
  }
}
