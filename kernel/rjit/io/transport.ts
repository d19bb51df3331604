import type { CompileRequest } from '../../../backend/contract/compile-messages.ts';
import type {
  CompileOutcome,
  MapCommand,
  ServerStatus,
  ServerTarget,
  SessionName,
  StagedCallCommand,
} from './requests.ts';
import type { Receiver } from './thrift-connection.ts';

export interface CallOptions {
  /** For the whole; 0 for none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface MapOptions extends CallOptions {
  /** Told how many elements have their results. */
  readonly onProgress: ((done: number) => void) | undefined;
  /** Told when a stream has room for another chunk. */
  onRoom(): void;
  /** Whether the main thread, which fills the stream, still waits for this map. */
  isAwaited(): boolean;
}

export interface TransportListener {
  /** Called when all replies that arrived together have been given to their receivers. */
  afterReplies(): void;
  /** Called when a session is open, or open again. */
  onSession(session: SessionName): void;
  /** Called when the connection to the server has closed. */
  onLost(): void;
}

/**
 * A client's way to one server, in the I/O thread: our own speaks the service `rjit`, RBC's own `remotejit`.
 *
 * Handles belong to an epoch; in any other they are refused with `unknown-function`, and the caller compiles again.
 */
export interface Transport {
  target(): Promise<ServerTarget>;
  compile(command: CompileRequest): Promise<CompileOutcome>;
  /**
   * Begins a call; `flush` sends it.
   *
   * @param packed is read before this returns
   */
  call(handle: number, epoch: number, packed: Uint8Array, receiver: Receiver): void;
  flush(): void;
  /**
   * Makes a call from the memory that its answer is put into.
   *
   * @returns where in that memory the answer begins
   */
  callStaged(command: StagedCallCommand, options: CallOptions): Promise<number>;
  map(command: MapCommand, options: MapOptions): Promise<Uint8Array>;
  emit(handle: number, epoch: number, what: 'opt' | 'asm'): Promise<string>;
  /** Now or later. */
  drop(epoch: number, handles: readonly number[]): void;
  status(): Promise<ServerStatus>;
  /** Stops everything that is under way; false when nothing was. */
  cancel(): Promise<boolean>;
  /** Stops `receiver`'s call, and no other. */
  stop(receiver: Receiver): void;
  close(): void;
}
