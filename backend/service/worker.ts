import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Jit } from '../llvm/jit.ts';
import { DataConnection } from './data-connection.ts';
import { type Limits, stopTimeoutMs } from './limits.ts';
import { remotejitServices } from './remotejit-service.ts';
import { rjitService } from './rjit-service.ts';
import { SpareMemory } from './spare-memory.ts';
import { dispatch, type ThriftServices } from './thrift-dispatch.ts';
import { Vigil } from './vigil.ts';
import type { WorkerLink } from './worker-link.ts';
import { type ConnectionRole, type MessageToWorker, parseMessageToWorker } from './worker-messages.ts';
import type { WorkerRecord } from './worker-record.ts';
import { type Damage, WorkerSession } from './worker-session.ts';
import { retirementExitCode } from './worker-start.ts';

/** Follows the supervisor's orders: takes a session over, serves its connections, leaves when told or damaged. */
export class Worker {
  readonly #record: WorkerRecord;
  readonly #limits: Limits;
  readonly #link: WorkerLink;
  readonly #session: WorkerSession;
  readonly #services: Readonly<Record<ConnectionRole, ThriftServices>>;
  readonly #connections = new Map<number, DataConnection>();
  readonly #vigil = new Vigil();
  readonly #spareMemory = new SpareMemory();
  #isLeaving = false;

  constructor(jit: Jit, record: WorkerRecord, limits: Limits, link: WorkerLink) {
    this.#record = record;
    this.#limits = limits;
    this.#link = link;
    this.#session = new WorkerSession(jit, record, limits, {
      compiled: (module) => void link.send({ kind: 'compiled', module }),
      dropped: (ids) => void link.send({ kind: 'dropped', ids }),
      damaged: (damage) => void this.#retire(damage),
    });
    this.#services = {
      rjit: new Map([['rjit', rjitService(this.#session)]]),
      rbc: remotejitServices(this.#session),
    };
  }

  /** A message of the supervisor, with the socket that came with it. */
  receive(message: unknown, handle: unknown): void {
    const order = parseMessageToWorker(message);
    if (order === undefined) throw new Error('the supervisor sent a message that this worker does not know');
    this.#follow(order, handle);
  }

  #follow(order: MessageToWorker, handle: unknown): void {
    switch (order.kind) {
      case 'session': {
        const outcome = this.#session.functions.restore(order.nextId, order.modules);
        void this.#link.send({ kind: 'restored', ...outcome });
        return;
      }
      case 'connection':
        // The peer may have closed while the socket was on its way; then nothing comes with the message.
        if (handle instanceof Socket)
          this.#connect(order.id, order.role, Buffer.from(order.head, 'base64'), handle);
        else void this.#link.send({ kind: 'closed', id: order.id, problem: '' });
        return;
      case 'ping':
        void this.#link.send({ kind: 'pong' });
        return;
      case 'end':
        void this.#end();
        return;
    }
  }

  #connect(id: number, role: ConnectionRole, head: Uint8Array, socket: Socket): void {
    void this.#link.send({ kind: 'accepted', id });
    const connection = new DataConnection(socket, {
      id,
      role,
      limits: this.#limits,
      hot: this.#session,
      dispatch: (header, message) => dispatch(this.#services[role], header, message),
      vigil: this.#vigil,
      spareMemory: this.#spareMemory,
      isStopped: () => this.#isLeaving || this.#session.isWaiting,
      onFree: () => {
        for (const each of this.#connections.values()) each.goOn();
      },
      onClosed: (problem) => {
        this.#connections.delete(id);
        void this.#link.send({ kind: 'closed', id, problem });
      },
    });
    this.#connections.set(id, connection);
    connection.begin(head);
  }

  /**
   * Leaves everything to a successor: replies that are made are sent, requests that are not begun go into the record,
   * and the supervisor hands its copies of the sockets on. No client notices.
   */
  async #retire(damage: Damage): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    for (const connection of this.#connections.values()) connection.pause();
    await this.#repliesSent();
    await this.#link.flushed();
    // Nothing below waits: a turn of the event loop could read bytes that nobody would then have.
    const connections = [...this.#connections.values()].map((each) => ({
      id: each.id,
      unread: each.takeUnread(),
    }));
    this.#record.writeRetirement({ ...damage, connections });
    process.exit(retirementExitCode);
  }

  async #end(): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    await this.#session.whenFree();
    await this.#repliesSent();
    for (const connection of [...this.#connections.values()]) connection.close('');
    await this.#link.flushed();
    process.exit(0);
  }

  /** A peer that doesn't read its replies is given up: half a reply can't be continued by another process. */
  async #repliesSent(): Promise<void> {
    const deadline = performance.now() + stopTimeoutMs / 2;
    const isBusy = (each: DataConnection) => each.isAnswering || each.unsentByteLength > 0;
    do {
      await new Promise(setImmediate);
      if (![...this.#connections.values()].some(isBusy)) return;
      await delay(1);
    } while (performance.now() < deadline);
    for (const connection of [...this.#connections.values()].filter(isBusy)) {
      connection.close('a peer did not read its replies');
    }
  }
}
