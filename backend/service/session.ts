import type { Socket } from 'node:net';
import { RemoteError } from '../contract/remote-error.ts';
import { type RequestRange, stopRunningCall } from './cancellation.ts';
import { stopTimeoutMs } from './limits.ts';
import type { Log } from './log.ts';
import type { ConnectionRole, MessageToSupervisor, RestorableModule, TargetInfo } from './worker-messages.ts';
import type { WorkerPool } from './worker-pool.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';
import type { CancelReason, Retirement } from './worker-record.ts';

export interface SessionDeath {
  readonly reason: string;
  readonly functionName: string;
  readonly address: bigint;
}

/** A data connection: the supervisor's copy of the socket is never read, only kept for the next worker. */
interface DataConnection {
  readonly id: number;
  readonly role: ConnectionRole;
  readonly socket: Socket;
  /** Bytes the next worker must see first; undefined once a worker has them. */
  head: Uint8Array | undefined;
}

export interface SessionHooks {
  readonly pool: WorkerPool;
  readonly log: Log;
  onWorkerEnded(worker: WorkerProcess): void;
  /** Called once, when the session has no worker and no connection any more. */
  onEnded(session: Session): void;
}

/**
 * One client's functions and the worker process they live in. The worker may die or be replaced at any time: the
 * session keeps what is needed to make the next one equal to it.
 */
export class Session {
  readonly id: string;
  /** Names the session in logs and in `status`; the id itself is a capability and is never shown. */
  readonly name: string;
  readonly #hooks: SessionHooks;
  readonly #connections = new Map<number, DataConnection>();
  readonly #modules = new Map<number, RestorableModule>();
  #nextId = 1;
  #nextConnectionId = 1;
  #worker: WorkerProcess | undefined;
  #starting: Promise<TargetInfo> | undefined;
  #isRestored = true;
  /** The worker has nothing of a user's: no function, no connection. */
  #isUntouched = true;
  #death: SessionDeath | undefined;
  #ending: Promise<void> | undefined;
  #isOver = false;
  readonly #endTimers: NodeJS.Timeout[] = [];

  constructor(id: string, name: string, hooks: SessionHooks) {
    this.id = id;
    this.name = name;
    this.#hooks = hooks;
  }

  get worker(): WorkerProcess | undefined {
    return this.#worker;
  }

  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** What killed the session's worker since the last time somebody asked. */
  takeDeath(): SessionDeath | undefined {
    const death = this.#death;
    this.#death = undefined;
    return death;
  }

