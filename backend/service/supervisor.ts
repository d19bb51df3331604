import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { RemoteError } from '../contract/remote-error.ts';
import { CallWatch } from './call-watch.ts';
import type { ControlHost, StatusCounts } from './control-service.ts';
import { EndedSessions } from './ended-sessions.ts';
import { listenError } from './listen-error.ts';
import type { Log } from './log.ts';
import { MemoryWatch, residentByteLength } from './memory-watch.ts';
import type { Metric } from './metrics.ts';
import { RbcRelay } from './rbc-relay.ts';
import { type Arrival, receiveArrival } from './reception.ts';
import { Session } from './session.ts';
import { plainEnd } from './socket-pair.ts';
import type { TlsFiles } from './tls-files.ts';
import type { TokenCheck } from './token.ts';
import { WorkerPool } from './worker-pool.ts';
import type { WorkerProcess, WorkerSettings } from './worker-process.ts';

export interface SupervisorOptions extends WorkerSettings {
  readonly address: string;
  readonly port: number;
  readonly tokens: TokenCheck;
  /** Whether RBC's clients, which know no tokens, are let in. */
  readonly servesRbc: boolean;
  /** Undefined listens without TLS. */
  readonly tls: TlsFiles | undefined;
  readonly log: Log;
}

const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };

/**
 * The process that listens: it decides by the first message where a connection belongs, keeps control connections
 * and hands data connections to the worker processes of their sessions. It never runs or parses what users compile.
 */
