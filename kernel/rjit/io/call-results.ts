import { RESULT_BYTES } from './channel.ts';

/** A record: the call's id in 8 bytes, then the packed result. */
const RECORD_BYTES = 8 + RESULT_BYTES;
const FIRST_CAPACITY = 64 * RECORD_BYTES;

/** Results of calls that promises wait for, gathered while they arrive, and handed to the main thread in one message. */
export class CallResults {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #byteLength = 0;

  /** @param result is read before this returns */
  add(id: number, result: Uint8Array): void {
    if (this.#byteLength === this.#bytes.byteLength) this.#grow();
    this.#view.setInt32(this.#byteLength, id, true);
    this.#bytes.set(result, this.#byteLength + 8);
    this.#byteLength += RECORD_BYTES;
  }

  /** What was gathered since the last time, or undefined when nothing was. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#byteLength === 0) return undefined;
    const records = this.#bytes.slice(0, this.#byteLength);
    this.#byteLength = 0;
    return records;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bytes.byteLength);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** @param visit gets each call's id, and where in `view` its packed result starts */
export function forEachResult(
  records: Uint8Array,
  visit: (id: number, view: DataView, offset: number) => void,
): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  for (let offset = 0; offset < view.byteLength; offset += RECORD_BYTES) {
    visit(view.getInt32(offset, true), view, offset + 8);
  }
}
