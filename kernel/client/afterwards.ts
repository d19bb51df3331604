/** Work that the next cell need not wait for: it is done while the kernel runs that cell, in the order given. */
export class Afterwards {
  #waiting: (() => void)[] = [];
  #immediate: NodeJS.Immediate | undefined;

  do(work: () => void): void {
    this.#waiting.push(work);
    // The next cell's request is sent before the event loop comes here.
    this.#immediate ??= setImmediate(() => this.flush());
  }

  /** Does at once what waits. */
  flush(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const work of waiting) work();
  }
}
