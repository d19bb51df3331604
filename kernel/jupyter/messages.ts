/** Jupyter messages as the rest of the kernel sees them: parsed once, at the edge, from bytes of unknown shape. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** MIME type → representation; JSON types hold JSON, all others a string (base64 for binary formats). */
export type MimeBundle = JsonObject;

/** The protocol version that our headers and `kernel_info_reply` carry. */
export const PROTOCOL_VERSION = '5.6';

export interface MessageHeader {
  readonly messageId: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly messageType: string;
  readonly version: string;
  /** The subshell that a request is for (JEP 91); absent: the main shell. */
  readonly subshellId?: string;
}

export interface Message {
  /** ZeroMQ routing ids of the peer, or the topic on iopub. */
  readonly identities: readonly Uint8Array[];
  readonly header: MessageHeader;
  /** The header as it was received; replies and outputs repeat it unchanged as their parent header. */
  readonly headerJson: string;
  /** `{}` when the message has no parent. */
  readonly parentHeader: JsonObject;
  readonly metadata: JsonObject;
  readonly content: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

/** What is needed to answer a request, or to attach output to it. */
export type Requester = Pick<Message, 'identities' | 'headerJson'>;

/** A message that is signed correctly but isn't what the protocol says; the text names the field. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses one JSON frame that must hold an object.
 * @throws {MessageError} naming `what` when it isn't JSON or isn't an object.
 */
export function parseJsonObject(text: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MessageError(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isJsonObject(value)) throw new MessageError(`${what} is ${describeJson(value)}; expected an object`);
  return value;
}

/** @throws {MessageError} when `msg_id`, `msg_type` or `session` is missing or not a string. */
export function parseHeader(fields: JsonObject): MessageHeader {
  return {
    messageId: headerField(fields, 'msg_id'),
    messageType: headerField(fields, 'msg_type'),
    session: headerField(fields, 'session'),
    // Clients older than protocol 5.1 leave these out.
    username: optionalHeaderField(fields, 'username'),
    date: optionalHeaderField(fields, 'date'),
    version: optionalHeaderField(fields, 'version'),
    ...(fields.subshell_id != null && { subshellId: headerField(fields, 'subshell_id') }),
  };
}

export function headerToJson(header: MessageHeader): string {
  return JSON.stringify({
    msg_id: header.messageId,
    session: header.session,
    username: header.username,
    date: header.date,
    msg_type: header.messageType,
    version: header.version,
  });
}

/** The `msg_id` of a message's parent, if it has one. */
export function parentMessageId(message: Message): string | undefined {
  const id = message.parentHeader.msg_id;
  return typeof id === 'string' ? id : undefined;
}

/** A short name for a JSON value in error texts: `the string "abc"`, `an array`, `missing`. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return `the ${typeof value} ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

function headerField(fields: JsonObject, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new MessageError(`header.${name} is ${describeJson(value)}; expected a string`);
}

function optionalHeaderField(fields: JsonObject, name: string): string {
  return fields[name] === undefined ? '' : headerField(fields, name);
}
