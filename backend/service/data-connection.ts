import type { Socket } from 'node:net';
import { BinaryWriter, type MessageHeader } from '../contract/binary-protocol.ts';
import {
  type CallMethod,
  type HotMethod,
  readCallRequest,
  readMapRequest,
  writeFaultReply,
  writeReplyHead,
} from '../contract/call-messages.ts';
import {
  type CompileReport,
  type CompileRequest,
  readCompileRequest,
  writeCompileReply,
} from '../contract/compile-messages.ts';
import { MessageStream } from '../contract/message-stream.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { MessageType } from '../contract/thrift-types.ts';
import type { MadeCode } from '../llvm/code-loader.ts';
import type { CallReply } from '../llvm/jit.ts';
import {
  type ArrivedMessage,
  ArrivedMessages,
  type BegunCompilation,
  readHeader,
} from './arrived-messages.ts';
import { type Limits, stopTimeoutMs } from './limits.ts';
import { readAvailable } from './read-available.ts';
import { MAX_SPARE_BYTES, type SpareMemory } from './spare-memory.ts';
import type { Vigil } from './vigil.ts';
import type { ConnectionRole } from './worker-messages.ts';

/** What compiles and runs the functions: the worker's side of `rjit:compile`, `rjit:call` and `rjit:mapColumns`. */
export interface HotService {
  /** What is asked of it next, or compiled, belongs to the message with this id: `cancel` names it so. */
  beginRequest(sequenceId: number): void;
  call(handle: number, packed: Uint8Array): CallReply;
  /** @param allocate makes the memory of the result, which may have anything in it */
  map(
    handle: number,
    length: number,
    columns: readonly Uint8Array[],
    allocate: (byteLength: number) => Uint8Array,
  ): Uint8Array;
  compile(request: CompileRequest): CompileReport;
  /** Begins a compilation on another thread before it is asked for with `compileAside`. */
  makeAside(request: CompileRequest): Promise<MadeCode | undefined>;
  /** Compiles on another thread; `isStopped` is true meanwhile. */
  compileAside(request: CompileRequest, begun?: Promise<MadeCode | undefined>): Promise<CompileReport>;
}

export interface DataConnectionOptions {
  readonly id: number;
  readonly role: ConnectionRole;
  readonly limits: Limits;
  readonly hot: HotService;
  /** Everything but the hot methods, by node-thrift. */
  dispatch(header: MessageHeader, message: Uint8Array): Promise<Uint8Array>;
  /** Whether the worker must not begin anything new, on any connection. */
  isStopped(): boolean;
  /** The worker may begin something new again: every connection is to `goOn`. */
  onFree(): void;
  /** Told of what arrives, and of each hot call that was answered. */
  readonly vigil: Vigil;
  readonly spareMemory: SpareMemory;
  /** `problem` is empty when the peer just closed. */
  onClosed(problem: string): void;
}

/** Puts the memory of a large `rjit:call`, 35 bytes into its message, at a multiple of 16. */
const CALL_LEAD = 13;
/**
 * IR of this length takes 10 ms and more to compile, so that a hop to another thread costs next to nothing, and what
 * comes meanwhile can be compiled beside it.
 */
const LONG_IR = 4096;
/** Copying more than this costs more than another write. */
const LARGE_BYTES = 64 * 1024;
/** What node reads at once, when there is so much. */
const FULL_CHUNK_BYTES = 64 * 1024;

/** Shared by all connections of the worker: a reply is written and copied before anything else can run. */
const writer = new BinaryWriter();

/**
 * One client's data connection in its session's worker: answers messages one by one, in the order they came. What the
 * peer sends wrongly ends this connection and nothing else.
 */
