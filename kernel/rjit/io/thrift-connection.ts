import type { Socket } from 'node:net';
import thrift from 'thrift';
import { Client } from '#thrift/rjit.js';
import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import {
  type CallRequest,
  type MapRequest,
  readReply,
  writeCallHead,
  writeCallRequest,
} from '../../../backend/contract/call-messages.ts';
import {
  type CompileReport,
  type CompileRequest,
  readCompileReport,
  writeCompileRequest,
} from '../../../backend/contract/compile-messages.ts';
import { MessageStream } from '../../../backend/contract/message-stream.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { mapRequestPieces } from './map-requests.ts';
import { openSocket } from './open-socket.ts';
import type { ServerLocation } from './requests.ts';
import { fromThrift } from './thrift-fault.ts';

/** Who waits for an answer. */
export interface Receiver {
  /** Set when nobody waits any more; an answer that comes later is ignored. */
  readonly isSettled?: boolean;
  /** Where a long answer may be put together. */
  readonly memory?: Uint8Array | undefined;
  /** @param bytes valid during the call only */
  receive(bytes: Uint8Array): void;
  fail(error: RemoteError): void;
}

/** Sequence ids of the first and the last of some requests. */
export interface RequestIds {
  readonly first: number;
  readonly last: number;
}

/** The most that Thrift can say: arrays come back in one reply. */
const MAX_REPLY_BYTES = 2 ** 31 - 1;
/** Calls that were begun together are sent in pieces of about this size. */
const WRITE_BYTES = 64 * 1024;

const { TBinaryProtocol, TBufferedTransport } = thrift;

/** The multiplexed name of our service goes in front of every method. */
class PrefixedProtocol extends TBinaryProtocol {
  override writeMessageBegin(name: string, type: thrift.Thrift.MessageType, sequenceId: number): void {
    super.writeMessageBegin(`rjit:${name}`, type, sequenceId);
  }
}

/**
 * One count for all requests of all connections of this thread: `cancel` names requests by it, and one that comes late
 * must not mean a request of the session's next connection. Wraps from 2^30 - 1 to 0: those from 2^30 on are the main
 * thread's (direct-calls.ts).
 */
let lastSequenceId = 0;

function nextSequenceId(): number {
  lastSequenceId = (lastSequenceId + 1) & 0x3fff_ffff;
  return lastSequenceId;
}

