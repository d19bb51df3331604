import type { Socket } from 'node:net';
import { BinaryReader } from '../contract/binary-protocol.ts';
import { MessageScanner } from '../contract/message-scanner.ts';
import { RemoteError } from '../contract/remote-error.ts';
import { checkMessagePrefix, ThriftType } from '../contract/thrift-types.ts';
import { controlMessageByteLength } from './limits.ts';

/** Where a connection belongs, by its first message. */
export type Destination =
  | { readonly kind: 'control' }
  | { readonly kind: 'attach'; readonly session: string; readonly token: string }
  | { readonly kind: 'rbc' };

export interface Arrival {
  readonly destination: Destination;
  /** Everything that was read. */
  readonly head: Uint8Array;
  /** The part of `head` that the socket will not give again: the rest was put back. */
  readonly taken: Uint8Array;
}

const headerPrefixByteLength = 8;
/** "remotejit:compile" is the longest name that may come first. */
const nameByteLengthLimit = 64;
const controlMethods = new Set(['rjit:hello', 'rjit:cancel', 'rjit:status']);

/**
 * Reads as much of a new connection as it takes to know where it belongs, then stops reading, so that no byte is lost
 * when the socket goes to another process.
 *
 * A socket that is to leave the process must be paused and have a `readableHighWaterMark` of 1: a chunk that is put back in the very `data` event
 * that brought it then fills the socket's buffer, which makes Node stop reading from the system at once. Pausing alone
 * would take effect only after one more chunk.
 *
 * @throws RemoteError `protocol`, `too-large` or `connection-lost`, by the promise
 */
export function receiveArrival(socket: Socket, timeoutMs: number): Promise<Arrival> {
  return new Promise((resolve, reject) => {
    let head: Uint8Array = new Uint8Array();
    const timer = setTimeout(() => {
      finish();
      reject(new RemoteError('timeout', `no complete first message in ${timeoutMs} ms`));
    }, timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
    };
    const onClose = () => {
      finish();
      reject(new RemoteError('connection-lost', `closed after ${head.byteLength} bytes of a first message`));
    };
    const onData = (chunk: Buffer) => {
      head = head.byteLength === 0 ? chunk : Buffer.concat([head, chunk]);
      try {
        const destination = findDestination(head);
        if (destination === undefined) return;
        socket.pause();
        socket.unshift(chunk);
        finish();
        resolve({ destination, head, taken: head.subarray(0, head.byteLength - chunk.byteLength) });
      } catch (error) {
        finish();
        reject(RemoteError.from(error));
      }
    };
    socket.on('data', onData).on('close', onClose);
    socket.resume();
  });
}

/** Undefined while `head` is too short to tell. */
export function findDestination(head: Uint8Array): Destination | undefined {
  const name = readName(head);
  if (name === undefined) return undefined;
  if (name.startsWith('remotejit:') || name.startsWith('info:')) return { kind: 'rbc' };
  if (controlMethods.has(name)) return { kind: 'control' };
  if (name === 'rjit:attach') return readAttach(head);
  throw new RemoteError(
    'protocol',
    `a connection began with ${JSON.stringify(name)}; it must begin with rjit:hello, rjit:attach, ` +
      'or a call to info or remotejit',
  );
}

function readName(head: Uint8Array): string | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.byteLength < 4) {
    // Refuses what can't become a message at its first wrong byte.
    new MessageScanner(controlMessageByteLength).scan(head);
    return undefined;
  }
  checkMessagePrefix(view.getUint16(0), view.getUint16(2));
  if (head.byteLength < headerPrefixByteLength) return undefined;
  const byteLength = view.getInt32(4);
  if (byteLength < 1 || byteLength > nameByteLengthLimit) {
    throw new RemoteError(
      'protocol',
      `a method name of ${byteLength} bytes; 1 to ${nameByteLengthLimit} expected`,
    );
  }
  const end = headerPrefixByteLength + byteLength;
  if (head.byteLength < end) return undefined;
  return Buffer.from(head.buffer, head.byteOffset + headerPrefixByteLength, byteLength).toString('latin1');
}

function readAttach(head: Uint8Array): Destination | undefined {
  const scanner = new MessageScanner(controlMessageByteLength);
  const byteLength = scanner.scan(head.subarray(0, controlMessageByteLength));
  if (byteLength === undefined) return undefined;
  const reader = new BinaryReader(head);
  reader.messageBegin();
  let session = '';
  let token = '';
  for (let type = reader.field(); type !== ThriftType.stop; type = reader.field()) {
    if (reader.fieldId === 1 && type === ThriftType.string) session = reader.string();
    else if (reader.fieldId === 2 && type === ThriftType.string) token = reader.string();
    else reader.skip(type);
  }
  return { kind: 'attach', session, token };
}
