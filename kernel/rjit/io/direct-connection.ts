import { availableParallelism } from 'node:os';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import { type Channel, DirectState, Word } from './channel.ts';
import type { CallEnds } from './pending-call.ts';
import type { LateCommand } from './requests.ts';
import { attach, type LiveSession } from './server-session.ts';
import type { Receiver, RequestIds, ThriftConnection } from './thrift-connection.ts';

/** A program that makes so many calls which it waits for gets a connection of its own for them. */
const CALLS_BEFORE = 16;
/** The main thread has a connection for less than a millisecond, unless it was interrupted meanwhile. */
const TAKEN_MS = 1_000;
const POLL_MS = 1;
const ATTACH_TIMEOUT_MS = 15_000;

interface DirectOffer {
  readonly epoch: number;
  /** Whether the session still is the one in use. */
  isCurrent(): boolean;
  /** The connection has closed, and not from here. */
  onLost(): void;
  /** Those who will have no answer, and what went wrong here, if anything did. */
  onUnanswered(unanswered: readonly Receiver[], problem: RemoteError | undefined): void;
}

/**
 * The I/O thread's end of the direct connection (see `DirectState`): opens it, waits for the answers that are late, and
 * closes it.
 */
export class DirectConnection {
  readonly #words: Channel['words'];
  #connection: ThriftConnection | undefined;
  #live: LiveSession | undefined;
  #isOpening = false;
  #calls = 0;

  constructor({ words }: Channel) {
    this.#words = words;
  }

  /** Whose connection it is, or was last. */
  get live(): LiveSession | undefined {
    return this.#live;
  }

  /** Counts a call that went the long way. After some, opens the connection and offers it. */
  countCall(live: LiveSession, offer: DirectOffer): void {
    this.#calls += 1;
    if (this.#calls < CALLS_BEFORE || this.#isOpening || !isPossible(live)) return;
    if (Atomics.load(this.#words, Word.direct) !== DirectState.none) return;
    this.#calls = 0;
    this.#isOpening = true;
    this.#open(live, offer)
      // Calls go the long way; after as many as before, it is tried again.
      .catch(() => undefined)
      .finally(() => {
        this.#isOpening = false;
      });
  }

  async #open(live: LiveSession, offer: DirectOffer): Promise<void> {
    // One that the main thread has let go of.
    this.withdraw();
    const connection = await attach(live.location, live.id, AbortSignal.timeout(ATTACH_TIMEOUT_MS));
    const { fileDescriptor } = connection;
    if (!offer.isCurrent() || fileDescriptor === undefined) {
      connection.destroy();
      return;
    }
    connection.pause();
    connection.onClosed((unanswered, problem) => {
      if (this.#connection === connection) {
        this.withdraw();
        offer.onLost();
      }
      offer.onUnanswered(unanswered, problem);
    });
    this.#connection = connection;
    this.#live = live;
    this.#words[Word.directDescriptor] = fileDescriptor;
    this.#words[Word.directEpoch] = offer.epoch;
    Atomics.store(this.#words, Word.direct, DirectState.offered);
  }

  /** Closes the connection, as soon as the main thread doesn't use it. Those who wait for an answer learn of it. */
  withdraw(): void {
    const { offered, taken, none } = DirectState;
    const deadline = performance.now() + TAKEN_MS;
    while (Atomics.compareExchange(this.#words, Word.direct, offered, none) === taken) {
      if (performance.now() > deadline) break;
      Atomics.wait(this.#words, Word.direct, taken, POLL_MS);
    }
    Atomics.store(this.#words, Word.direct, none);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.destroy();
  }

  /**
   * Waits for an answer that the main thread has handed over.
   *
   * @param receiverOf makes the receiver of it
   * @returns undefined when the connection is closed
   */
  waitFor(
    { sequenceId, begun }: LateCommand,
    receiverOf: (ends: CallEnds) => Receiver,
  ): Promise<Uint8Array> | undefined {
    const connection = this.#connection;
    if (!connection?.isOpen) return undefined;
    return new Promise<Uint8Array>((resolve, reject) => {
      const receive = (bytes: Uint8Array) => resolve(bytes.slice());
      connection.expect(sequenceId, receiverOf({ receive, fail: reject }));
      if (begun.byteLength > 0) connection.receive(begun);
      connection.resume();
    }).finally(() => {
      connection.pause();
      const { handedOver, offered } = DirectState;
      if (this.#connection === connection)
        Atomics.compareExchange(this.#words, Word.direct, handedOver, offered);
    });
  }

  /**
   * What is under way on it now: asked again, it is undefined as soon as the main thread or this one has the answer, or
   * when there was an interrupt and none can be expected.
   */
  underWay(): () => RequestIds | undefined {
    const words = this.#words;
    const sequenceId = words[Word.directSequence] ?? 0;
    const deadline = performance.now() + TAKEN_MS;
    return () => {
      const state = Atomics.load(words, Word.direct);
      const isTaken = state === DirectState.taken && performance.now() < deadline;
      if (!isTaken && state !== DirectState.handedOver) return undefined;
      return words[Word.directSequence] === sequenceId ? { first: sequenceId, last: sequenceId } : undefined;
    };
  }
}

/** It takes a processor for the main thread and one for the server, and a descriptor that is the socket itself. */
function isPossible({ location }: LiveSession): boolean {
  return location.tls === undefined && process.platform === 'linux' && availableParallelism() > 1;
}
