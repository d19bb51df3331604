/** Comms: channels of messages, with buffers, between code in the session and code in the front end. */
import type { CommMessage } from './execution.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { after, awaited, type MaybePromise } from './maybe-promise.ts';

/** What a comm has received. */
export interface CommEvent {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

export interface CommOptions {
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

export type CommHandler = (event: CommEvent) => unknown;

/** One open channel; both sides may send, and either may close it. */
export class Comm {
  readonly id: string;
  readonly targetName: string;
  /** Called for each message from the front end. */
  onMessage: CommHandler | undefined;
  /** Called when the front end closes the comm. */
  onClose: CommHandler | undefined;
  readonly #comms: Comms;

  constructor(comms: Comms, id: string, targetName: string) {
    this.#comms = comms;
    this.id = id;
    this.targetName = targetName;
  }

  get isOpen(): boolean {
    return this.#comms.has(this);
  }

  /** @throws Error when the comm is closed */
  send(data: JsonObject, options: CommOptions = {}): void {
    if (!this.isOpen)
      throw new Error(`the comm ${this.id} of ${this.targetName} is closed; open another one`);
    this.#comms.publish('comm_msg', this, data, options);
  }

  /** Closing a closed comm does nothing. */
  close(data: JsonObject = {}, options: CommOptions = {}): void {
    if (this.#comms.remove(this)) this.#comms.publish('comm_close', this, data, options);
  }
}

/** The session's end of all comms. */
export class Comms {
  readonly #publish: (message: CommMessage) => void;
  readonly #targets = new Map<string, (comm: Comm, event: CommEvent) => unknown>();
  readonly #open = new Map<string, Comm>();

  constructor(publish: (message: CommMessage) => void) {
    this.#publish = publish;
  }

  /** From now on the front end may open comms under this name; `handler` gets each. */
  registerTarget(name: string, handler: (comm: Comm, event: CommEvent) => unknown): void {
    this.#targets.set(name, handler);
  }

  unregisterTarget(name: string): void {
    this.#targets.delete(name);
  }

  /** Opens a comm to what the front end has registered under this name. */
  open(
    targetName: string,
    data: JsonObject = {},
    options: CommOptions & { readonly id?: string } = {},
  ): Comm {
    const comm = new Comm(this, options.id ?? crypto.randomUUID(), targetName);
    this.#open.set(comm.id, comm);
    this.publish('comm_open', comm, data, options);
    return comm;
  }

  /**
   * Takes a message of the front end to its handler: at once, and to its end unless it awaits something. False for one
   * to open a comm that nobody has registered.
   */
  receive(message: CommMessage): MaybePromise<boolean> {
    const event = eventOf(message);
    const comm = this.#open.get(message.commId);
    switch (message.type) {
      case 'comm_open': {
        const target = this.#targets.get(message.targetName ?? '');
        if (target === undefined) return false;
        const opened = new Comm(this, message.commId, message.targetName ?? '');
        this.#open.set(opened.id, opened);
        return after(awaited(target(opened, event)), () => true);
      }
      case 'comm_msg':
        return after(awaited(comm?.onMessage?.(event)), () => true);
      case 'comm_close':
        this.#open.delete(message.commId);
        return after(awaited(comm?.onClose?.(event)), () => true);
    }
  }

  has(comm: Comm): boolean {
    return this.#open.get(comm.id) === comm;
  }

  /** False when it was not open. */
  remove(comm: Comm): boolean {
    return this.has(comm) && this.#open.delete(comm.id);
  }

  publish(type: CommMessage['type'], comm: Comm, data: JsonObject, { metadata, buffers }: CommOptions): void {
    this.#publish({
      type,
      commId: comm.id,
      ...(type === 'comm_open' && { targetName: comm.targetName }),
      data: plainJson(data),
      metadata: plainJson(metadata ?? {}),
      buffersBase64: (buffers ?? []).map(toBase64),
    });
  }
}

function eventOf({ data, metadata, buffersBase64 }: CommMessage): CommEvent {
  return {
    data,
    metadata,
    buffers: buffersBase64.map((text) => new Uint8Array(Buffer.from(text, 'base64'))),
  };
}

/** Now, not when it is sent: the caller may change its object afterwards. */
export function plainJson(value: object): JsonObject {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return isJsonObject(plain) ? plain : {};
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
