/** A TCP proxy whose connections a test breaks: the network between a client and a server. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

interface ProxyOptions {
  /** Whoever connects again is another client to the server, which keeps nothing for it. */
  readonly isForgotten?: boolean;
}

export class BreakableProxy {
  readonly #target: URL;
  readonly #options: ProxyOptions;
  readonly #sockets = new Set<Socket>();
  /** Ends of the same connection. */
  readonly #pairs = new Map<Socket, Socket>();
  #isSilent = false;
  #connectionCount = 0;
  readonly #server: Server;
  #port = 0;

  private constructor(target: URL, options: ProxyOptions) {
    this.#target = target;
    this.#options = options;
    this.#server = createServer((socket) => this.#pipe(socket));
  }

  /** @param target `http://127.0.0.1:8888/` */
  static async start(target: string, options: ProxyOptions = {}): Promise<BreakableProxy> {
    const proxy = new BreakableProxy(new URL(target), options);
    await proxy.listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Again, where it listened before. */
  async listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nothing comes through any more, of new connections neither, and nobody is told. */
  fallSilent(): void {
    this.#isSilent = true;
    for (const one of this.#sockets) one.unpipe().pause();
  }

  /** All that was held up comes through. */
  speak(): void {
    this.#isSilent = false;
    for (const [one, other] of this.#pairs) one.pipe(other);
  }

  /** All connections break without a word. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** So do they, and there are no new ones. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.breakConnections();
    await closed;
  }

  #pipe(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    this.#connectionCount += 1;
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      this.#pairs.set(one, other);
      if (this.#options.isForgotten && one === client) one.pipe(this.#otherSession()).pipe(other);
      else if (!this.#isSilent) one.pipe(other);
      one.on('error', () => {});
      one.once('close', () => {
        this.#sockets.delete(one);
        this.#pairs.delete(one);
        other.destroy();
      });
    }
  }

  /** Each websocket asks for its session by another name. */
  #otherSession(): Transform {
    const count = this.#connectionCount;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        done(
          null,
          Buffer.from(chunk.toString('latin1').replace(/^(GET .*session_id=)/, `$1${count}-`), 'latin1'),
        );
      },
    });
  }
}
