import { type Channel, DirectState, Word } from './channel.ts';

/** The I/O thread's own sequence ids are below. */
const FIRST_SEQUENCE_ID = 0x4000_0000;

/**
 * The main thread's hold on the direct connection (see `DirectState`). A call may be interrupted for good at any point:
 * the connection then stays taken, and the next call lets go of it.
 */
export class DirectLine {
  readonly #words: Channel['words'];
  #count = 0;

  constructor({ words }: Channel) {
    this.#words = words;
  }

  /** Whether the main thread may take it for a function of this epoch. */
  isOffered(epoch: number): boolean {
    // Taken by a call of before: it was interrupted, and its answer may still come there.
    this.give(DirectState.none);
    const words = this.#words;
    return Atomics.load(words, Word.direct) === DirectState.offered && words[Word.directEpoch] === epoch;
  }

  /** @returns the first of `count` ids that follow each other */
  nextSequenceIds(count: number): number {
    if (this.#count + count >= FIRST_SEQUENCE_ID) this.#count = 0;
    const first = FIRST_SEQUENCE_ID + this.#count + 1;
    this.#count += count;
    return first;
  }

  /**
   * Takes it for requests with these ids.
   *
   * @returns its file descriptor; undefined when there is none to be had
   */
  take(epoch: number, firstId: number, lastId: number): number | undefined {
    const words = this.#words;
    const { offered, taken } = DirectState;
    if (Atomics.compareExchange(words, Word.direct, offered, taken) !== offered) return undefined;
    // The offer may have been renewed since it was looked at.
    if (words[Word.directEpoch] !== epoch) {
      this.give(offered);
      return undefined;
    }
    Atomics.store(words, Word.directLast, lastId);
    Atomics.store(words, Word.directSequence, firstId);
    return words[Word.directDescriptor] ?? -1;
  }

  /** Shows that the main thread is at work; false when it is to let go. */
  keep(): boolean {
    Atomics.add(this.#words, Word.directBeats, 1);
    return Atomics.load(this.#words, Word.direct) === DirectState.taken;
  }

  /** Sleeps, but not when it is to let go. */
  pause(timeoutMs: number): void {
    Atomics.wait(this.#words, Word.direct, DirectState.taken, timeoutMs);
  }

  /** Lets go of it, where it is taken: for another to take, for the I/O thread to wait there, or to be closed. */
  give(state: number): undefined {
    const { taken, recalled, none } = DirectState;
    const before = Atomics.compareExchange(this.#words, Word.direct, taken, state);
    if (before === recalled) Atomics.compareExchange(this.#words, Word.direct, recalled, none);
    if (before === taken || before === recalled) Atomics.notify(this.#words, Word.direct);
  }
}
