import { availableParallelism } from 'node:os';
import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import { type Channel, DirectState, Word } from './channel.ts';
import type { CallEnds } from './pending-call.ts';
import type { FinishMapCommand, LateCommand } from './requests.ts';
import { attach, type LiveSession } from './server-session.ts';
import type { Receiver, RequestIds, ThriftConnection } from './thrift-connection.ts';

/** A program that makes so many calls which it waits for gets a connection of its own for them. */
const CALLS_BEFORE = 16;
/** The main thread has a connection for less than a millisecond, or shows that it works; else it was interrupted. */
const TAKEN_MS = 1_000;
const POLL_MS = 1;
const ATTACH_TIMEOUT_MS = 15_000;

export interface DirectOffer {
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
  #opening: Promise<void> | undefined;
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
    if (this.#calls < CALLS_BEFORE) return;
    this.#calls = 0;
    void this.offer(live, offer);
  }

  /** Opens the connection, where there is none; false when the main thread can't have it now. */
  async offer(live: LiveSession, offer: DirectOffer): Promise<boolean> {
    if (!isPossible(live)) return false;
    if (Atomics.load(this.#words, Word.direct) === DirectState.none) {
      this.#opening ??= this.#open(live, offer).finally(() => {
        this.#opening = undefined;
      });
      // Calls go the long way; it is tried again.
      await this.#opening.catch(() => undefined);
    }
    return Atomics.load(this.#words, Word.direct) === DirectState.offered;
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
    const words = this.#words;
    const { offered, taken, recalled, none } = DirectState;
    const isAtWork = this.#watch();
    Atomics.compareExchange(words, Word.direct, offered, none);
    while (isHeld(Atomics.load(words, Word.direct)) && isAtWork()) {
      if (Atomics.compareExchange(words, Word.direct, taken, recalled) === taken) {
        Atomics.notify(words, Word.direct);
      }
      Atomics.wait(words, Word.direct, recalled, POLL_MS);
      Atomics.compareExchange(words, Word.direct, offered, none);
    }
    Atomics.store(words, Word.direct, none);
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
    const answer = new Promise<Uint8Array>((resolve, reject) => {
      const receive = (bytes: Uint8Array) => resolve(bytes.slice());
      connection.expect(sequenceId, receiverOf({ receive, fail: reject }));
    });
    this.#readOn(connection, begun);
    return answer.finally(() => this.#offerAgain(connection));
  }

  /**
   * Brings a map to its end that the main thread has handed over.
   *
   * @returns rejects with the first error among its answers; undefined when the connection is closed
   */
  finish({ firstId, lastId, begun, unsent, isBroken }: FinishMapCommand): Promise<void> | undefined {
    const connection = this.#connection;
    if (!connection?.isOpen) return undefined;
    const answers: Promise<void>[] = [];
    for (let id = firstId; id <= lastId; id += 1) {
      answers.push(
        new Promise<void>((resolve, fail) => connection.expect(id, { receive: () => resolve(), fail })),
      );
    }
    connection.send(unsent);
    this.#readOn(connection, begun);
    return Promise.allSettled(answers)
      .then(() => Promise.all(answers))
      .then(() => undefined)
      .finally(() => {
        if (!isBroken) this.#offerAgain(connection);
        else if (this.#connection === connection) this.withdraw();
      });
  }

  #readOn(connection: ThriftConnection, begun: Uint8Array): void {
    if (begun.byteLength > 0) connection.receive(begun);
    connection.resume();
  }

  #offerAgain(connection: ThriftConnection): void {
    connection.pause();
    const { handedOver, offered } = DirectState;
    if (this.#connection === connection)
      Atomics.compareExchange(this.#words, Word.direct, handedOver, offered);
  }

  /**
   * What is under way on it now: asked again, it is undefined as soon as the main thread or this one has the answer, or
   * when there was an interrupt and none can be expected.
   */
  underWay(): () => RequestIds | undefined {
    const words = this.#words;
    const first = words[Word.directSequence] ?? 0;
    const isAtWork = this.#watch();
    return () => {
      const state = Atomics.load(words, Word.direct);
      if (!(isHeld(state) && isAtWork()) && state !== DirectState.handedOver) return undefined;
      return words[Word.directSequence] === first ? { first, last: words[Word.directLast] ?? 0 } : undefined;
    };
  }

  /** Tells, while the main thread has the connection, whether it goes on or was interrupted for good. */
  #watch(): () => boolean {
    let beats = -1;
    let since = 0;
    return () => {
      const now = performance.now();
      const seen = Atomics.load(this.#words, Word.directBeats);
      if (seen !== beats) since = now;
      beats = seen;
      return now - since < TAKEN_MS;
    };
  }
}

function isHeld(state: number): boolean {
  return state === DirectState.taken || state === DirectState.recalled;
}

/** It takes a processor for the main thread and one for the server, and a descriptor that is the socket itself. */
function isPossible({ location }: LiveSession): boolean {
  return location.tls === undefined && process.platform === 'linux' && availableParallelism() > 1;
}
