import type { Socket } from 'node:net';
import { BinaryWriter, type MessageHeader } from '../contract/binary-protocol.ts';
import { MessageStream } from '../contract/message-stream.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { MessageType, ThriftType } from '../contract/thrift-types.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import { RbcClient } from './rbc-client.ts';
import type { Session } from './session.ts';
import { createSocketPair } from './socket-pair.ts';

/** One message of an RBC client, with where its reply goes. */
export interface RelayedRequest {
  readonly client: RbcClient;
  readonly header: MessageHeader;
  readonly message: Uint8Array;
}

/**
 * Carries the messages of RBC's clients to the worker of the session they share, one at a time, and the replies back.
 *
 * RBC's client opens a connection for every call. Handing each to the worker would cost several times as much as the
 * call; and as the supervisor reads these connections itself, it sees when a client gives up, and can answer for a
 * worker that has died.
 */
export class RbcRelay {
  readonly #session: Session;
  readonly #limits: Limits;
  readonly #log: Log;
  readonly #waiting: RelayedRequest[] = [];
  #inFlight: RelayedRequest | undefined;
  #worker: Socket | undefined;
  #replies: MessageStream;
  #isConnecting = false;

  constructor(session: Session, limits: Limits, log: Log) {
    this.#session = session;
    this.#limits = limits;
    this.#log = log;
    this.#replies = new MessageStream(limits.maxMessageByteLength);
  }

  /** @param taken what was read of the socket and not put back */
  add(socket: Socket, taken: Uint8Array): void {
    const client = new RbcClient(socket, this.#limits, {
      onMessage: (header, message) => {
        this.#waiting.push({ client, header, message });
        this.#next();
      },
      onClosed: (problem) => this.#clientClosed(client, problem),
    });
    client.begin(taken);
  }

  #next(): void {
    if (this.#inFlight) return;
    if (this.#worker === undefined) {
      if (this.#waiting.length > 0) void this.#connect();
      return;
    }
    this.#inFlight = this.#waiting.shift();
    if (this.#inFlight) this.#worker.write(this.#inFlight.message);
  }

  async #connect(): Promise<void> {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    try {
      await this.#session.start();
      const { near, far } = await createSocketPair();
      this.#session.addConnection(far, 'rbc', new Uint8Array());
      this.#replies = new MessageStream(this.#limits.maxMessageByteLength);
      near.on('data', (chunk: Buffer) => this.#receive(chunk));
      near.on('error', () => undefined);
      near.once('close', () => this.#workerLost());
      this.#worker = near;
    } catch (error) {
      this.#failAll(RemoteError.from(error));
    } finally {
      this.#isConnecting = false;
    }
    this.#next();
  }

  #receive(chunk: Uint8Array): void {
    this.#replies.push(chunk);
    for (let reply = this.#replies.next(); reply !== undefined; reply = this.#replies.next()) {
      const request = this.#inFlight;
      this.#inFlight = undefined;
      request?.client.reply(reply);
      this.#next();
    }
  }

  /** The worker is dead: so is the call it was in. What waits behind it goes to the next worker. */
  #workerLost(): void {
    this.#worker = undefined;
    const request = this.#inFlight;
    this.#inFlight = undefined;
    const death = this.#session.takeDeath();
    if (request) {
      const where = death?.functionName ? ` in ${death.functionName}` : '';
      this.#fail(request, `the worker process ended: ${death?.reason ?? 'its session is over'}${where}`);
    }
    this.#next();
  }

  #clientClosed(client: RbcClient, problem: string): void {
    if (problem !== '') this.#log('warn', 'rbc-client', problem);
    const waiting = this.#waiting.filter((request) => request.client !== client);
    this.#waiting.splice(0, this.#waiting.length, ...waiting);
    const request = this.#inFlight;
    if (request?.client !== client || request.header.name !== 'remotejit:call') return;
    this.#log('info', 'call-abandoned', 'cancelling a call whose client has gone', {
      session: this.#session.name,
    });
    void this.#session.cancel('cancelled');
  }

  #failAll(error: RemoteError): void {
    for (const request of this.#waiting.splice(0)) this.#fail(request, error.detail);
  }

  #fail({ client, header }: RelayedRequest, text: string): void {
    client.reply(exceptionReply(header, `RuntimeError: ${text}`));
  }
}

/** A reply that throws remotejit.thrift's `Exception`, which is field 1 of every result of RBC's services. */
function exceptionReply(header: MessageHeader, text: string): Uint8Array {
  const writer = new BinaryWriter();
  const [, method = header.name] = header.name.split(':');
  writer.messageBegin(method, MessageType.reply, header.sequenceId);
  writer.field(ThriftType.struct, 1);
  writer.field(ThriftType.i32, 1);
  writer.i32(0);
  writer.field(ThriftType.string, 2);
  writer.string(text);
  writer.stop();
  writer.stop();
  return writer.copy();
}
