/**
 * A front end for wire-level tests: its own ZeroMQ sockets and its own signing, nothing of the kernel's code. It
 * takes iopub message by message, so that one the test didn't ask for fails it.
 */
import { createHmac, randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { Dealer, Subscriber } from 'zeromq';

const DEADLINE_MS = 10_000;

export interface FakeConnection {
  readonly key: string;
  endpoint(channel: 'shell' | 'iopub' | 'stdin' | 'control' | 'hb'): string;
}

type Fields = Readonly<Record<string, unknown>>;

export interface ReceivedMessage {
  readonly topic: string;
  readonly type: string;
  readonly header: Fields;
  readonly parent: Fields;
  readonly metadata: Fields;
  readonly content: Fields;
  readonly buffers: readonly Uint8Array[];
}

type Channel = 'shell' | 'control' | 'stdin';

export class FakeFrontEnd {
  readonly #key: string;
  readonly #dealers: Readonly<Record<Channel | 'hb', Dealer>>;
  readonly #iopub: Subscriber;
  readonly session = randomUUID();

  private constructor({ key, endpoint }: FakeConnection) {
    this.#key = key;
    const options = { routingId: this.session, linger: 0, reconnectInterval: 5, receiveTimeout: DEADLINE_MS };
    const dealer = (channel: Channel | 'hb') => {
      const socket = new Dealer(options);
      socket.connect(endpoint(channel));
      return socket;
    };
    this.#dealers = {
      shell: dealer('shell'),
      control: dealer('control'),
      stdin: dealer('stdin'),
      hb: dealer('hb'),
    };
    this.#iopub = new Subscriber({ linger: 0, reconnectInterval: 5, receiveTimeout: DEADLINE_MS });
    this.#iopub.subscribe();
    this.#iopub.connect(endpoint('iopub'));
  }

  /** Connected when the kernel has welcomed the subscription, so that nothing on iopub is missed. */
  static async connect(connection: FakeConnection): Promise<FakeFrontEnd> {
    const frontEnd = new FakeFrontEnd(connection);
    let welcome = await frontEnd.anyIopub();
    // A kernel that has just started says so first.
    if (welcome.content.execution_state === 'starting') welcome = await frontEnd.anyIopub();
    assert.is(welcome.type, 'iopub_welcome');
    assert.equal(welcome.content, { subscription: '' });
    assert.equal(welcome.parent, {});
    return frontEnd;
  }

  /** Sends a message and returns its id. */
  async send(
    channel: Channel,
    type: string,
    content: Fields = {},
    parent: Fields = {},
    buffers: readonly Uint8Array[] = [],
    headerFields: Fields = {},
  ): Promise<string> {
    const messageId = randomUUID();
    const header = {
      msg_id: messageId,
      session: this.session,
      username: 'test',
      date: new Date().toISOString(),
      msg_type: type,
      version: '5.3',
      ...headerFields,
    };
    const parts = this.signed([header, parent, {}, content].map((part) => JSON.stringify(part)));
    await this.sendFrames(channel, [...parts, ...buffers.map((bytes) => Buffer.from(bytes))]);
    return messageId;
  }

  signed(parts: readonly string[]): string[] {
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(part);
    return ['<IDS|MSG>', hmac.digest('hex'), ...parts];
  }

  async sendFrames(channel: Channel, frames: (string | Buffer)[]): Promise<void> {
    await this.#dealers[channel].send(frames);
  }

  async receive(channel: Channel): Promise<ReceivedMessage> {
    return this.#parse(await next(this.#dealers[channel], channel));
  }

  /** The next message on iopub, which must be of this type and, if given, answer this request. */
  async iopub(type: string, parentId?: string): Promise<ReceivedMessage> {
    const message = await this.anyIopub();
    const found = `${message.type} of ${message.parent.msg_id}: ${JSON.stringify(message.content)}`;
    assert.is(message.type, type, `expected ${type} on iopub, found ${found}`);
    if (parentId !== undefined) assert.is(message.parent.msg_id, parentId, `wrong parent: ${found}`);
    return message;
  }

  /** The next message on iopub, for tests where the order of two requests is open. */
  async anyIopub(): Promise<ReceivedMessage> {
    return this.#parse(await next(this.#iopub, 'iopub'));
  }

  async busy(parentId: string): Promise<void> {
    assert.is((await this.iopub('status', parentId)).content.execution_state, 'busy');
  }

  async idle(parentId: string): Promise<void> {
    assert.is((await this.iopub('status', parentId)).content.execution_state, 'idle');
  }

  /** The next message on the channel, which must be the reply to this request. */
  async reply(channel: 'shell' | 'control', type: string, parentId: string): Promise<ReceivedMessage> {
    const message = await this.receive(channel);
    assert.is(message.type, type);
    assert.is(message.parent.msg_id, parentId);
    return message;
  }

  /** A request between its busy and its idle, with nothing else on iopub. */
  async ask(channel: 'shell' | 'control', type: string, content: Fields = {}): Promise<Fields> {
    const id = await this.send(channel, type, content);
    await this.busy(id);
    const reply = await this.reply(channel, type.replace('_request', '_reply'), id);
    await this.idle(id);
    return reply.content;
  }

  async heartbeat(payload: string): Promise<string> {
    await this.#dealers.hb.send(payload);
    return String((await this.#dealers.hb.receive())[0]);
  }

  close(): void {
    for (const socket of [...Object.values(this.#dealers), this.#iopub]) socket.close();
  }

  #parse(frames: readonly Buffer[]): ReceivedMessage {
    const texts = frames.map(String);
    const at = texts.indexOf('<IDS|MSG>');
    const parts = texts.slice(at + 2, at + 6);
    assert.equal(
      texts.slice(at, at + 6),
      this.signed(parts),
      'the kernel signs header, parent, metadata, content',
    );
    const [header = {}, parent = {}, metadata = {}, content = {}] = parts.map(
      (part): Fields => JSON.parse(part),
    );
    return {
      topic: texts.slice(0, at).join(' '),
      type: String(header.msg_type),
      header,
      parent,
      metadata,
      content,
      buffers: frames.slice(at + 6),
    };
  }
}

async function next(socket: Dealer | Subscriber, channel: string): Promise<readonly Buffer[]> {
  try {
    return await socket.receive();
  } catch (cause) {
    throw new Error(`nothing came on ${channel} within ${DEADLINE_MS} ms`, { cause });
  }
}