  /** Resolves when a worker serves the session. Rejects with a RemoteError when none can be started. */
  async start(): Promise<TargetInfo> {
    if (this.#ending) throw new RemoteError('server-stopped', 'the session is over');
    if (this.#worker) return this.#worker.ready;
    this.#starting ??= this.#startWorker().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Hands a connection to the worker, now or when there is one. `head` is what was read of it so far. */
  addConnection(socket: Socket, role: ConnectionRole, head: Uint8Array): void {
    const connection: DataConnection = { id: this.#nextConnectionId++, role, socket, head };
    this.#connections.set(connection.id, connection);
    socket.on('error', () => this.#removeConnection(connection.id));
    if (this.#worker) {
      this.#handOver(this.#worker, connection);
      return;
    }
    this.start().catch(() => this.#closeConnections());
  }

  /** Stops the call the worker is in, if it answers a message in `range`; false when there was nothing to stop. */
  async cancel(reason: CancelReason, range?: RequestRange): Promise<boolean> {
    return this.#worker ? stopRunningCall(this.#worker, reason, this.#hooks.log, range) : false;
  }

  /**
   * Lets the worker finish what it is in for `graceMs`, then cancels it; the session is over when this resolves.
   * A second call with a shorter time is obeyed.
   */
  end(graceMs: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    if (this.#ending) this.#hurry(graceMs);
    else this.#ending = this.#end(graceMs);
    return this.#ending;
  }

  /** How much IR text the session's functions were compiled from. */
  get irByteLength(): number {
    let total = 0;
    for (const module of this.#modules.values()) total += module.ir.length;
    return total;
  }

  /** Takes over what an ended session had compiled. */
  adoptModules(from: Session): void {
    for (const [id, module] of from.#modules) this.#modules.set(id, module);
    this.#nextId = from.#nextId;
    this.#death = from.#death;
    from.#modules.clear();
  }

  async #end(graceMs: number): Promise<void> {
    this.#hurry(graceMs);
    await this.#starting?.catch(() => undefined);
    const worker = this.#worker;
    if (worker && this.#isUntouched) {
      this.#worker = undefined;
      this.#hooks.pool.giveBack(worker);
    } else {
      worker?.send({ kind: 'end' });
      await worker?.exited;
    }
    this.#isOver = true;
    for (const timer of this.#endTimers) clearTimeout(timer);
    this.#closeConnections();
    this.#hooks.onEnded(this);
  }

  #hurry(graceMs: number): void {
    const cancel = () => {
      if (this.#worker) void stopRunningCall(this.#worker, 'cancelled', this.#hooks.log);
    };
    this.#endTimers.push(setTimeout(cancel, graceMs));
    this.#endTimers.push(setTimeout(() => this.#worker?.kill('SIGKILL'), graceMs + stopTimeoutMs));
  }

  async #startWorker(): Promise<TargetInfo> {
    const worker = await this.#hooks.pool.take();
    if (this.#ending) {
      this.#hooks.pool.giveBack(worker);
      throw new RemoteError('server-stopped', 'the session is over');
    }
    const target = await worker.ready;
    this.#worker = worker;
    this.#isRestored = this.#modules.size === 0;
    this.#isUntouched = this.#isRestored;
    worker.send({
      kind: 'session',
      name: this.name,
      nextId: this.#nextId,
      modules: [...this.#modules.values()],
    });
    for (const connection of this.#connections.values()) this.#handOver(worker, connection);
    worker.listen({
      onMessage: (message) => this.#receive(message),
      onExit: (exit) => this.#workerExited(worker, exit),
    });
    return target;
  }

  #handOver(worker: WorkerProcess, connection: DataConnection): void {
    this.#isUntouched = false;
    const head = Buffer.from(connection.head ?? new Uint8Array()).toString('base64');
    worker.sendConnection(
      { kind: 'connection', id: connection.id, role: connection.role, head },
      connection.socket,
    );
  }

  #receive(message: MessageToSupervisor): void {
    switch (message.kind) {
      case 'accepted': {
        const connection = this.#connections.get(message.id);
        if (connection) connection.head = undefined;
        return;
      }
      case 'closed':
        if (message.problem !== '') {
          this.#hooks.log('warn', 'connection-closed', message.problem, { session: this.name });
        }
        this.#removeConnection(message.id);
        return;
      case 'compiled':
        this.#modules.set(message.module.id, message.module);
        for (const { handle } of message.module.functions) this.#nextId = Math.max(this.#nextId, handle + 1);
        this.#nextId = Math.max(this.#nextId, message.module.id + 1);
        return;
      case 'dropped':
        for (const id of message.ids) this.#modules.delete(id);
        return;
      case 'restored':
        if (!this.#isRestored) {
          const text = `${this.#modules.size} modules are there again, ${message.cachedCount} of them from the cache`;
          this.#hooks.log('info', 'restored', text, { session: this.name });
        }
        this.#isRestored = true;
        for (const failure of message.failures) {
          this.#modules.delete(failure.id);
          this.#hooks.log('warn', 'restore-failed', failure.message, { session: this.name });
        }
        return;
      case 'ready':
      case 'failed':
      case 'pong':
        return;
    }
  }

  #workerExited(worker: WorkerProcess, exit: WorkerExit): void {
    if (this.#worker === worker) this.#worker = undefined;
    this.#hooks.onWorkerEnded(worker);
    if (this.#ending) return;
    const { log } = this.#hooks;
    if (exit.retirement) {
      log('info', 'worker-retired', `replacing a worker after ${exit.retirement.reason}`, {
        session: this.name,
        pid: worker.pid,
        function: exit.retirement.functionName,
      });
      this.#keepConnections(exit.retirement);
    } else {
      log('warn', 'worker-died', `a worker ended: ${exit.reason}`, {
        session: this.name,
        pid: worker.pid,
        function: exit.functionName,
      });
      this.#death = { reason: exit.reason, functionName: exit.functionName, address: exit.address };
      // What was restored killed the worker: start empty, the client compiles again what it needs.
      if (!this.#isRestored) this.#modules.clear();
      // A connection that the worker never had goes to the next one; what the others had sent is lost with it.
      for (const { id, head } of this.#connections.values())
        if (head === undefined) this.#removeConnection(id);
    }
    this.start().catch((error: unknown) => {
      log('error', 'worker-start', RemoteError.from(error).message, { session: this.name });
      this.#closeConnections();
    });
  }

  /** A retired worker has said where it stopped reading; a connection it doesn't name never reached it. */
  #keepConnections(retirement: Retirement): void {
    for (const left of retirement.connections) {
      const connection = this.#connections.get(left.id);
      if (connection) connection.head = left.unread;
    }
  }

  #removeConnection(id: number): void {
    this.#connections.get(id)?.socket.destroy();
    this.#connections.delete(id);
  }

  #closeConnections(): void {
    for (const id of [...this.#connections.keys()]) this.#removeConnection(id);
  }
}
