import { readSync, writeSync, writevSync } from 'node:fs';

/** What the main thread does with a socket whose event loop is another thread's: what can be done at once, is done. */

/** @returns how many bytes there were: undefined for none yet, 0 when no more will come */
export function readNow(descriptor: number, memory: Uint8Array, offset: number): number | undefined {
  try {
    return readSync(descriptor, memory, offset, memory.byteLength - offset, null);
  } catch (error) {
    return isNotYet(error) ? undefined : 0;
  }
}

/** @returns how many bytes went: undefined for none yet, 0 when none will go */
export function writeNow(descriptor: number, pieces: readonly Uint8Array[]): number | undefined {
  try {
    const [first, second] = pieces;
    // A call has one, and is in a hurry.
    return first && !second ? writeSync(descriptor, first) : writevSync(descriptor, pieces);
  } catch (error) {
    return isNotYet(error) ? undefined : 0;
  }
}

function isNotYet(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
