import { BinaryReader, BinaryWriter } from '../../../backend/contract/binary-protocol.ts';
import { readReply, writeCallRequest } from '../../../backend/contract/call-messages.ts';
import { MessageScanner } from '../../../backend/contract/message-scanner.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { wrongResult } from './call-results.ts';
import { DirectState } from './channel.ts';
import type { DirectLine } from './direct-line.ts';
import type { CallOutcome, CallTarget } from './io-client.ts';
import { readNow, writeNow } from './socket-bytes.ts';

/**
 * How long to look for an answer: about as long as it takes to wake the threads that would bring it. A function that
 * runs for longer is waited for asleep.
 */
const LOOK_MS = 0.2;
/** After so many late answers in a row, the functions called are long ones: only now and then is one called directly. */
const MAX_LATE = 4;
const RETRY_AFTER = 64;

/** The socket's buffer takes more than that at once. */
const MAX_ARGUMENTS_BYTES = 4096;
const REPLY_BYTES = 64 * 1024;

/** An answer that didn't come soon, for the I/O thread to wait for. */
export interface LateAnswer {
  readonly kind: 'late';
  readonly sequenceId: number;
  /** What has arrived of it. */
  readonly begun: Uint8Array;
}

/** Calls that the main thread itself sends, on the direct connection. */
export class DirectCalls {
  readonly #line: DirectLine;
  readonly #writer = new BinaryWriter();
  readonly #scanner = new MessageScanner(REPLY_BYTES);
  readonly #arguments = new Uint8Array(MAX_ARGUMENTS_BYTES);
  readonly #argumentsView = new DataView(this.#arguments.buffer);
  readonly #reply = new Uint8Array(REPLY_BYTES);
  readonly #replyView = new DataView(this.#reply.buffer);
  #received = 0;
  #late = 0;

  constructor(line: DirectLine) {
    this.#line = line;
  }

  /**
   * @returns undefined when the call has to go through the I/O thread
   * @throws RemoteError `protocol` for what is no answer to it
   */
  call(target: CallTarget, args: readonly unknown[]): CallOutcome | LateAnswer | undefined {
    const { packed, handle, epoch } = target;
    const byteLength = packed.layout.argumentsByteLength;
    if (!this.#line.isOffered(epoch) || byteLength > MAX_ARGUMENTS_BYTES || !this.#isWorthwhile()) return;
    this.#arguments.fill(0, 0, byteLength);
    const bad = packed.write(this.#argumentsView, 0, args);
    if (bad) return { kind: 'bad-argument', ...bad };
    const sequenceId = this.#line.nextSequenceIds(1);
    this.#writer.reset();
    const request = { handle, packed: this.#arguments.subarray(0, byteLength) };
    writeCallRequest(this.#writer, sequenceId, request);
    const descriptor = this.#line.take(epoch, sequenceId, sequenceId);
    if (descriptor === undefined) return;
    if (!this.#send(descriptor)) return this.#line.give(DirectState.none);
    if (!this.#answerComes(descriptor)) {
      this.#late += 1;
      this.#line.give(DirectState.handedOver);
      return { kind: 'late', sequenceId, begun: this.#reply.slice(0, this.#received) };
    }
    this.#late = 0;
    // Where this throws, the connection stays taken, and the next call lets go of it.
    const outcome = this.#outcome(target, sequenceId);
    this.#line.give(DirectState.offered);
    return outcome;
  }

  #isWorthwhile(): boolean {
    if (this.#late < MAX_LATE) return true;
    this.#late += 1;
    if (this.#late < MAX_LATE + RETRY_AFTER) return false;
    this.#late = MAX_LATE - 1;
    return true;
  }

  /** @returns false when nothing was sent: the connection has gone */
  #send(descriptor: number): boolean {
    const message = this.#writer.written();
    return writeNow(descriptor, [message]) === message.byteLength;
  }

  /** Looks for the answer; false when it is late, also for ever. */
  #answerComes(descriptor: number): boolean {
    this.#received = 0;
    this.#scanner.reset();
    const end = performance.now() + LOOK_MS;
    do {
      const byteLength = readNow(descriptor, this.#reply, this.#received);
      if (byteLength === 0 || this.#received === REPLY_BYTES) return false;
      if (byteLength === undefined) continue;
      this.#received += byteLength;
      if (this.#scanner.scan(this.#reply.subarray(0, this.#received)) !== undefined) return true;
    } while (performance.now() < end);
    return false;
  }

  #outcome({ packed }: CallTarget, sequenceId: number): CallOutcome {
    const reader = new BinaryReader(this.#reply.subarray(0, this.#received));
    const header = reader.messageBegin();
    if (header.sequenceId !== sequenceId) {
      const text = `the answer to message ${header.sequenceId} arrived in place of that to ${sequenceId}`;
      throw new RemoteError('protocol', text);
    }
    const reply = readReply(reader, header.type);
    if (reply.kind === 'fault') return { kind: 'error', error: reply.error };
    const { resultByteLength } = packed.layout;
    if (reply.bytes.byteLength !== resultByteLength) {
      return { kind: 'error', error: wrongResult(reply.bytes, resultByteLength) };
    }
    return { kind: 'value', value: packed.read(this.#replyView, reply.bytes.byteOffset) };
  }
}
