/** Jupyter messages on the wire: `identities… <IDS|MSG> signature header parent metadata content buffers…`. */
import { type JsonObject, type Message, MessageError, parseHeader, parseJsonObject } from './messages.ts';
import type { Frame, MessageSigner, SignedFrames } from './signing.ts';

export const DELIMITER = '<IDS|MSG>';
const delimiterBytes = Buffer.from(DELIMITER);

export interface OutgoingMessage {
  readonly identities: readonly Frame[];
  readonly headerJson: string;
  /** `{}` for a message without a parent. */
  readonly parentHeaderJson: string;
  readonly metadataJson: string;
  readonly contentJson: string;
  readonly buffers?: readonly Uint8Array[];
}

/**
 * Splits, authenticates and parses the frames of one message.
 * @throws {MessageError} when the frames aren't a Jupyter message.
 * @throws {SignatureError} when the signature is wrong or replayed; nothing was parsed then.
 */
export function decodeMessage(frames: readonly Uint8Array[], signer: MessageSigner): Message {
  const { identities, signature, rest } = splitEnvelope(frames);
  const [header, parent, metadata, content, ...buffers] = rest;
  if (signature === undefined || !header || !parent || !metadata || !content) {
    const found = frames.length - identities.length - 1;
    throw new MessageError(
      `${found} frames after ${DELIMITER}; expected at least 5: signature, header, parent header, metadata, content`,
    );
  }
  signer.verify(signature, [header, parent, metadata, content]);
  const headerJson = textOf(header);
  return {
    identities,
    header: parseHeader(parseJsonObject(headerJson, 'header')),
    headerJson,
    parentHeader: readObject(parent, 'parent header'),
    metadata: readObject(metadata, 'metadata'),
    content: readObject(content, 'content'),
    buffers,
  };
}

export function encodeMessage(message: OutgoingMessage, signer: MessageSigner): Frame[] {
  const signed: SignedFrames = [
    message.headerJson,
    message.parentHeaderJson,
    message.metadataJson,
    message.contentJson,
  ];
  return [...message.identities, DELIMITER, signer.sign(signed), ...signed, ...(message.buffers ?? [])];
}

/** What comes before the frames that are signed. @throws {MessageError} without a delimiter. */
export function splitEnvelope(frames: readonly Uint8Array[]): {
  readonly identities: readonly Uint8Array[];
  readonly signature: string | undefined;
  readonly rest: readonly Uint8Array[];
} {
  const delimiter = frames.findIndex(isDelimiter);
  if (delimiter < 0) {
    throw new MessageError(`no ${DELIMITER} delimiter in a message of ${frames.length} frames`);
  }
  const signature = frames[delimiter + 1];
  return {
    identities: frames.slice(0, delimiter),
    signature: signature && textOf(signature),
    rest: frames.slice(delimiter + 2),
  };
}

function isDelimiter(frame: Uint8Array): boolean {
  return frame.length === delimiterBytes.length && delimiterBytes.equals(frame);
}

/** Most metadata is empty, and that of every message is read. */
function readObject(bytes: Uint8Array, what: string): JsonObject {
  const text = textOf(bytes);
  return text === '{}' ? {} : parseJsonObject(text, what);
}

function textOf(bytes: Uint8Array): string {
  // ZeroMQ's frames are buffers.
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('utf8');
}
