import type { RemoteError } from '../../../backend/contract/remote-error.ts';
import type { DirectLine } from './direct-line.ts';
import { MapAnswers } from './map-answers.ts';
import { type ChunkedMap, MapRequests } from './map-requests.ts';

/** Chunks under way at once: as much as the system's buffers hold, so that nobody waits who can work. */
const WINDOW = 16;
/** How long to sleep where nothing goes and nothing comes: longer each time. The socket's buffers hold more. */
const FIRST_PAUSE_MS = 0.05;
const LONGEST_PAUSE_MS = 1;

export type MapEnd =
  | { readonly kind: 'done'; readonly result: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly error: RemoteError }
  | { readonly kind: 'timeout' }
  /** The connection has ended, or the I/O thread wants it back. */
  | { readonly kind: 'lost' };

/** What the I/O thread needs to bring the connection to rest where a map ended early. */
export interface MapRemains {
  /** Sequence ids of the chunks whose answers are to come. */
  readonly firstId: number;
  readonly lastId: number;
  /** What has been read of the first answer. */
  readonly begun: Uint8Array;
  /** What must be written yet of the last chunk. */
  readonly unsent: Uint8Array;
  /** Behind that chunk stands a part of another, which has no rest: the connection is of no further use. */
  readonly isBroken: boolean;
}

/**
 * A map that the main thread itself brings to the server, on the direct connection: from its arrays to the socket and
 * from the socket to the results, each byte is copied by the system and by nobody else.
 */
export class DirectMap {
  readonly #map: ChunkedMap;
  readonly #line: DirectLine;
  readonly #requests: MapRequests;
  readonly #answers: MapAnswers;

  constructor(map: ChunkedMap, chunkCount: number, line: DirectLine, descriptor: number) {
    this.#map = map;
    this.#line = line;
    this.#requests = new MapRequests(map, chunkCount, descriptor);
    this.#answers = new MapAnswers(map, chunkCount, descriptor);
  }

  /**
   * @param deadline by `performance.now()`
   * @param onProgress told how many elements have their results; what it throws ends this
   * @throws RemoteError `bad-argument` when an array has been detached since the map began
   */
  run(deadline: number, onProgress: ((done: number) => void) | undefined): MapEnd {
    const answers = this.#answers;
    let pauseMs = FIRST_PAUSE_MS;
    let told = 0;
    while (!answers.isComplete) {
      if (!this.#line.keep()) return { kind: 'lost' };
      const hasSent = this.#requests.send(answers.count + WINDOW);
      const hasReceived = answers.receive();
      if (answers.error) return { kind: 'failed', error: answers.error };
      if (hasSent === undefined || hasReceived === undefined) return { kind: 'lost' };
      if (answers.count > told) {
        told = answers.count;
        onProgress?.(Math.min(this.#map.length, told * this.#map.chunkLength));
      }
      if (performance.now() > deadline) return { kind: 'timeout' };
      if (hasSent || hasReceived) {
        pauseMs = FIRST_PAUSE_MS;
      } else {
        this.#line.pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
    return { kind: 'done', result: answers.result };
  }

  get remains(): MapRemains {
    const { count, begun } = this.#answers.unread;
    const { firstId } = this.#map;
    const { unsent, isBroken } = this.#requests;
    const lastId = firstId + this.#requests.count - 1;
    return { firstId: firstId + count, lastId, begun, unsent, isBroken };
  }
}
