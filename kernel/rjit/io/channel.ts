/**
 * The memory in which the main thread and the I/O thread exchange calls.
 *
 * The main thread may be terminated while it waits (an interrupt), so nothing here relies on it to come back: every
 * call has an id of its own, and the I/O thread answers only the synchronous call that is current.
 */
export const Word = {
  /** Bytes that the main thread has written to the ring, ever; the I/O thread waits on it. */
  written: 0,
  /** Bytes that the I/O thread has read from the ring, ever; the main thread waits on it when the ring is full. */
  read: 1,
  /** Id of whatever synchronous request the main thread waits for now. */
  current: 2,
  /** Id of the synchronous request that was completed last. */
  completed: 3,
  /** How the synchronous call ended: see CallStatus. */
  status: 4,
  /** Set once, when the I/O thread has ended: nobody will answer any more. */
  ended: 5,
  /** Counts up while the I/O thread lives. */
  beats: 6,
  /** Counts up whenever there is something new for a main thread that is blocked, which waits on it. */
  events: 11,
  /** Counts up when there may be another server, or none: what was known of it counts no more. */
  servers: 12,
  /** Who has the direct connection: see DirectState. */
  direct: 7,
  /** The direct connection's file descriptor, of which session it is, and the sequence id of its last call or map. */
  directDescriptor: 8,
  directEpoch: 9,
  directSequence: 10,
  /** The sequence id of its last call's last message: a map has many. */
  directLast: 13,
  /** Counts up while the main thread works on it for long. */
  directBeats: 14,
} as const;

/**
 * The direct connection is a second one to the session's worker, on which the main thread itself sends a call and reads
 * its answer: neither waits for another thread to wake up. Only the I/O thread opens and closes it, and it closes none
 * that is in use: the descriptor might be another file's by then.
 */
export const DirectState = {
  /** There is none. */
  none: 0,
  /** The main thread may take it. */
  offered: 1,
  /** The main thread has a call on it. */
  taken: 2,
  /** The answer was late, or a map ended early: the I/O thread waits for what is to come. */
  handedOver: 3,
  /** The main thread has it, and the I/O thread wants it back. */
  recalled: 4,
} as const;

export const CallStatus = {
  /** The result's bytes are in the channel. */
  done: 0,
  /** The error is on the port. */
  failed: 1,
} as const;

const HEADER_BYTES = 64;
/** A packed result and the memory that comes back with it; what is larger takes another way (staged-call.ts). */
export const RESULT_CAPACITY = 64 * 1024;
/** A power of two, so that the counters may wrap around. */
const RING_BYTES = 256 * 1024;

export interface Channel {
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly result: Uint8Array<SharedArrayBuffer>;
  readonly ring: Uint8Array<SharedArrayBuffer>;
}

export function createChannel(): Channel {
  return openChannel(new SharedArrayBuffer(HEADER_BYTES + RESULT_CAPACITY + RING_BYTES));
}

export function openChannel(buffer: SharedArrayBuffer): Channel {
  return {
    buffer,
    words: new Int32Array(buffer, 0, HEADER_BYTES / 4),
    result: new Uint8Array(buffer, HEADER_BYTES, RESULT_CAPACITY),
    ring: new Uint8Array(buffer, HEADER_BYTES + RESULT_CAPACITY, RING_BYTES),
  };
}