export class Supervisor implements ControlHost {
  readonly tokens: TokenCheck;
  readonly #options: SupervisorOptions;
  readonly #server: Server;
  readonly #pool: WorkerPool;
  readonly #sessions = new Map<string, Session>();
  readonly #ended = new EndedSessions();
  readonly #controls = new Map<string, Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #startedAt = performance.now();
  readonly #callWatch: CallWatch;
  readonly #memoryWatch: MemoryWatch | undefined;
  #shared: Session | undefined;
  #relay: RbcRelay | undefined;
  #endedCalls = 0;
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.tokens = options.tokens;
    this.#pool = new WorkerPool(options, options.log);
    this.#callWatch = new CallWatch(options.limits, () => this.#sessions.values(), options.log);
    const { sessionMemoryByteLength } = options.limits;
    if (sessionMemoryByteLength !== undefined) {
      this.#memoryWatch = new MemoryWatch(sessionMemoryByteLength, () => this.#workers(), options.log);
    }
    this.#server = this.#createServer();
    this.#server.maxConnections = options.limits.maxConnections;
    this.#server.on('drop', (peer) => {
      options.log('warn', 'connection-refused', `more than ${options.limits.maxConnections} connections`, {
        peer: peer?.remoteAddress,
      });
    });
  }

  #createServer(): Server {
    const { tls, limits, log } = this.#options;
    const onConnection = (socket: Socket) => void this.#accept(socket);
    if (tls === undefined) {
      return createServer({ ...socketOptions, pauseOnConnect: true, highWaterMark: 1 }, onConnection);
    }
    const server = createTlsServer(
      { ...socketOptions, ...tls, minVersion: 'TLSv1.3', handshakeTimeout: limits.messageTimeoutMs },
      onConnection,
    );
    // Until the handshake is done, the socket is nobody else's to close.
    server.on('connection', (socket: Socket) => this.#track(socket));
    server.on('tlsClientError', (error, socket) => {
      log('warn', 'tls', error.message, { peer: socket.remoteAddress });
    });
    return server;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // A reset peer shows as 'close' wherever that matters.
    socket.on('error', () => undefined);
  }

  /** Resolves with the bound port. @throws RemoteError `port-in-use` or `bad-request` for an address not ours */
  listen(): Promise<number> {
    const { address, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenError(error, address, port, '--port')));
      this.#server.listen({ host: address, port }, () => {
        this.#server.removeAllListeners('error');
        this.#server.on('error', (error) => this.#options.log('error', 'accept', error.message));
        const bound = this.#server.address() as AddressInfo;
        resolve(bound.port);
      });
    });
  }

  /** Starts the spare worker. @throws RemoteError when no worker can serve, for example without libLLVM */
  prepare(): Promise<void> {
    const prepared = this.#pool.prepare();
    // The process is on its way: now there is time to load what the first client will need.
    void this.#controlPlane();
    return prepared;
  }

  /** Ends every session and worker; calls in progress get `graceMs` to finish. */
  async stop(graceMs: number): Promise<void> {
    if (this.#isStopping) graceMs = 0;
    this.#isStopping = true;
    this.#server.close();
    this.#pool.close();
    this.#callWatch.close();
    this.#memoryWatch?.close();
    await Promise.all([...this.#sessions.values()].map((session) => session.end(graceMs)));
    for (const socket of this.#sockets) socket.destroy();
  }

  async openSession(id: string): Promise<Session> {
    const existing = this.#sessions.get(id);
    if (existing && existing !== this.#shared) {
      if (!existing.isEnding) return existing;
      // Its client has come back before its worker was gone: the new session takes its functions over.
      await existing.end(0);
    }
    if (this.#isStopping) throw new RemoteError('server-stopped', 'this server is ending');
    if (this.#sessions.size >= this.#options.limits.maxSessions) {
      throw new RemoteError(
        'too-large',
        `this server has its ${this.#options.limits.maxSessions} sessions; close one or raise --max-sessions`,
      );
    }
    const session = this.#createSession();
    const ended = this.#ended.take(id);
    if (ended) session.adoptModules(ended);
    return session;
  }

  findSession(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  status(): StatusCounts {
    const workerPids: Record<string, number> = {};
    for (const session of this.#sessions.values()) {
      if (session.worker) workerPids[session.name] = session.worker.pid;
    }
    if (this.#pool.spare) workerPids.spare = this.#pool.spare.pid;
    return {
      sessions: this.#sessions.size,
      workers: Object.keys(workerPids).length,
      uptimeMs: performance.now() - this.#startedAt,
      workerPids,
    };
  }

  *#workers(): Iterable<WorkerProcess> {
    for (const { worker } of this.#sessions.values()) if (worker) yield worker;
  }

  /** What /metrics shows of this moment; events are counted by the log (count-events.ts). */
  metrics(): readonly Metric[] {
    const { sessions, workers, uptimeMs, workerPids } = this.status();
    let calls = this.#endedCalls;
    for (const worker of this.#workers()) calls += worker.callCount;
    const gauge = (name: string, help: string, value: number): Metric => {
      return { name, type: 'gauge', help, samples: [{ value }] };
    };
    return [
      gauge('rjit_sessions', 'Sessions with a client, and the one that RBC clients share.', sessions),
      gauge('rjit_workers', 'Worker processes, the spare one included.', workers),
      gauge('rjit_connections', 'Open connections.', this.#sockets.size),
      gauge('rjit_uptime_seconds', 'Time since the server started.', uptimeMs / 1000),
      {
        name: 'rjit_calls_total',
        type: 'counter',
        help: 'Calls of compiled functions.',
        samples: [{ value: calls }],
      },
      {
        name: 'rjit_worker_resident_bytes',
        type: 'gauge',
        help: 'Memory of each worker process.',
        samples: Object.entries(workerPids).map(([session, pid]) => {
          return { labels: { session }, value: residentByteLength(pid) ?? 0 };
        }),
      },
    ];
  }

  async #accept(socket: Socket): Promise<void> {
    this.#track(socket);
    const { limits, log } = this.#options;
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    try {
      await this.#route(socket, await receiveArrival(socket, limits.messageTimeoutMs), peer);
    } catch (error) {
      log('warn', 'connection-refused', RemoteError.from(error).detail, { peer });
      socket.destroy();
    }
  }

  async #route(socket: Socket, arrival: Arrival, peer: string): Promise<void> {
    const { destination } = arrival;
    switch (destination.kind) {
      case 'control':
        await this.#addControl(socket, arrival.taken, peer);
        return;
      case 'attach':
        await this.#attach(socket, arrival, this.#sessionToAttach(destination), peer);
        return;
      case 'rbc':
        if (!this.#options.servesRbc) {
          throw new RemoteError(
            'unauthorized',
            "RBC's clients are served only where the server is started with --rbc",
          );
        }
        this.#sharedRelay().add(socket, arrival.taken);
        return;
    }
  }

  #controlPlane(): Promise<typeof import('./control-plane.ts')> {
    return import('./control-plane.ts');
  }

  async #addControl(socket: Socket, taken: Uint8Array, peer: string): Promise<void> {
    const { limits, log } = this.#options;
    const { serveControl } = await this.#controlPlane();
    // Whoever never says hello is not kept for ever.
    socket.setTimeout(limits.idleTimeoutMs, () => socket.destroy());
    serveControl(this, socket, taken, (session) => this.#bind(session, socket, peer), limits, log);
  }

  /** The session lives as long as the latest control connection that named it. */
  #bind(session: Session, socket: Socket, peer: string): void {
    const { log } = this.#options;
    const previous = this.#controls.get(session.id);
    if (previous === socket) return;
    this.#controls.set(session.id, socket);
    socket.setTimeout(0);
    previous?.destroy();
    log('info', 'session', 'a client said hello', { session: session.name, peer });
    const unbind = () => {
      if (this.#controls.get(session.id) !== socket) return;
      this.#controls.delete(session.id);
      log('info', 'session-ended', 'its client has gone', { session: session.name });
      void session.end(0);
    };
    if (socket.destroyed) unbind();
    else socket.once('close', unbind);
  }

  #sessionToAttach({ session, token }: { session: string; token: string }): Session | undefined {
    const found = this.tokens.accepts(token) ? this.#sessions.get(session) : undefined;
    return found === this.#shared ? undefined : found;
  }

  async #attach(socket: Socket, arrival: Arrival, session: Session | undefined, peer: string): Promise<void> {
    if (session === undefined) {
      this.#options.log('warn', 'attach-refused', 'unknown session or wrong token', { peer });
      const { refuseAttach } = await this.#controlPlane();
      await refuseAttach(socket, arrival.head);
    } else if (socket instanceof TLSSocket) {
      // The keys stay here: the worker, which runs users' code, gets a plain socket.
      session.addConnection(await plainEnd(socket), 'rjit', arrival.taken);
    } else {
      session.addConnection(socket, 'rjit', arrival.head);
    }
  }

  /** RBC's clients know no sessions: they share one, made for the first of them. */
  #sharedRelay(): RbcRelay {
    if (this.#relay === undefined) {
      const { limits, log } = this.#options;
      this.#shared = this.#createSession();
      this.#relay = new RbcRelay(this.#shared, limits, log);
    }
    return this.#relay;
  }

  #createSession(): Session {
    const id = randomBytes(16).toString('hex');
    const session = new Session(id, id.slice(0, 8), {
      pool: this.#pool,
      log: this.#options.log,
      onWorkerEnded: (worker) => {
        this.#endedCalls += worker.callCount;
      },
      onEnded: (ended) => this.#sessionEnded(ended),
    });
    this.#sessions.set(id, session);
    return session;
  }

  #sessionEnded(session: Session): void {
    this.#sessions.delete(session.id);
    if (!this.#isStopping) this.#ended.add(session);
  }
}
