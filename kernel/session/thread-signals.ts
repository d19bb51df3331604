/** What the main thread of the session lets the control thread know, without a word: numbers in shared memory. */
export type ThreadSignals = Int32Array<SharedArrayBuffer>;

/** Index of a 1 while text waits to be written out. */
export const TEXT_WAITS = 0;
/** Index of the count of cells that are done. */
export const CELLS_ENDED = 1;

export function threadSignals(): ThreadSignals {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

/** Resolves when the signal is another one than `value`; the thread goes on meanwhile. */
export async function signalChange(signals: ThreadSignals, index: number, value: number): Promise<void> {
  const change = (Atomics as AtomicsWithWaitAsync).waitAsync(signals, index, value);
  if (change.async) await change.value;
}

/** The same, at once, but the thread stands still: its own loop takes a millisecond to hear of a change. */
export function waitForChange(signals: ThreadSignals, index: number, value: number, timeoutMs: number): void {
  Atomics.wait(signals, index, value, timeoutMs);
}

/** In every supported Node; not yet in the type library of its year. */
type AtomicsWithWaitAsync = typeof Atomics & {
  waitAsync(
    array: Int32Array,
    index: number,
    value: number,
  ): { async: false; value: string } | { async: true; value: Promise<string> };
};
