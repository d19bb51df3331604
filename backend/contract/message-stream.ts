import { MessageScanner } from './message-scanner.ts';

const NOTHING = new Uint8Array(0);

/**
 * Cuts a byte stream into Thrift messages. `push` what arrived, then call `next` until it returns undefined.
 * A message is a view into what was pushed: it costs nothing, and keeps that memory alive.
 */
export class MessageStream {
  readonly #scanner: MessageScanner;
  /** Bytes received and not yet handed out lie at `#start` to `#end`. */
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether `#buffer` is ours to write to; a chunk from a socket isn't. */
  #owned = false;

  constructor(maxMessageBytes: number) {
    this.#scanner = new MessageScanner(maxMessageBytes);
  }

  get bufferedByteLength(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (this.#start === this.#end) {
      // Nothing pending: a whole message in one chunk, the usual case, is never copied.
      this.#buffer = chunk;
      this.#owned = false;
      this.#start = 0;
      this.#end = chunk.byteLength;
      return;
    }
    const pending = this.#end - this.#start;
    const needed = pending + chunk.byteLength;
    if (this.#end + chunk.byteLength > this.#buffer.byteLength || !this.#owned) {
      const larger = new Uint8Array(Math.max(needed, this.#owned ? 2 * pending : 0));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
      this.#owned = true;
      this.#start = 0;
      this.#end = pending;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.byteLength;
  }

  /**
   * The next whole message, or undefined while it isn't all there.
   *
   * @throws RemoteError `too-large` or `protocol`; the stream can't be used afterwards
   */
  next(): Uint8Array | undefined {
    if (this.#start === this.#end) return undefined;
    const pending = this.#buffer.subarray(this.#start, this.#end);
    const byteLength = this.#scanner.scan(pending);
    if (byteLength === undefined) return undefined;
    this.#scanner.reset();
    this.#start += byteLength;
    return pending.subarray(0, byteLength);
  }

  /** What has arrived beyond the last message, for whoever takes the connection over. */
  rest(): Uint8Array {
    return this.#buffer.slice(this.#start, this.#end);
  }
}
