/** What one peer may take from the server. Times in milliseconds, sizes in bytes. */
export interface Limits {
  readonly maxConnections: number;
  readonly maxSessions: number;
  readonly maxMessageByteLength: number;
  /** How long a connection may take to send its first message, or to complete one it has begun. */
  readonly messageTimeoutMs: number;
  /** An RBC connection that says nothing for this long is closed; RBC opens a new one for each call. */
  readonly idleTimeoutMs: number;
  /** A call that runs longer is cancelled; undefined lets it run. */
  readonly callTimeoutMs: number | undefined;
  /** A compilation that takes longer ends with its worker. */
  readonly compileTimeoutMs: number;
  /** How much memory a session's worker may use; undefined lets it take what there is. */
  readonly sessionMemoryByteLength: number | undefined;
  /** How much IR text one session may keep compiled. */
  readonly maxSessionIrByteLength: number;
}

export const defaultLimits: Limits = {
  maxConnections: 1024,
  maxSessions: 64,
  maxMessageByteLength: 1024 * 1024 * 1024,
  messageTimeoutMs: 20_000,
  idleTimeoutMs: 10 * 60_000,
  callTimeoutMs: undefined,
  compileTimeoutMs: 120_000,
  sessionMemoryByteLength: undefined,
  maxSessionIrByteLength: 256 * 1024 * 1024,
};

/** hello, attach, cancel and status are short; anything longer on a control connection is not ours. */
export const controlMessageByteLength = 16 * 1024;
/** How long a cancelled call may take to stop, and a worker to end, before SIGKILL. */
export const stopTimeoutMs = 1000;
