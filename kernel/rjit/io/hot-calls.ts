import type { MessagePort } from 'node:worker_threads';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import { CallResults, wrongResult } from './call-results.ts';
import { CallReader, type RingCall } from './call-ring.ts';
import { CallStatus, type Channel, Word } from './channel.ts';
import type { CallEnds } from './pending-call.ts';
import type { IoMessage } from './requests.ts';

/**
 * How long to look for the next call after an answer before sleeping: a program that calls in a loop is back in a few
 * microseconds, and to be awake saves it a tenth of the call. A thread without calls doesn't spin. (The main thread
 * must not: on two cores it would take one from the server.)
 */
const SPIN_MS = 0.05;
const LOOKS_PER_CLOCK = 100;
/** After so many times in vain, this program is none that calls in a loop: it looks now and then only. */
const MAX_MISSES = 4;
const RETRY_AFTER = 64;

export interface HotCallsOptions {
  readonly channel: Channel;
  readonly port: MessagePort;
  /** Begins a call; `packed` is read before it returns. */
  start(call: RingCall, ends: CallEnds): void;
  /** Sends what was begun. */
  flush(): void;
}

/** Takes calls from the channel and brings their answers back. */
export class HotCalls {
  readonly #channel: Channel;
  readonly #options: HotCallsOptions;
  readonly #reader: CallReader;
  readonly #results = new CallResults();
  /** Id of the call the main thread waits for, or 0. */
  #awaited = 0;
  #isWatching = false;
  /** How often in a row the next call did not come soon. */
  #misses = 0;
  /** A call may fail while it is started, and its room in the ring isn't free yet: nothing is taken meanwhile. */
  #isTaking = false;

  constructor(options: HotCallsOptions) {
    this.#options = options;
    this.#channel = options.channel;
    this.#reader = new CallReader(options.channel);
    this.#take();
  }

  /** Everything that had arrived is dealt with: hands the results over, and looks for what the program does with them. */
  afterReplies(): void {
    this.#postResults();
    if (this.#looksForNext() && this.#nextComesSoon()) {
      this.#misses = 0;
      this.#take();
    } else {
      this.#misses += 1;
      this.#watch();
    }
  }

  /** Takes what has been published, so that all calls that came before something else are under way. */
  takeNow(): void {
    if (!this.#isTaking) this.#take();
  }

  #looksForNext(): boolean {
    return this.#misses < MAX_MISSES || this.#misses % RETRY_AFTER === 0;
  }

  #nextComesSoon(): boolean {
    const { words } = this.#channel;
    const seen = this.#reader.position;
    const end = performance.now() + SPIN_MS;
    do {
      for (let look = 0; look < LOOKS_PER_CLOCK; look += 1) {
        // One that came while this thread waited for a processor would have come without it, too.
        if (Atomics.load(words, Word.written) !== seen) return performance.now() < end;
      }
    } while (performance.now() < end);
    return false;
  }

  #take(): void {
    this.#isTaking = true;
    for (let call = this.#reader.next(); call; call = this.#reader.next()) {
      if (call.isSync) this.#awaited = call.id;
      this.#options.start(call, call.isSync ? this.#syncEnds(call) : this.#asyncEnds(call));
      this.#reader.release();
    }
    this.#isTaking = false;
    this.#options.flush();
    this.#watch();
  }

  /**
   * Has this thread woken up for the next call. While the main thread waits for one, no other comes, and not to be
   * watched saves it a wake-up. (If it was terminated, its next call would be behind that one at the server anyway.)
   */
  #watch(): void {
    if (this.#isTaking || this.#isWatching || this.#awaited !== 0) return;
    const waiting = Atomics.waitAsync(this.#channel.words, Word.written, this.#reader.position);
    if (!waiting.async) {
      this.#take();
      return;
    }
    this.#isWatching = true;
    void waiting.value.then(() => {
      this.#isWatching = false;
      this.#take();
    });
  }

  #syncEnds({ id, resultByteLength }: RingCall): CallEnds {
    return {
      receive: (bytes) => {
        if (bytes.byteLength === resultByteLength) this.#complete(id, bytes);
        else this.#fail(id, wrongResult(bytes, resultByteLength));
      },
      fail: (error) => this.#fail(id, error),
    };
  }

  #asyncEnds({ id, resultByteLength }: RingCall): CallEnds {
    return {
      receive: (bytes) => {
        if (bytes.byteLength === resultByteLength) this.#results.add(id, bytes);
        else this.#reject(id, wrongResult(bytes, resultByteLength));
      },
      fail: (error) => this.#reject(id, error),
    };
  }

  #complete(id: number, bytes: Uint8Array): void {
    const { words, result } = this.#channel;
    this.#settled(id);
    if (Atomics.load(words, Word.current) !== id) return;
    result.set(bytes);
    words[Word.status] = CallStatus.done;
    wake(this.#channel, id);
  }

  #fail(id: number, error: RemoteError): void {
    this.#settled(id);
    if (Atomics.load(this.#channel.words, Word.current) === id) {
      this.#reject(id, error);
      this.#channel.words[Word.status] = CallStatus.failed;
      wake(this.#channel, id);
    }
    // Not every failure comes with a reply: `afterReplies` may not follow.
    this.#watch();
  }

  #settled(id: number): void {
    if (this.#awaited === id) this.#awaited = 0;
  }

  #reject(id: number, error: RemoteError): void {
    this.#postResults();
    this.#options.port.postMessage({ id, ok: false, fault: error.toFault() } satisfies IoMessage);
  }

  #postResults(): void {
    const records = this.#results.take();
    if (records) this.#options.port.postMessage({ records } satisfies IoMessage);
  }
}

/** Only the id that is current: the main thread may have given up on an earlier one. */
export function wake(channel: Channel, id: number): void {
  if (Atomics.load(channel.words, Word.current) !== id) return;
  Atomics.store(channel.words, Word.completed, id);
  signalEvent(channel);
}

/** Has a main thread that is blocked look around. */
export function signalEvent({ words }: Channel): void {
  Atomics.add(words, Word.events, 1);
  Atomics.notify(words, Word.events);
}
