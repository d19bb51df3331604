/** Typed messages over the sockets: headers, signatures and parents in one place. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { headerToJson, type JsonObject, type Message, PROTOCOL_VERSION, type Requester } from './messages.ts';
import type { Encode } from './send-queue.ts';
import type { Frame, MessageSigner } from './signing.ts';
import { decodeMessage, encodeMessage } from './wire.ts';

/** What the channels need of the sockets; tests put a recorder here. */
export interface Transport {
  send(channel: 'shell' | 'control' | 'stdin', encode: Encode): void;
  publish(encode: Encode): void;
  /** Messages that wait for slow subscribers of iopub. */
  readonly unpublished: number;
  allPublished(): Promise<void>;
}

/** The header of the request that an output or reply belongs to, as received; `{}` for none. */
export type ParentJson = string;

export const NO_PARENT: ParentJson = '{}';

export interface PublishOptions {
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
  /** Overrides the usual topic `kernel.<session>.<type>`. */
  readonly topic?: Frame;
}

export class Channels {
  readonly session = randomUUID();
  readonly #transport: Transport;
  readonly #signer: MessageSigner;
  readonly #username = userName();
  #sent = 0;

  constructor(transport: Transport, signer: MessageSigner) {
    this.#transport = transport;
    this.#signer = signer;
  }

  /** Messages that wait for slow subscribers of iopub. */
  get unpublished(): number {
    return this.#transport.unpublished;
  }

  allPublished(): Promise<void> {
    return this.#transport.allPublished();
  }

  /** @throws {MessageError} @throws {SignatureError} */
  decode(frames: readonly Uint8Array[]): Message {
    return decodeMessage(frames, this.#signer);
  }

  reply(
    channel: 'shell' | 'control',
    request: Requester,
    type: string,
    content: JsonObject,
    metadata: JsonObject = {},
  ): void {
    const { identities, headerJson } = request;
    this.#transport.send(
      channel,
      () => this.#encode(identities, type, content, headerJson, { metadata }).frames,
    );
  }

  /** Sends an `input_request` to the client that sent the request, and to no other; returns its message id. */
  askForInput(requester: Requester, prompt: string, password: boolean): string {
    const content = { prompt, password };
    const { frames, messageId } = this.#encode(
      requester.identities,
      'input_request',
      content,
      requester.headerJson,
      {},
    );
    this.#transport.send('stdin', () => frames);
    return messageId;
  }

  publish(type: string, content: JsonObject, parent: ParentJson, options: PublishOptions = {}): void {
    const topic = options.topic ?? `kernel.${this.session}.${type}`;
    this.#transport.publish(() => this.#encode([topic], type, content, parent, options).frames);
  }

  #encode(
    identities: readonly Frame[],
    type: string,
    content: JsonObject,
    parent: ParentJson,
    options: PublishOptions,
  ): { frames: Frame[]; messageId: string } {
    this.#sent += 1;
    // Unique in time and space, and cheaper than a random id for each message; jupyter_client does the same.
    const messageId = `${this.session}_${process.pid}_${this.#sent}`;
    const headerJson = headerToJson({
      messageId,
      session: this.session,
      username: this.#username,
      date: new Date().toISOString(),
      messageType: type,
      version: PROTOCOL_VERSION,
    });
    const message = {
      identities,
      headerJson,
      parentHeaderJson: parent,
      metadataJson: options.metadata === undefined ? '{}' : JSON.stringify(options.metadata),
      contentJson: JSON.stringify(content),
      buffers: options.buffers ?? [],
    };
    return { frames: encodeMessage(message, this.#signer), messageId };
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a passwd entry.
    return 'kernel';
  }
}
