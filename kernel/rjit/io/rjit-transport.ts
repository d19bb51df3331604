import { setTimeout as delay } from 'node:timers/promises';
import { RequestRange } from '#thrift/remotejit_types.js';
import type { Client } from '#thrift/rjit.js';
import type { CompileRequest } from '../../../backend/contract/compile-messages.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { wrongResult } from './call-results.ts';
import type { Channel } from './channel.ts';
import { deathError } from './death.ts';
import { DeferredDrops } from './deferred-drops.ts';
import { DirectConnection, type DirectOffer } from './direct-connection.ts';
import { mapInChunks } from './map-chunks.ts';
import { abortedError, type CallEnds, PendingCall } from './pending-call.ts';
import type {
  CompileOutcome,
  Endpoint,
  FinishMapCommand,
  LateCommand,
  MapCommand,
  ServerStatus,
  ServerTarget,
  SessionName,
  StagedCallCommand,
} from './requests.ts';
import { type LiveSession, openSession, type SessionRemains } from './server-session.ts';
import type { Receiver, RequestIds, ThriftConnection } from './thrift-connection.ts';
import { int64 } from './thrift-fault.ts';
import type { CallOptions, MapOptions, Transport, TransportListener } from './transport.ts';

const FIRST_CANCEL_PAUSE_MS = 1;
const LONGEST_CANCEL_PAUSE_MS = 50;

/** One session on one of our servers, kept alive over lost connections, dead workers and restarted servers. */
export class RjitTransport implements Transport {
  readonly #listener: TransportListener;
  #endpoint: Endpoint;
  #epoch = 0;
  #live: LiveSession | undefined;
  #remains: SessionRemains | undefined;
  #opening: Promise<LiveSession> | undefined;
  #abort = new AbortController();
  #isClosed = false;
  #isStoppingSettled = false;
  readonly #direct: DirectConnection;
  readonly #drops = new DeferredDrops((epoch, handles) => this.#dropNow(epoch, handles));

  /** @param session of a thread before this one, to be taken up again */
  constructor(
    endpoint: Endpoint,
    session: SessionName | undefined,
    channel: Channel,
    listener: TransportListener,
  ) {
    this.#direct = new DirectConnection(channel);
    this.#endpoint = endpoint;
    this.#listener = listener;
    if (session) {
      this.#epoch = session.epoch;
      this.#remains = { id: session.id };
    }
  }

