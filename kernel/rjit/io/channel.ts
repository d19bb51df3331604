/**
 * The memory in which the main thread and the I/O thread exchange synchronous calls.
 *
 * The main thread may be terminated while it waits (an interrupt), so nothing here relies on it to come back: every
 * call has an id of its own, and the I/O thread answers only the id that is current.
 */
export const Word = {
  /** Id of the latest hot call; the I/O thread waits on it. */
  request: 0,
  /** Id of whatever synchronous request the main thread waits for now. */
  current: 1,
  /** Id of the synchronous request that was completed last; the main thread waits on it. */
  completed: 2,
  /** How the hot call ended: see CallStatus. */
  status: 3,
  handle: 4,
  /**
   * The epoch of the handle in the hot call. It counts the sessions this client has had: handles of an earlier one
   * are unknown to the server now, or worse, name something else.
   */
  handleEpoch: 5,
  argumentsByteLength: 6,
  timeoutMs: 7,
  /** Set once, when the I/O thread has ended: nobody will answer any more. */
  ended: 8,
} as const;

export const CallStatus = {
  /** The result's bytes are in the channel. */
  done: 0,
  /** The error is on the port. */
  failed: 1,
} as const;

const HEADER_BYTES = 64;
const RESULT_BYTES = 64;
/** 4096 arguments of 16 bytes; a call with more goes over the port. */
export const ARGUMENTS_CAPACITY = 64 * 1024;

export interface Channel {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly result: Uint8Array<SharedArrayBuffer>;
  readonly arguments: Uint8Array<SharedArrayBuffer>;
}

export function createChannel(): Channel {
  return openChannel(new SharedArrayBuffer(HEADER_BYTES + RESULT_BYTES + ARGUMENTS_CAPACITY));
}

export function openChannel(buffer: SharedArrayBuffer): Channel {
  return {
    buffer,
    words: new Int32Array(buffer, 0, HEADER_BYTES / 4),
    result: new Uint8Array(buffer, HEADER_BYTES, RESULT_BYTES),
    arguments: new Uint8Array(buffer, HEADER_BYTES + RESULT_BYTES, ARGUMENTS_CAPACITY),
  };
}
