import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { StreamName } from './execution.ts';
import type { OutputChannel } from './output-channel.ts';

type WriteCallback = (error?: Error | null) => void;

/** `process.stdout` or `process.stderr` of the user's code: never blocks, never buffers in JavaScript's streams. */
class CellOutputStream extends Writable {
  readonly fd: number;
  readonly #channel: OutputChannel;
  readonly #name: StreamName;
  readonly #decoder = new StringDecoder('utf8');

  constructor(channel: OutputChannel, name: StreamName) {
    super({ decodeStrings: false });
    this.#channel = channel;
    this.#name = name;
    this.fd = name === 'stdout' ? 1 : 2;
  }

  // Past the machinery of Writable, which costs more than all the rest of a `console.log`.
  override write(
    chunk: unknown,
    encoding?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean {
    const onWritten = typeof encoding === 'function' ? encoding : callback;
    this.#put(chunk, typeof encoding === 'string' ? encoding : 'utf8');
    if (onWritten !== undefined) process.nextTick(onWritten);
    return true;
  }

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    this.#put(chunk, encoding);
    callback();
  }

  #put(chunk: unknown, encoding: BufferEncoding): void {
    if (typeof chunk === 'string') {
      const isText = encoding === 'utf8' || encoding === 'utf-8';
      this.#channel.write(this.#name, isText ? chunk : this.#decoder.write(Buffer.from(chunk, encoding)));
    } else if (chunk instanceof Uint8Array) {
      this.#channel.write(this.#name, this.#decoder.write(Buffer.from(chunk)));
    } else {
      throw new TypeError(`process.${this.#name}.write takes a string or a Uint8Array, not ${typeof chunk}`);
    }
  }
}

/** Sends what the user's code prints through the channel, with the cell it belongs to. */
export function installStandardStreams(channel: OutputChannel): void {
  const stdout = new CellOutputStream(channel, 'stdout');
  const stderr = new CellOutputStream(channel, 'stderr');
  replace(process, 'stdout', stdout);
  replace(process, 'stderr', stderr);
  // Node's own console also reports every call to the inspector, of which the session has two clients.
  const console = new Console({ stdout, stderr, ignoreErrors: false });
  for (const [name, method] of Object.entries(globalThis.console)) {
    if (!(name in console))
      Object.defineProperty(console, name, { value: method, writable: true, configurable: true });
  }
  replace(globalThis, 'console', console);
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: true });
}
