/** A kernel behind the gateway: its process, what it says of its state, and the websockets that use it. */
import { randomUUID } from 'node:crypto';
import type { ConnectionInfo } from '../../jupyter/connection-file.ts';
import { headerToJson, type JsonObject, type Message, PROTOCOL_VERSION } from '../../jupyter/messages.ts';
import { splitEnvelope } from '../../jupyter/wire.ts';
import { KernelClient } from '../kernel-client.ts';
import type { KernelDeath } from '../kernel-process.ts';
import type { Kernelspec } from '../kernelspecs.ts';

/** A websocket that listens to a kernel. */
export interface KernelListener {
  /** Its websocket is open; else it waits for another one. */
  readonly isConnected: boolean;
  /** Header, parent header, metadata, content, buffers of a published message. */
  onIopub(frames: readonly Uint8Array[]): void;
  /** The kernel's new process; what was sent to the old one is lost. */
  onRestart(connection: ConnectionInfo): void;
  /** The kernel was shut down. */
  onGone(): void;
}

export interface GatewayKernelOptions {
  readonly kernelspec: Kernelspec;
  readonly cwd: string;
}

export class GatewayKernel {
  readonly id = randomUUID();
  readonly name: string;
  readonly #options: GatewayKernelOptions;
  readonly #listeners = new Set<KernelListener>();
  #client: KernelClient;
  #executionState = 'idle';
  #lastActivity = new Date();
  #death: string | undefined;
  /** The process that runs now is meant to end: its end is no death. */
  #isEnding = false;

  private constructor(options: GatewayKernelOptions, client: KernelClient, early: IopubRelay) {
    this.name = options.kernelspec.name;
    this.#options = options;
    this.#client = client;
    this.#adopt(client, early);
  }

  /** Resolves when the kernel answers. @throws {KernelDiedError} @throws {KernelTimeoutError} */
  static async start(options: GatewayKernelOptions): Promise<GatewayKernel> {
    const relay = new IopubRelay();
    return new GatewayKernel(options, await launch(options, relay), relay);
  }

  get connection(): ConnectionInfo {
    return this.#client.connection;
  }

  /** As Jupyter Server's REST API has it; `reason` is ours. */
  get model(): JsonObject {
    return {
      id: this.id,
      name: this.name,
      last_activity: this.#lastActivity.toISOString(),
      execution_state: this.#executionState,
      connections: [...this.#listeners].filter(({ isConnected }) => isConnected).length,
      ...(this.#death === undefined ? {} : { reason: this.#death }),
    };
  }

  addListener(listener: KernelListener): void {
    this.#listeners.add(listener);
  }

  removeListener(listener: KernelListener): void {
    this.#listeners.delete(listener);
  }

  async interrupt(): Promise<void> {
    await this.#client.interrupt();
  }

  /** A dead kernel can be restarted too. @throws {KernelDiedError} @throws {KernelTimeoutError} */
  async restart(): Promise<void> {
    this.#setState('restarting');
    this.#isEnding = true;
    const relay = new IopubRelay();
    await this.#client.shutdown();
    try {
      this.#client = await launch(this.#options, relay);
    } catch (error) {
      this.#death = error instanceof Error ? error.message : String(error);
      this.#setState('dead');
      throw error;
    } finally {
      this.#isEnding = false;
    }
    this.#death = undefined;
    this.#executionState = 'idle';
    this.#adopt(this.#client, relay);
    for (const listener of this.#listeners) listener.onRestart(this.#client.connection);
  }

  async shutdown(): Promise<void> {
    const client = this.#client;
    this.#isEnding = true;
    await client.shutdown();
    for (const listener of this.#listeners) listener.onGone();
    this.#listeners.clear();
  }

  #adopt(client: KernelClient, relay: IopubRelay): void {
    relay.onMessage = (message, frames) => this.#publish(message, frames);
    const isOurs = () => this.#client === client && !this.#isEnding;
    void client.died.then((death) => {
      if (isOurs()) this.#onDeath(death);
    });
    void client.broken.then(async ({ message }) => {
      if (isOurs()) this.#onDeath({ reason: message, stderr: '' });
      await client.kill();
    });
  }

  #publish(message: Message, frames: readonly Uint8Array[]): void {
    this.#lastActivity = new Date();
    const { execution_state: state } = message.content;
    if (message.header.messageType === 'status' && typeof state === 'string') this.#executionState = state;
    const published = splitEnvelope(frames).rest;
    for (const listener of this.#listeners) listener.onIopub(published);
  }

  /** Jupyter Server would start another one in silence; whoever tests a notebook must know. */
  #onDeath({ reason, stderr }: KernelDeath): void {
    // One that was ended for what it sent has died for that.
    if (this.#death !== undefined) return;
    this.#death = `the kernel ended (${reason})${stderr === '' ? '' : `; the end of its stderr:\n${stderr}`}`;
    this.#setState('dead');
  }

  /** Says so in the kernel's place, which can't any more. */
  #setState(executionState: 'restarting' | 'dead'): void {
    this.#executionState = executionState;
    this.#lastActivity = new Date();
    const header = headerToJson({
      messageId: randomUUID(),
      session: this.id,
      username: 'gateway',
      date: this.#lastActivity.toISOString(),
      messageType: 'status',
      version: PROTOCOL_VERSION,
    });
    const content = JSON.stringify({ execution_state: executionState });
    const frames = [header, '{}', '{}', content].map((text) => Buffer.from(text));
    for (const listener of this.#listeners) listener.onIopub(frames);
  }
}

/** What comes from a kernel that is still starting has no listener yet. */
class IopubRelay {
  onMessage: (message: Message, frames: readonly Uint8Array[]) => void = () => {};
}

function launch(options: GatewayKernelOptions, relay: IopubRelay): Promise<KernelClient> {
  return KernelClient.launch({
    kernelspec: options.kernelspec,
    cwd: options.cwd,
    onIopub: (message, frames) => relay.onMessage(message, frames),
  });
}