export class DataConnection {
  readonly id: number;
  readonly #socket: Socket;
  readonly #options: DataConnectionOptions;
  readonly #stream: MessageStream;
  readonly #arrived: ArrivedMessages;
  #isAnswering = false;
  /** What it answers is a compilation on another thread. */
  #isCompiling = false;
  #isClosed = false;
  /** Memory that the message under way is put together in. */
  #lent: Uint8Array | undefined;
  /** Of the last map's message. */
  #mapByteLength = 0;
  #receivedByteLength = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, options: DataConnectionOptions) {
    this.id = options.id;
    this.#socket = socket;
    this.#options = options;
    this.#stream = new MessageStream(options.limits.maxMessageByteLength, {
      lead: CALL_LEAD,
      lend: (begin, byteLength) => this.#memoryFor(begin, byteLength),
    });
    this.#arrived = new ArrivedMessages(this.#stream);
  }

  /** @param head what others have read of the socket already */
  begin(head: Uint8Array): void {
    const socket = this.#socket;
    // An error is followed by 'close'.
    socket.on('error', () => undefined);
    socket.on('close', () => this.close(''));
    socket.on('end', () => this.close(''));
    socket.on('drain', () => this.#answer());
    if (head.byteLength > 0) this.#receive(head);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  /** Bytes of replies that the peer has not taken yet. */
  get unsentByteLength(): number {
    return this.#socket.writableLength;
  }

  /** Everything received that no reply was or will be made for. Call it when the event loop will not turn again. */
  takeUnread(): Uint8Array {
    // read() would hand its bytes to the listener as well.
    this.#socket.removeAllListeners('data');
    const pending: unknown = this.#socket.read();
    if (pending instanceof Uint8Array) this.#stream.push(pending);
    return this.#arrived.rest();
  }

  /** Answers what has arrived while the worker was stopped. */
  goOn(): void {
    this.#answer();
  }

  pause(): void {
    this.#socket.pause();
  }

  close(problem: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // The supervisor holds a copy of the socket: only an explicit end reaches the peer from here.
    this.#socket.end(() => this.#socket.destroy());
    this.#options.onClosed(problem);
  }

  /**
   * A call that is too large is answered as one before its connection ends; the rest of it is read and forgotten, for
   * a connection that is destroyed with unread bytes takes its last answer with it.
   */
  #refuse(error: RemoteError): void {
    const header = readHeader(this.#stream.begun);
    const method = header && this.#options.role === 'rjit' ? hotMethodOf(header.name) : undefined;
    if (header === undefined || method === undefined) {
      this.close(error.detail);
      return;
    }
    const refusal = new RemoteError('too-large', `${error.detail} (--max-message-bytes of the server)`);
    writer.reset();
    writeFaultReply(writer, method, header.sequenceId, refusal.toFault());
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket.end(writer.copy());
    setTimeout(() => this.#socket.destroy(), stopTimeoutMs).unref();
    this.#options.onClosed(error.detail);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    this.#options.vigil.arrived();
    this.#receivedByteLength += chunk.byteLength;
    this.#stream.push(chunk);
    if (this.#isCompiling) this.#beginNext();
    this.#answer();
    // There is no more, or another chunk is on its way.
    if (chunk.byteLength >= FULL_CHUNK_BYTES) this.#readOn();
  }

  /** Reads the rest of a long message right to where it belongs: node would make new memory for every 64 KiB of it. */
  #readOn(): void {
    for (let room = this.#room(); room; room = this.#room()) {
      const byteLength = readAvailable(this.#socket, room);
      this.#receivedByteLength += byteLength;
      this.#stream.filled(byteLength);
      this.#answer();
      if (byteLength < room.byteLength) return;
    }
  }

  #room(): Uint8Array | undefined {
    if (this.#isClosed || this.#isAnswering || this.#socket.writableNeedDrain) return undefined;
    const { room } = this.#stream;
    return room && room.byteLength >= FULL_CHUNK_BYTES ? room : undefined;
  }

  #answer(): void {
    if (this.#isAnswering || this.#isClosed) return;
    try {
      while (!this.#options.isStopped() && !this.#socket.writableNeedDrain) {
        const arrived = this.#arrived.next();
        if (arrived === undefined) break;
        this.#options.hot.beginRequest(arrived.header.sequenceId);
        if (!this.#answerHot(arrived) && !this.#answerCompilation(arrived)) {
          this.#answerLater(arrived);
        }
        if (this.#isAnswering) return;
      }
      // What waits for its turn is no message that was only begun.
      if (!this.#options.isStopped()) this.#watch();
    } catch (caught) {
      const error = RemoteError.from(caught);
      if (error.code === 'too-large') this.#refuse(error);
      else this.close(error.detail);
    }
  }

  /** Calls and maps; false for any other method. */
  #answerHot({ header, reader, message }: ArrivedMessage): boolean {
    if (this.#options.role !== 'rjit' || header.type !== MessageType.call) return false;
    if (header.name === 'rjit:call') {
      const { handle, packed } = readCallRequest(reader);
      this.#reply('call', header, () => {
        const { result, memory } = this.#options.hot.call(handle, packed);
        return [result, memory];
      });
      return true;
    }
    if (header.name === 'rjit:mapColumns') {
      const { handle, length, columns } = readMapRequest(reader);
      const { hot, spareMemory } = this.#options;
      this.#mapByteLength = Math.min(message.byteLength, MAX_SPARE_BYTES);
      const allocate = (byteLength: number) => spareMemory.take(byteLength);
      this.#reply('mapColumns', header, () => [hot.map(handle, Number(length), columns, allocate)]);
      this.#returnLent();
      return true;
    }
    return false;
  }

  /** False for what is no compilation. */
  #answerCompilation({ header, reader, begun }: ArrivedMessage): boolean {
    if (this.#options.role !== 'rjit' || header.name !== 'rjit:compile') return false;
    if (header.type !== MessageType.call) return false;
    const request = begun?.request ?? readCompileRequest(reader);
    const paysAside = request.ir.length >= LONG_IR || this.#arrived.isCompilationNext;
    if (begun || paysAside) this.#compileAside(header, request, begun);
    else this.#replyToCompilation(header, () => this.#options.hot.compile(request));
    return true;
  }

  /** Where a compilation is on another thread, those that follow it can be, too. */
  #compileAside(header: MessageHeader, request: CompileRequest, begun: BegunCompilation | undefined): void {
    this.#isAnswering = true;
    this.#isCompiling = true;
    const reply = (give: () => CompileReport) => {
      this.#isAnswering = false;
      this.#isCompiling = false;
      if (!this.#isClosed) this.#replyToCompilation(header, give);
      this.#options.onFree();
    };
    this.#options.hot.compileAside(request, begun?.code).then(
      (report) => reply(() => report),
      (error: unknown) =>
        reply(() => {
          throw error;
        }),
    );
    this.#beginNext();
  }

  #beginNext(): void {
    this.#arrived.beginNext((request) => this.#options.hot.makeAside(request));
  }

  #replyToCompilation({ sequenceId }: MessageHeader, give: () => CompileReport): void {
    writer.reset();
    try {
      writeCompileReply(writer, sequenceId, give());
    } catch (error) {
      writer.reset();
      writeFaultReply(writer, 'compile', sequenceId, RemoteError.from(error).toFault());
    }
    this.#socket.write(writer.copy());
  }

  #returnLent(): void {
    const { begun } = this.#stream;
    // A message that says more behind its columns may have been read together with the next one.
    const isFree = begun.byteLength === 0 || begun.buffer !== this.#lent?.buffer;
    if (this.#lent && isFree) this.#options.spareMemory.giveBack(this.#lent);
    this.#lent = undefined;
  }

  /** For a map: nothing refers to its message when it is answered. The chunks of a map are of one length. */
  #memoryFor(begin: Uint8Array, byteLength: number): Uint8Array | undefined {
    const isMap = this.#options.role === 'rjit' && readHeader(begin)?.name === 'rjit:mapColumns';
    if (!isMap) return undefined;
    const likelyByteLength = Math.max(byteLength, this.#mapByteLength);
    this.#lent = this.#options.spareMemory.take(likelyByteLength).subarray(0, likelyByteLength);
    return this.#lent;
  }

  /** @param run gives the pieces of the result */
  #reply(method: CallMethod, header: MessageHeader, run: () => readonly Uint8Array[]): void {
    writer.reset();
    try {
      this.#writeReply(method, header.sequenceId, run());
    } catch (error) {
      writer.reset();
      writeFaultReply(writer, method, header.sequenceId, RemoteError.from(error).toFault());
    }
    this.#socket.write(writer.copy());
    this.#socket.uncork();
    this.#options.vigil.answered();
  }

  /** Pieces that are large go out as they are, behind what is written already. */
  #writeReply(method: CallMethod, sequenceId: number, pieces: readonly Uint8Array[]): void {
    writeReplyHead(
      writer,
      method,
      sequenceId,
      pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
    );
    for (const piece of pieces) {
      if (piece.byteLength < LARGE_BYTES) {
        writer.raw(piece);
        continue;
      }
      // All of the reply goes at once.
      if (this.#socket.writableCorked === 0) this.#socket.cork();
      this.#socket.write(writer.copy());
      this.#socket.write(piece, () => this.#sent(method, piece));
      writer.reset();
    }
    writer.stop();
  }

  #sent(method: CallMethod, piece: Uint8Array): void {
    if (method === 'mapColumns') this.#options.spareMemory.giveBack(piece);
  }

  #answerLater({ header, message }: ArrivedMessage): void {
    this.#isAnswering = true;
    this.#options.dispatch(header, message).then(
      (reply) => {
        this.#isAnswering = false;
        if (this.#isClosed) return;
        this.#socket.write(reply);
        this.#answer();
      },
      (error: unknown) => {
        this.#isAnswering = false;
        this.close(RemoteError.from(error).detail);
      },
    );
  }

  /** A message that was begun must be completed in time. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#stream.bufferedByteLength === 0) return;
    const before = this.#receivedByteLength;
    this.#timer = setTimeout(() => {
      // After a long call, bytes may be waiting that arrived in time: the loop reads them before it comes here.
      setImmediate(() => {
        if (this.#receivedByteLength === before) this.close('a peer did not complete its message');
      });
    }, this.#options.limits.messageTimeoutMs);
  }
}

function hotMethodOf(name: string): HotMethod | undefined {
  if (name === 'rjit:call') return 'call';
  if (name === 'rjit:compile') return 'compile';
  return name === 'rjit:mapColumns' ? 'mapColumns' : undefined;
}