/** One TCP connection to the server. Hot methods have their own codec, all others node-thrift's generated client. */
export class ThriftConnection {
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #writer = new BinaryWriter();
  readonly #stream = new MessageStream(MAX_REPLY_BYTES, {
    lend: (begin, byteLength) => this.#memoryFor(begin, byteLength),
  });
  /** By sequence id, in the order they were sent. */
  #waiting = new Map<number, Receiver>();
  #problem: RemoteError | undefined;
  #afterReplies: (() => void) | undefined;
  #onClosed: ((unanswered: readonly Receiver[], problem: RemoteError | undefined) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const transport = new TBufferedTransport(undefined, (bytes) => {
      if (bytes) socket.write(bytes);
    });
    this.#client = new Client(transport, PrefixedProtocol);
  }

  /** @throws RemoteError as `openSocket`, by the promise */
  static async open(location: ServerLocation): Promise<ThriftConnection> {
    let connection: ThriftConnection | undefined;
    const socket = await openSocket(location, (bytes) => connection?.receive(bytes));
    connection = new ThriftConnection(socket);
    connection.#listen();
    return connection;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** What the main thread reads and writes while this thread doesn't; undefined where node doesn't say. */
  get fileDescriptor(): number | undefined {
    const handle: unknown = Reflect.get(this.#socket, '_handle');
    const descriptor: unknown =
      typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
    return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
  }

  /** Reads nothing, and learns nothing of the connection's end, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Waits for the answer to a hot request that another has sent. */
  expect(sequenceId: number, receiver: Receiver): void {
    this.#waiting.set(sequenceId, receiver);
  }

  /** The receivers that have no answer yet, in the order of their requests. */
  inFlight(): readonly Receiver[] {
    return [...this.#waiting.values()];
  }

  /** Sequence ids of the first and the last of these requests that has no answer yet; undefined when all have. */
  rangeOf(receivers: readonly Receiver[]): RequestIds | undefined {
    const wanted = new Set(receivers);
    const ids = [...this.#waiting].flatMap(([id, receiver]) => (wanted.has(receiver) ? [id] : []));
    const [first] = ids;
    const last = ids.at(-1);
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  /** @param onClosed gets those who will have no answer, and what went wrong here, if anything did */
  onClosed(onClosed: (unanswered: readonly Receiver[], problem: RemoteError | undefined) => void): void {
    this.#onClosed = onClosed;
  }

  /** @param afterReplies called when all replies that arrived together have been given to their receivers */
  afterReplies(afterReplies: () => void): void {
    this.#afterReplies = afterReplies;
  }

  /** Begins a call; `flush` sends it, together with others. */
  call(request: CallRequest, receiver: Receiver): void {
    const sequenceId = nextSequenceId();
    writeCallRequest(this.#writer, sequenceId, request);
    this.#waiting.set(sequenceId, receiver);
    if (this.#writer.byteLength > WRITE_BYTES) this.flush();
  }

  flush(): void {
    if (this.#writer.byteLength === 0) return;
    this.#socket.write(this.#writer.copy());
    this.#writer.reset();
  }

  /** @param packed is sent from where it lies; it may change once the answer is there */
  callStaged(handle: number, packed: Uint8Array, receiver: Receiver): void {
    const sequenceId = nextSequenceId();
    writeCallHead(this.#writer, sequenceId, handle, packed.byteLength);
    this.#waiting.set(sequenceId, receiver);
    this.flush();
    this.#socket.write(packed);
    this.#writer.stop();
    this.flush();
  }

  /** The columns are sent from where they lie; they may change once the answer is there. */
  map(request: MapRequest, receiver: Receiver): void {
    const sequenceId = nextSequenceId();
    this.flush();
    this.#waiting.set(sequenceId, receiver);
    this.#socket.cork();
    for (const piece of mapRequestPieces(this.#writer, sequenceId, request)) this.#socket.write(piece);
    this.#writer.reset();
    this.#socket.uncork();
  }

  /** Sends what another has made. */
  send(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.#socket.write(bytes);
  }

  /**
   * Sends what `send` makes of the generated client.
   *
   * @throws RemoteError the server's, by the promise; when the connection closes first, whatever `fail` is told
   */
  request<T>(send: (client: Client) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(closedError());
        return;
      }
      const sequenceId = nextSequenceId();
      // The generated client adds one to what it finds here.
      Reflect.set(this.#client, '_seqid', sequenceId - 1);
      this.#waiting.set(sequenceId, { receive: () => undefined, fail: reject });
      send(this.#client)
        .then(resolve, (error: unknown) => reject(fromThrift(error)))
        .finally(() => this.#waiting.delete(sequenceId));
    });
  }

  /** @throws RemoteError as `request`, by the promise */
  compile(request: CompileRequest): Promise<CompileReport> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) {
        reject(closedError());
        return;
      }
      const sequenceId = nextSequenceId();
      writeCompileRequest(this.#writer, sequenceId, request);
      const receive = (bytes: Uint8Array) => {
        try {
          resolve(readCompileReport(new BinaryReader(bytes)));
        } catch (error) {
          reject(RemoteError.from(error));
        }
      };
      this.#waiting.set(sequenceId, { receive, fail: reject });
      this.flush();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Feeds bytes that arrived; they are read before this returns. */
  receive(bytes: Uint8Array): void {
    try {
      this.#stream.push(bytes);
      for (let message = this.#stream.next(); message; message = this.#stream.next()) this.#dispatch(message);
      this.#stream.keep();
      this.#afterReplies?.();
    } catch (error) {
      this.#problem = RemoteError.from(error);
      this.#socket.destroy();
    }
  }

  #memoryFor(begin: Uint8Array, byteLength: number): Uint8Array | undefined {
    const { name, sequenceId } = new BinaryReader(begin).messageBegin();
    const memory = isHot(name) ? this.#waiting.get(sequenceId)?.memory : undefined;
    return memory && memory.byteLength >= byteLength ? memory.subarray(0, byteLength) : undefined;
  }

  #listen(): void {
    this.#socket.on('error', (error) => {
      this.#problem ??= RemoteError.from(error, 'connection-lost');
    });
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.once('close', () => {
      const unanswered = this.inFlight();
      this.#waiting = new Map();
      this.#onClosed?.(unanswered, this.#problem);
    });
  }

  #dispatch(message: Uint8Array): void {
    const reader = new BinaryReader(message);
    const header = reader.messageBegin();
    if (!isHot(header.name)) {
      this.#dispatchGenerated(message, header.name);
      return;
    }
    const receiver = this.#waiting.get(header.sequenceId);
    if (!receiver)
      throw new RemoteError('protocol', `an answer to nothing arrived (sequence id ${header.sequenceId})`);
    const reply = readReply(reader, header.type);
    this.#waiting.delete(header.sequenceId);
    if (reply.kind === 'success') receiver.receive(reply.bytes);
    else receiver.fail(reply.error);
  }

  /** The generated client resolves its own promises, by the sequence ids it gave itself. */
  #dispatchGenerated(message: Uint8Array, name: string): void {
    const receive: unknown = Reflect.get(this.#client, `recv_${name}`);
    if (typeof receive !== 'function') {
      throw new RemoteError('protocol', `an answer to the unknown method '${name}' arrived`);
    }
    const deliver = TBufferedTransport.receiver((transport) => {
      const input = new TBinaryProtocol(transport, true);
      const begin = input.readMessageBegin();
      receive.call(this.#client, input, begin.mtype, begin.rseqid);
    }, 0);
    deliver(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  }
}

/** Whether the method has a codec of its own. */
function isHot(name: string): boolean {
  return name === 'call' || name === 'mapColumns' || name === 'compile';
}

function closedError(): RemoteError {
  return new RemoteError('connection-lost', 'the connection to the server is closed');
}
