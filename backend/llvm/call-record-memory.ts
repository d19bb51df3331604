import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs';
import {
  CALL_RECORD_BYTE_LENGTH,
  FUNCTION_NAME_CAPACITY,
  MESSAGE_CAPACITY,
  RECORD,
  RECORD_STATE,
} from './call-record.ts';
import { mapFile, mapPrivate, type NativeMemory, unmap } from './posix.ts';

/** 0 stands for no call at all: a fresh record cancels nothing. */
const FIRST_SEQUENCE = 1;

/**
 * The worker's side of the call record (call-record.ts). All methods are plain stores into mapped memory; a call to
 * the function called last writes 12 bytes.
 */
export class CallRecordMemory {
  readonly address: number;
  readonly #memory: NativeMemory;
  readonly #words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #addresses: BigUint64Array;
  #named: Uint8Array | undefined;

  /** @param path a file for the supervisor to read, made when missing, of which the first page is used; without one the record is private */
  constructor(path?: string) {
    this.#memory = path === undefined ? mapPrivate(CALL_RECORD_BYTE_LENGTH) : openShared(path);
    this.address = this.#memory.address;
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#addresses = new BigUint64Array(this.#memory.buffer);
    this.#bytes.fill(0);
    this.#words[RECORD.sequence / 4] = FIRST_SEQUENCE;
  }

  /** What begins from here on belongs to that message. */
  beginRequest(id: number): void {
    this.#words[RECORD.requestId / 4] = id;
  }

  /** @param name the function's symbol, always the same array for the same function */
  beginCall(handle: number, name: Uint8Array): void {
    const words = this.#words;
    words[RECORD.sequence / 4] = ((words[RECORD.sequence / 4] ?? 0) + 1) >>> 0 || FIRST_SEQUENCE;
    words[RECORD.handle / 4] = handle;
    if (this.#named !== name) this.#writeName(name);
    words[RECORD.state / 4] = RECORD_STATE.running;
  }

  beginCompile(name: Uint8Array): void {
    this.#writeName(name);
    this.#words[RECORD.state / 4] = RECORD_STATE.compiling;
  }

  end(): void {
    this.#words[RECORD.state / 4] = RECORD_STATE.idle;
  }

  get faultAddress(): bigint {
    return this.#addresses[RECORD.faultAddress / 8] ?? 0n;
  }

  get faultInstruction(): bigint {
    return this.#addresses[RECORD.faultInstruction / 8] ?? 0n;
  }

  get faultReturn(): bigint {
    return this.#addresses[RECORD.faultReturn / 8] ?? 0n;
  }

  get faultStackPointer(): bigint {
    return this.#addresses[RECORD.faultStackPointer / 8] ?? 0n;
  }

  get raiseKind(): number {
    return this.#words[RECORD.raiseKind / 4] ?? 0;
  }

  get raiseLocation(): number {
    return this.#words[RECORD.raiseLocation / 4] ?? 0;
  }

  /** Last words of the process. */
  writeMessage(message: string): void {
    const { written } = new TextEncoder().encodeInto(
      message,
      this.#bytes.subarray(RECORD.message, RECORD.message + MESSAGE_CAPACITY),
    );
    this.#words[RECORD.messageByteLength / 4] = written;
  }

  dispose(): void {
    unmap(this.#memory);
  }

  #writeName(name: Uint8Array): void {
    const fitting = name.subarray(0, FUNCTION_NAME_CAPACITY);
    this.#bytes.set(fitting, RECORD.functionName);
    this.#words[RECORD.functionNameByteLength / 4] = fitting.byteLength;
    this.#named = name;
  }
}

function openShared(path: string): NativeMemory {
  const fileDescriptor = openSync(path, 'a+', 0o600);
  try {
    // Never shorter: what follows the record is the supervisor's.
    if (fstatSync(fileDescriptor).size < CALL_RECORD_BYTE_LENGTH) {
      ftruncateSync(fileDescriptor, CALL_RECORD_BYTE_LENGTH);
    }
    return mapFile(fileDescriptor, CALL_RECORD_BYTE_LENGTH);
  } finally {
    closeSync(fileDescriptor); // The mapping keeps the file.
  }
}
