import type {
  CompileCommand,
  CompileOutcome,
  Endpoint,
  MapCommand,
  ServerStatus,
  ServerTarget,
} from './requests.ts';
import type { Receiver } from './thrift-connection.ts';

/**
 * A client's way to one server, in the I/O thread. Ours speaks the `rjit` service; a transport for RBC's own servers
 * would speak `remotejit`.
 *
 * Handles belong to an epoch; in any other they are refused with `unknown-function`, and the caller compiles again.
 */
export interface Transport {
  /** Changes where the server is; what was compiled is forgotten. */
  setEndpoint(endpoint: Endpoint): void;
  target(): Promise<ServerTarget>;
  compile(command: CompileCommand): Promise<CompileOutcome>;
  /**
   * Begins a call; `flush` sends it.
   *
   * @param packed is read before this returns
   */
  call(handle: number, epoch: number, packed: Uint8Array, receiver: Receiver): void;
  flush(): void;
  /** @param timeoutMs for the whole; 0 for none */
  map(command: MapCommand, timeoutMs: number): Promise<Uint8Array>;
  emit(handle: number, epoch: number, what: 'opt' | 'asm'): Promise<string>;
  drop(epoch: number, handles: readonly number[]): Promise<void>;
  status(): Promise<ServerStatus>;
  /** Stops everything that is under way; false when nothing was. */
  cancel(): Promise<boolean>;
  /** Stops `receiver`'s call because it took too long. */
  expire(receiver: Receiver): void;
  close(): void;
}
