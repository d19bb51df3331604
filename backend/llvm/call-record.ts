import { readSync, writeSync } from 'node:fs';

/*
 * The call record: one page shared by a worker and its supervisor through a file, which says what the worker is doing.
 * It outlives the worker, so a supervisor can say which function ran when the process died.
 *
 * The worker maps the file (call-record-memory.ts) and writes it with plain stores, a few nanoseconds a call; the
 * supervisor reads and writes it with file calls. Numbers are little-endian u32 unless said otherwise.
 */
export const CALL_RECORD_BYTE_LENGTH = 4096;

export const RECORD = {
  state: 0,
  /** Number of the call in `state` running, or of the last one. Wraps; only compared for equality. */
  sequence: 4,
  /** Written by the supervisor only: the call that SIGUSR2 is to end. */
  cancelSequence: 8,
  handle: 12,
  /** The last fault in machine code, or the one the process died of. */
  signal: 16,
  raiseKind: 20,
  /** source-location.ts */
  raiseLocation: 24,
  functionNameByteLength: 28,
  messageByteLength: 32,
  /** Sequence id of the message that is being answered, or was last. */
  requestId: 36,
  /** u64 */
  faultAddress: 40,
  /** u64, the instruction */
  faultInstruction: 48,
  /** u64, where the stack ended then */
  faultStackPointer: 56,
  functionName: 64,
  /** u64: what called the function that the fault was in, if that has not touched the stack; a guess. */
  faultReturn: 568,
  message: 576,
} as const;

export const FUNCTION_NAME_CAPACITY = RECORD.faultReturn - RECORD.functionName;
export const MESSAGE_CAPACITY = CALL_RECORD_BYTE_LENGTH - RECORD.message;

export const RECORD_STATE = { idle: 0, running: 1, compiling: 2 } as const;

export interface CallRecord {
  readonly state: keyof typeof RECORD_STATE;
  readonly sequence: number;
  /** Which message of the session's client it belongs to. */
  readonly requestId: number;
  readonly handle: number;
  /** The mangled symbol of the function that runs or ran last; while compiling, the first one of the module. */
  readonly functionName: string;
  /** Signal number of a fault that ended the process, or 0. */
  readonly signal: number;
  readonly faultAddress: bigint;
  /** LLVM's last words, when a fatal error of its own ended the process. */
  readonly message: string;
}

/**
 * Reads the record from its file.
 *
 * @returns undefined for a file that no worker has filled yet
 */
export function readCallRecord(fileDescriptor: number): CallRecord | undefined {
  const bytes = Buffer.alloc(CALL_RECORD_BYTE_LENGTH);
  if (readSync(fileDescriptor, bytes, 0, bytes.byteLength, 0) < bytes.byteLength) return undefined;
  const text = (offset: number, byteLength: number, capacity: number) =>
    bytes.toString('utf8', offset, offset + Math.min(byteLength, capacity));
  return {
    state: stateName(bytes.readUInt32LE(RECORD.state)),
    sequence: bytes.readUInt32LE(RECORD.sequence),
    requestId: bytes.readUInt32LE(RECORD.requestId),
    handle: bytes.readUInt32LE(RECORD.handle),
    functionName: text(
      RECORD.functionName,
      bytes.readUInt32LE(RECORD.functionNameByteLength),
      FUNCTION_NAME_CAPACITY,
    ),
    signal: bytes.readUInt32LE(RECORD.signal),
    faultAddress: bytes.readBigUInt64LE(RECORD.faultAddress),
    message: text(RECORD.message, bytes.readUInt32LE(RECORD.messageByteLength), MESSAGE_CAPACITY),
  };
}

/**
 * Marks one call as cancelled. Send the worker SIGUSR2 afterwards: the signal ends the call only if it is still the
 * one marked, so a call that has finished meanwhile, and the next one, are safe.
 */
export function markCancelled(fileDescriptor: number, sequence: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(sequence);
  writeSync(fileDescriptor, bytes, 0, bytes.byteLength, RECORD.cancelSequence);
}

function stateName(state: number): CallRecord['state'] {
  if (state === RECORD_STATE.running) return 'running';
  return state === RECORD_STATE.compiling ? 'compiling' : 'idle';
}
