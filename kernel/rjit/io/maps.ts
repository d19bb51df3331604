import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { DirectState } from './channel.ts';
import type { DirectLine } from './direct-line.ts';
import { DirectMap, type MapEnd } from './direct-map.ts';
import type { RequestOptions } from './io-client.ts';
import { chunkLengthOf, MapFeeder } from './map-stream.ts';
import { timeoutError } from './pending-call.ts';
import type { MapCommand } from './requests.ts';
import type { RunningThread } from './running-thread.ts';

/** The main thread's end of `foo.map`: how columns get from its arrays to the server, and the results back. */
export class Maps {
  readonly #thread: RunningThread;
  readonly #line: DirectLine;

  constructor(thread: RunningThread, line: DirectLine) {
    this.#thread = thread;
    this.#line = line;
  }

  /** Waits for the results, packed densely. @throws RemoteError */
  run(command: MapCommand, options: RequestOptions): Uint8Array {
    this.#thread.refuseInProgress();
    const { timeoutMs } = options;
    const deadline = timeoutMs > 0 ? performance.now() + timeoutMs : Number.POSITIVE_INFINITY;
    const direct = this.#direct(command, deadline, options);
    if (direct) return direct;
    const feeder = MapFeeder.of(command);
    const feed = feeder && (() => feeder.feed());
    return this.#thread.requestSync('map', { ...command, ...feeder?.carried }, { ...options, feed });
  }

  /** The arrays are read, chunk by chunk, until the results are there. */
  async runAsync(command: MapCommand, options: RequestOptions): Promise<Uint8Array> {
    const feeder = MapFeeder.of(command);
    if (!feeder) return this.#thread.request('map', command, options);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
    const results = this.#thread.request('map', { ...command, ...feeder.carried }, { ...options, signal });
    let failure: unknown;
    feeder.feedUntil(results).catch((error: unknown) => {
      failure = error;
      stop.abort();
    });
    return results.catch((error: unknown) => {
      throw failure ?? error;
    });
  }

  /** Undefined for what fits a chunk, and when the main thread can't have a connection of its own. */
  #direct(command: MapCommand, deadline: number, options: RequestOptions): Uint8Array | undefined {
    const { epoch, length, elementByteLengths, resultElementByteLength } = command;
    const chunkLength = chunkLengthOf(elementByteLengths, resultElementByteLength);
    if (length <= chunkLength || !this.#thread.isIdle) return undefined;
    const line = this.#line;
    if (!line.isOffered(epoch) && !this.#thread.requestSync('offerDirect', {}, { timeoutMs: 0 }))
      return undefined;
    const chunkCount = Math.ceil(length / chunkLength);
    const firstId = line.nextSequenceIds(chunkCount);
    const descriptor = line.take(epoch, firstId, firstId + chunkCount - 1);
    if (descriptor === undefined) return undefined;
    const map = new DirectMap({ ...command, chunkLength, firstId }, chunkCount, line, descriptor);
    const { onProgress } = options;
    let end: MapEnd | undefined;
    try {
      end = map.run(deadline, onProgress && ((done) => this.#thread.tell(onProgress, done)));
      if (end.kind === 'done') return end.result;
    } finally {
      line.give(end?.kind === 'done' ? DirectState.offered : DirectState.handedOver);
      // The caller's own error, or the server's, is what matters.
      if (end === undefined || end.kind === 'failed') this.#finishLater(map);
    }
    if (end.kind === 'failed') throw end.error;
    throw this.#ended(map, end, options);
  }

  #finishLater(map: DirectMap): void {
    this.#thread
      .request('finishMap', { ...map.remains, isStopped: true }, { timeoutMs: 0 })
      .catch(() => undefined);
  }

  /** Why it ended: where a connection was lost, the I/O thread finds out. */
  #ended(map: DirectMap, { kind }: MapEnd, { timeoutMs }: RequestOptions): RemoteError {
    const isStopped = kind === 'timeout';
    let cause = new RemoteError('connection-lost', 'the connection to the server was lost during the map');
    try {
      this.#thread.requestSync('finishMap', { ...map.remains, isStopped }, { timeoutMs: 0 });
    } catch (error) {
      cause = RemoteError.from(error);
    }
    return isStopped ? timeoutError(timeoutMs, cause) : cause;
  }
}
