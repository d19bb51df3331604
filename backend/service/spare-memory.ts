/** What is larger is rare, and not worth keeping. */
export const MAX_SPARE_BYTES = 4 * 1024 * 1024;
const MAX_SPARES = 4;

/**
 * Memory of messages that have been answered, for the next ones: a map comes in many chunks, and fresh memory for each
 * costs more than the computing.
 */
export class SpareMemory {
  readonly #spares: Uint8Array[] = [];

  /** At least `byteLength` bytes, with anything in them. */
  take(byteLength: number): Uint8Array {
    const found = this.#spares.findIndex(
      (spare) => spare.byteLength >= byteLength && spare.byteLength <= 2 * byteLength,
    );
    const [spare] = found === -1 ? [] : this.#spares.splice(found, 1);
    return spare ?? Buffer.allocUnsafeSlow(byteLength);
  }

  /** Nobody reads or writes there any more. */
  giveBack(memory: Uint8Array): void {
    const whole = new Uint8Array(memory.buffer);
    if (whole.byteLength > MAX_SPARE_BYTES) return;
    if (this.#spares.length === MAX_SPARES) this.#spares.shift();
    this.#spares.push(whole);
  }
}
