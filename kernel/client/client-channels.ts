/** Requests, replies and outputs of one client, matched by their message ids. */
import { randomUUID } from 'node:crypto';
import type { ConnectionInfo } from '../jupyter/connection-file.ts';
import { ContentReader } from '../jupyter/content.ts';
import {
  headerToJson,
  type JsonObject,
  type Message,
  PROTOCOL_VERSION,
  parentMessageId,
} from '../jupyter/messages.ts';
import { type Frame, MessageSigner } from '../jupyter/signing.ts';
import { decodeMessage, encodeMessage } from '../jupyter/wire.ts';
import { type ClientChannel, ClientSockets, MAX_MESSAGE_BYTE_LENGTH } from './client-sockets.ts';
import { deferred } from './deferred.ts';

/** For how many requests back late output still finds its listener. */
const REMEMBERED_REQUESTS = 4096;

export interface RequestListeners {
  readonly onMessage?: ((message: Message) => void) | undefined;
  readonly onInput?: ((prompt: string, password: boolean) => Promise<string> | string) | undefined;
}

export interface SentRequest {
  readonly messageId: string;
  readonly reply: Promise<Message>;
  /** Resolves with the request's idle status: all its output has come before. */
  readonly idle: Promise<void>;
}

interface Pending {
  readonly onReply: (reply: Message) => void;
  readonly onIdle: () => void;
  readonly onFailure: (error: Error) => void;
}

export interface ClientEvents {
  /** Every iopub message, whoever caused it; `frames` are those that it was read from. */
  readonly onIopub: (message: Message, frames: readonly Uint8Array[]) => void;
  readonly onHeartbeat: () => void;
  /** No output comes any more: the kernel ends, or has sent a message that is longer than those that are read. */
  readonly onIopubLost: () => void;
  /** A message that isn't valid or not signed with our key. */
  readonly onInvalidMessage: (error: unknown) => void;
  /** A broken socket, or a listener that threw. */
  readonly onError: (error: unknown) => void;
}

export class ClientChannels {
  readonly #sockets: ClientSockets;
  readonly #signer: MessageSigner;
  readonly #events: ClientEvents;
  readonly #session = randomUUID();
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Map<string, RequestListeners>();
  #failure: Error | undefined;

  constructor(connection: ConnectionInfo, events: ClientEvents) {
    this.#signer = new MessageSigner(connection.key, connection.signatureScheme);
    this.#events = events;
    this.#sockets = new ClientSockets(connection, {
      onMessage: (channel, frames) => this.#receive(channel, frames),
      onHeartbeat: events.onHeartbeat,
      onIopubLost: events.onIopubLost,
      onError: events.onError,
    });
  }

  request(
    channel: 'shell' | 'control',
    type: string,
    content: JsonObject,
    options: RequestListeners & { readonly metadata?: JsonObject | undefined } = {},
  ): SentRequest {
    const messageId = randomUUID();
    const sent = this.#expect(messageId);
    this.#listeners.set(messageId, options);
    if (this.#listeners.size > REMEMBERED_REQUESTS) {
      const [oldest] = this.#listeners.keys();
      if (oldest !== undefined) this.#listeners.delete(oldest);
    }
    this.#send(channel, messageId, type, content, '{}', options.metadata);
    return { messageId, ...sent };
  }

  /** Why requests fail from now on; undefined while they don't. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  sendHeartbeat(): void {
    this.#sockets.sendHeartbeat();
  }

  /** All requests that wait, and those to come, fail with `error`. */
  fail(error: Error): void {
    this.#failure = error;
    for (const pending of this.#pending.values()) pending.onFailure(error);
    this.#pending.clear();
  }

  close(): void {
    this.#sockets.close();
  }

  #expect(messageId: string): { readonly reply: Promise<Message>; readonly idle: Promise<void> } {
    if (this.#failure !== undefined) throw this.#failure;
    let open = 2;
    const done = () => {
      open -= 1;
      if (open === 0) this.#pending.delete(messageId);
    };
    const replyWait = deferred<Message>();
    const idleWait = deferred<void>();
    // Whoever waits for the reply only must not be bothered by the rejection of the other promise.
    replyWait.promise.catch(() => {});
    idleWait.promise.catch(() => {});
    this.#pending.set(messageId, {
      onReply: (reply) => {
        replyWait.resolve(reply);
        done();
      },
      onIdle: () => {
        idleWait.resolve();
        done();
      },
      onFailure: (error) => {
        replyWait.reject(error);
        idleWait.reject(error);
      },
    });
    return { reply: replyWait.promise, idle: idleWait.promise };
  }

  #send(
    channel: ClientChannel,
    messageId: string,
    messageType: string,
    content: JsonObject,
    parentHeaderJson: string,
    metadata: JsonObject = {},
  ): void {
    const header = {
      messageId,
      session: this.#session,
      username: 'rjit',
      date: new Date().toISOString(),
      messageType,
      version: PROTOCOL_VERSION,
    };
    const frames: Frame[] = encodeMessage(
      {
        identities: [],
        headerJson: headerToJson(header),
        parentHeaderJson,
        metadataJson: JSON.stringify(metadata),
        contentJson: JSON.stringify(content),
      },
      this.#signer,
    );
    this.#sockets.send(channel, frames);
  }

  #receive(channel: ClientChannel | 'iopub', frames: Uint8Array[]): void {
    let message: Message;
    try {
      refuseTooLong(frames);
      message = decodeMessage(frames, this.#signer);
    } catch (error) {
      this.#events.onInvalidMessage(error);
      return;
    }
    try {
      if (channel === 'iopub') this.#onIopub(message, frames);
      else if (channel === 'stdin') void this.#onInputRequest(message);
      else this.#pending.get(parentMessageId(message) ?? '')?.onReply(message);
    } catch (error) {
      this.#events.onError(error);
    }
  }

  #onIopub(message: Message, frames: readonly Uint8Array[]): void {
    const parent = parentMessageId(message) ?? '';
    this.#listeners.get(parent)?.onMessage?.(message);
    this.#events.onIopub(message, frames);
    if (message.header.messageType === 'status' && message.content.execution_state === 'idle') {
      this.#pending.get(parent)?.onIdle();
    }
  }

  async #onInputRequest(message: Message): Promise<void> {
    const onInput = this.#listeners.get(parentMessageId(message) ?? '')?.onInput;
    try {
      const read = new ContentReader(message);
      const value = (await onInput?.(read.string('prompt', ''), read.boolean('password', false))) ?? '';
      this.#send('stdin', randomUUID(), 'input_reply', { status: 'ok', value }, message.headerJson);
    } catch (error) {
      this.#events.onError(error);
    }
  }
}

function refuseTooLong(frames: readonly Uint8Array[]): void {
  const byteLength = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  if (byteLength <= MAX_MESSAGE_BYTE_LENGTH) return;
  throw tooLong();
}

export function tooLong(): RangeError {
  return new RangeError(`it is more than ${MAX_MESSAGE_BYTE_LENGTH / 1e6} MB long`);
}
