import { connect, type Socket } from 'node:net';
import { eventually } from './eventually.ts';

/** A TCP connection that sends what it is told, byte by byte if need be, and keeps everything it receives. */
export class RawConnection {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    // A reset shows as 'close', too.
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.#isClosed = true;
    });
  }

  get received(): Buffer {
    return this.#received;
  }

  /** Resolves when the bytes are with the operating system. */
  send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, () => resolve());
    });
  }

  /** Takes the next `byteLength` bytes out of what was received. */
  async take(byteLength: number): Promise<Buffer> {
    await eventually(`${byteLength} bytes arrive`, () => {
      if (this.#isClosed && this.#received.byteLength < byteLength) {
        throw new Error(`closed after ${this.#received.byteLength} of ${byteLength} bytes`);
      }
      return this.#received.byteLength >= byteLength;
    });
    const taken = this.#received.subarray(0, byteLength);
    this.#received = this.#received.subarray(byteLength);
    return taken;
  }

  /** Resolves to how many bytes have arrived and were not taken, once there are any. */
  async arrived(): Promise<number> {
    await eventually('bytes arrive', () => {
      if (this.#isClosed && this.#received.byteLength === 0)
        throw new Error('closed where bytes were expected');
      return this.#received.byteLength > 0;
    });
    return this.#received.byteLength;
  }

  async closed(): Promise<void> {
    await eventually('the server closes the connection', () => this.#isClosed);
  }

  close(): void {
    this.socket.destroy();
  }
}
