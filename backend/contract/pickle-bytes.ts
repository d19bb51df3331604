import { RemoteError } from './remote-error.ts';

/** Reads the raw fields of a pickle; what is missing is a RemoteError `bad-request`. */
export class PickleBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.position === this.#bytes.byteLength;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8));
  }

  take(byteLength: number | bigint): Uint8Array {
    if (byteLength > this.#bytes.byteLength) throw this.#truncated();
    const start = this.#advance(Number(byteLength));
    return this.#bytes.subarray(start, this.position);
  }

  text(byteLength: number | bigint): string {
    const start = this.position;
    const bytes = this.take(byteLength);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw new RemoteError('bad-request', `pickle: text at byte ${start} is not UTF-8`, { cause: error });
    }
  }

  /** A line of text, as protocol 0's GLOBAL has it. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.#truncated();
    const text = this.text(end - this.position);
    this.position = end + 1;
    return text;
  }

  #advance(byteLength: number): number {
    const start = this.position;
    if (start + byteLength > this.#bytes.byteLength) throw this.#truncated();
    this.position = start + byteLength;
    return start;
  }

  #truncated(): RemoteError {
    return new RemoteError(
      'bad-request',
      `pickle: it ends at byte ${this.#bytes.byteLength}, inside a value`,
    );
  }
}