  setEndpoint(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
    this.#forget(
      new RemoteError('connection-lost', 'the client was connected to another server during the call'),
    );
  }

  async target(): Promise<ServerTarget> {
    return (await this.#open()).target;
  }

  async compile(command: CompileRequest): Promise<CompileOutcome> {
    const { data } = await this.#open();
    const epoch = this.#epoch;
    const { functions, ...report } = await data.compile(command);
    return { epoch, handles: functions, ...report };
  }

  call(handle: number, epoch: number, packed: Uint8Array, receiver: Receiver): void {
    if (this.#live?.data.isOpen) {
      this.#send(this.#live, handle, epoch, packed, receiver);
      return;
    }
    const kept = packed.slice();
    this.#open().then(
      (live) => {
        // It may have run out of time meanwhile.
        if (receiver.isSettled) return;
        this.#send(live, handle, epoch, kept, receiver);
        live.data.flush();
      },
      (error: unknown) => receiver.fail(RemoteError.from(error)),
    );
  }

  flush(): void {
    this.#live?.data.flush();
  }

  #send(live: LiveSession, handle: number, epoch: number, packed: Uint8Array, receiver: Receiver): void {
    if (epoch === this.#epoch) live.data.call({ handle, packed }, receiver);
    else receiver.fail(staleHandle());
  }

  async callStaged(command: StagedCallCommand, { timeoutMs, signal }: CallOptions): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    const { data } = await this.#open();
    if (signal?.aborted) throw abortedError();
    this.#checkEpoch(command.epoch);
    const { handle, staging, byteLength } = command;
    return new Promise((resolve, reject) => {
      const ends: CallEnds = {
        memory: staging,
        receive: (bytes) => {
          if (bytes.byteLength === command.resultByteLength) resolve(placeIn(staging, bytes));
          else reject(wrongResult(bytes, command.resultByteLength));
        },
        fail: reject,
      };
      const remainingMs = Math.max(1, deadline - performance.now());
      const limits = { timeoutMs, remainingMs, signal };
      const call = new PendingCall(ends, limits, (stopped) => this.stop(stopped));
      data.callStaged(handle, staging.subarray(0, byteLength), call);
    });
  }

  /** A call came that the main thread waits for: where there are many, it gets a connection of its own for them. */
  countWaitingCall(): void {
    const live = this.#live;
    if (!live) return;
    this.#direct.countCall(live, this.#offerOf(live));
  }

  /** Gives the main thread a connection of its own, for a large map; false when it can't have one now. */
  async offerDirect(): Promise<boolean> {
    const live = await this.#open();
    return this.#direct.offer(live, this.#offerOf(live));
  }

  #offerOf(live: LiveSession): DirectOffer {
    return {
      epoch: this.#epoch,
      isCurrent: () => this.#live === live,
      onLost: () => live.data.destroy(),
      onUnanswered: (unanswered, problem) => this.#fail(live, unanswered, problem),
    };
  }

  /** Waits for the answer to a call of the main thread's. */
  async waitForLate(command: LateCommand, timeoutMs: number): Promise<Uint8Array> {
    const { live } = this.#direct;
    if (!live) throw new RemoteError('protocol', 'a call was sent on a connection that there never was');
    const receiverOf = (ends: CallEnds): Receiver =>
      new PendingCall(ends, { timeoutMs }, () => void cancelAll(live, this.#direct.underWay()));
    const answer = this.#direct.waitFor(command, receiverOf);
    if (!answer) throw await this.#explain(live, undefined);
    const bytes = await answer;
    if (bytes.byteLength !== command.resultByteLength) throw wrongResult(bytes, command.resultByteLength);
    return bytes;
  }

  /** Waits for the answers to a map of the main thread's that ended early. @throws RemoteError the first of them */
  async finishMap(command: FinishMapCommand): Promise<void> {
    const { live } = this.#direct;
    if (!live) throw new RemoteError('protocol', 'a map was begun on a connection that there never was');
    const end = this.#direct.finish(command);
    if (!end) throw await this.#explain(live, undefined);
    if (command.isStopped) void cancelAll(live, this.#direct.underWay());
    await end;
  }

  /** Takes the main thread's own connection back. */
  withdraw(): void {
    this.#direct.withdraw();
  }

  async map(command: MapCommand, options: MapOptions): Promise<Uint8Array> {
    const { timeoutMs, signal } = options;
    const deadline = performance.now() + timeoutMs;
    const { data } = await this.#open();
    if (signal?.aborted) throw abortedError();
    this.#checkEpoch(command.epoch);
    const receiverOf = (ends: CallEnds): Receiver => {
      const remainingMs = Math.max(1, deadline - performance.now());
      return new PendingCall(ends, { timeoutMs, remainingMs, signal }, (stopped) => this.stop(stopped));
    };
    return mapInChunks(data, command, receiverOf, options);
  }

  async emit(handle: number, epoch: number, what: 'opt' | 'asm'): Promise<string> {
    return this.#onHandle(epoch, (client) => client.emit(handle, what));
  }

  drop(epoch: number, handles: readonly number[]): void {
    if (epoch === this.#epoch) this.#drops.add(epoch, handles);
  }

  #dropNow(epoch: number, handles: readonly number[]): void {
    // Handles of an earlier session are gone already, and an absent server keeps nothing.
    const live = this.#live;
    if (epoch !== this.#epoch || !live?.data.isOpen) return;
    live.data.request((client) => client.drop([...handles])).catch(() => undefined);
  }

  async status(): Promise<ServerStatus> {
    const {
      control,
      location: { host, port },
      target,
    } = await this.#open();
    const status = await control.request((client) => client.status());
    return {
      address: { host, port },
      target,
      sessions: status.sessions,
      workers: status.workers,
      uptimeMs: Number(int64(status.uptimeMs)),
      supervisorPid: status.supervisorPid,
      workerPids: { ...status.workerPids },
    };
  }

  async cancel(): Promise<boolean> {
    if (this.#opening) {
      this.#abort.abort();
      this.#abort = new AbortController();
      return true;
    }
    const live = this.#live;
    const targets = live?.data.inFlight() ?? [];
    const direct = this.#direct.underWay();
    if (!live || (targets.length === 0 && direct() === undefined)) return false;
    await Promise.all([cancelAll(live, rangeOf(live, targets)), cancelAll(live, direct)]);
    return true;
  }

  stop(receiver: Receiver): void {
    const live = this.#live;
    const [oldest] = live?.data.inFlight() ?? [];
    if (live && oldest === receiver) {
      void cancelAll(live, rangeOf(live, [receiver]));
      return;
    }
    receiver.fail(new RemoteError('cancelled', 'it was stopped while it waited behind other calls'));
    if (live) void this.#stopSettled(live);
  }

  /** The server works in order: a call that was stopped behind others is stopped there when its turn has come. */
  async #stopSettled(live: LiveSession): Promise<void> {
    if (this.#isStoppingSettled) return;
    this.#isStoppingSettled = true;
    while (live.control.isOpen) {
      const inFlight = live.data.inFlight();
      if (!inFlight.some((receiver) => receiver.isSettled)) break;
      const [oldest] = inFlight;
      if (oldest?.isSettled) await cancelAll(live, rangeOf(live, [oldest]));
      else await delay(LONGEST_CANCEL_PAUSE_MS);
    }
    this.#isStoppingSettled = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#forget(new RemoteError('cancelled', 'the client was closed during the call'));
  }

  async #onHandle<T>(epoch: number, send: (client: Client) => Promise<T>): Promise<T> {
    const { data } = await this.#open();
    this.#checkEpoch(epoch);
    return data.request(send);
  }

  #checkEpoch(epoch: number): void {
    if (epoch !== this.#epoch) throw staleHandle();
  }

  #open(): Promise<LiveSession> {
    if (this.#isClosed) return Promise.reject(new RemoteError('cancelled', 'the client is closed'));
    if (this.#live?.data.isOpen && this.#live.control.isOpen) return Promise.resolve(this.#live);
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #reopen(): Promise<LiveSession> {
    const endpoint = this.#endpoint;
    let live: LiveSession;
    try {
      live = await openSession(endpoint, this.#remains, this.#abort.signal);
    } catch (error) {
      // Sent elsewhere meanwhile: who waits for a server gets the new one.
      if (!this.#isClosed && endpoint !== this.#endpoint) return this.#reopen();
      throw error;
    }
    if (this.#isClosed || endpoint !== this.#endpoint) {
      live.control.destroy();
      live.data.destroy();
      if (!this.#isClosed) return this.#reopen();
      throw new RemoteError('cancelled', 'the client is closed');
    }
    if (live.id !== this.#remains?.id) this.#epoch += 1;
    this.#live = live;
    this.#remains = { id: live.id, open: { control: live.control, location: live.location } };
    this.#listener.onSession({ id: live.id, epoch: this.#epoch });
    live.data.afterReplies(this.#listener.afterReplies);
    live.data.onClosed((unanswered, problem) => this.#closed(live, unanswered, problem));
    live.control.onClosed((unanswered, problem) => {
      // The server has gone, and the session with it.
      live.data.destroy();
      this.#closed(live, unanswered, problem);
    });
    return live;
  }

  #closed(live: LiveSession, unanswered: readonly Receiver[], problem: RemoteError | undefined): void {
    if (this.#live === live) {
      this.#live = undefined;
      this.#listener.onLost();
      this.#direct.withdraw();
    }
    this.#fail(live, unanswered, problem);
  }

  #fail(live: LiveSession, unanswered: readonly Receiver[], problem: RemoteError | undefined): void {
    if (unanswered.length === 0) return;
    this.#explain(live, problem).then(
      (error) => {
        for (const receiver of unanswered) receiver.fail(error);
      },
      (error: unknown) => {
        for (const receiver of unanswered) receiver.fail(RemoteError.from(error));
      },
    );
  }

  /** Why a connection closed under a call: the server knows, once it is there again. */
  async #explain(live: LiveSession, problem: RemoteError | undefined): Promise<RemoteError> {
    if (problem && problem.code !== 'connection-lost') return problem;
    const { host, port } = live.location;
    try {
      const next = await this.#open();
      if (next.death) return deathError(next.death);
      const what =
        next.id === live.id
          ? `the connection to ${host}:${port} was lost`
          : `the server at ${host}:${port} ended`;
      return new RemoteError('connection-lost', `${what} during the call; it is there again, call again`, {
        cause: problem,
      });
    } catch (caught) {
      const error = RemoteError.from(caught);
      if (error.code === 'server-stopped') return error;
      return new RemoteError(
        'connection-lost',
        `the server at ${host}:${port} ended during the call and can't be reached any more: ${error.detail}`,
        { cause: error },
      );
    }
  }

  #forget(reason: RemoteError): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    const live = this.#live;
    this.#live = undefined;
    this.#direct.withdraw();
    this.#remains = undefined;
    this.#epoch += 1;
    if (!live) return;
    for (const connection of [live.control, live.data]) abandon(connection, reason);
  }
}

/** Where in `staging` the answer is: it came there, unless it was short. */
function placeIn(staging: Uint8Array, bytes: Uint8Array): number {
  if (bytes.buffer === staging.buffer) return bytes.byteOffset - staging.byteOffset;
  staging.set(bytes);
  return 0;
}

function abandon(connection: ThriftConnection, reason: RemoteError): void {
  connection.onClosed((unanswered) => {
    for (const receiver of unanswered) receiver.fail(reason);
  });
  connection.destroy();
}

/** Which of `targets` have no answer yet. */
function rangeOf({ data }: LiveSession, targets: readonly Receiver[]): () => RequestIds | undefined {
  return () => data.rangeOf(targets);
}

/**
 * A cancel that comes before its call, or between two, finds nothing to stop: it is repeated until all have answers.
 * It names the calls that are meant, so that a late one stops no other.
 *
 * @param unanswered which calls they are; undefined when there are none any more
 */
async function cancelAll(
  { id, control }: LiveSession,
  unanswered: () => RequestIds | undefined,
): Promise<void> {
  let pauseMs = FIRST_CANCEL_PAUSE_MS;
  for (let range = unanswered(); range !== undefined; range = unanswered()) {
    const requests = new RequestRange(range);
    try {
      await control.request((client) => client.cancel(id, requests));
    } catch {
      // The connection has gone, and with it the calls: they learn why when it closes.
      return;
    }
    await delay(pauseMs);
    pauseMs = Math.min(2 * pauseMs, LONGEST_CANCEL_PAUSE_MS);
  }
}

function staleHandle(): RemoteError {
  return new RemoteError(
    'unknown-function',
    'it was compiled in an earlier session; it must be compiled again',
  );
}
