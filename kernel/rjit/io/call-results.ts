import { RemoteError } from '../../../backend/contract/remote-error.ts';

const HEADER_BYTES = 8;
const FIRST_CAPACITY = 64 * (HEADER_BYTES + 16);

/**
 * Results of calls that promises wait for, gathered while they arrive, and handed to the main thread in one message.
 * A record is the call's id and the length of its result, in four bytes each, then the result up to a multiple of 8.
 */
export class CallResults {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #byteLength = 0;

  /** @param result is read before this returns */
  add(id: number, result: Uint8Array): void {
    const end = this.#byteLength + recordByteLength(result.byteLength);
    if (end > this.#bytes.byteLength) this.#grow(end);
    this.#view.setInt32(this.#byteLength, id, true);
    this.#view.setInt32(this.#byteLength + 4, result.byteLength, true);
    this.#bytes.set(result, this.#byteLength + HEADER_BYTES);
    this.#byteLength = end;
  }

  /** What was gathered since the last time, or undefined when nothing was. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#byteLength === 0) return undefined;
    const records = this.#bytes.slice(0, this.#byteLength);
    this.#byteLength = 0;
    return records;
  }

  #grow(byteLength: number): void {
    const larger = new Uint8Array(Math.max(byteLength, 2 * this.#bytes.byteLength));
    larger.set(this.#bytes.subarray(0, this.#byteLength));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** @param visit gets each call's id, and where in `view` its result starts */
export function forEachResult(
  records: Uint8Array,
  visit: (id: number, view: DataView, offset: number) => void,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let offset = 0;
  while (offset < view.byteLength) {
    visit(view.getInt32(offset, true), view, offset + HEADER_BYTES);
    offset += recordByteLength(view.getInt32(offset + 4, true));
  }
}

function recordByteLength(resultByteLength: number): number {
  return HEADER_BYTES + 8 * Math.ceil(resultByteLength / 8);
}

export function wrongResult(bytes: Uint8Array, expected: number): RemoteError {
  return new RemoteError(
    'protocol',
    `a result of ${bytes.byteLength} bytes arrived where ${expected} are expected`,
  );
}
