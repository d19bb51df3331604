/** A headless Jupyter client: starts a kernel, or joins a running one, and talks to it over ZeroMQ. */
import type { ConnectionInfo } from '../jupyter/connection-file.ts';
import type { JsonObject } from '../jupyter/messages.ts';
import { ClientChannels, type ClientEvents, tooLong } from './client-channels.ts';
import { deferred } from './deferred.ts';
import { executeContent, parseReply } from './execute-messages.ts';
import { Heartbeat } from './heartbeat.ts';
import {
  type ExecuteOptions,
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelProtocolError,
  KernelTimeoutError,
} from './kernel-connection.ts';
import { type KernelDeath, KernelProcess, type SpawnOptions } from './kernel-process.ts';

const DEFAULT_STARTUP_TIMEOUT_MS = 60_000;
/** From a reply to the idle status of a kernel that we hear: asking again costs little. */
const HEARING_TIMEOUT_MS = 20;
/** From a reply to its idle status; more than a loaded machine needs. */
const IDLE_TIMEOUT_MS = 10_000;
/** After a shutdown request, before the kernel is killed; jupyter_client waits as long. */
const SHUTDOWN_GRACE_MS = 5000;
const HEARTBEAT_TIMEOUT_MS = 15_000;
/** From the end of its connections to that of a kernel's process. */
const END_MS = 2000;
/** How often a start is tried again when another process took one of the ports in between. */
const START_ATTEMPTS = 3;

interface JoinOptions {
  readonly startupTimeoutMs?: number;
  readonly onIopub?: ClientEvents['onIopub'];
  /** A kernel that we did not start is taken for dead when its heartbeat fails for this long (15 s). */
  readonly heartbeatTimeoutMs?: number;
}

export interface LaunchOptions extends SpawnOptions, Omit<JoinOptions, 'heartbeatTimeoutMs'> {}

export class KernelClient implements KernelConnection {
  /** Resolves when the kernel is gone, asked or not. */
  readonly died: Promise<KernelDeath>;
  /** Resolves when the kernel has sent what is no message of Jupyter's: nothing more is read of it. */
  readonly broken: Promise<KernelProtocolError>;
  /** Where the kernel listens, for other clients of it. */
  readonly connection: ConnectionInfo;
  readonly #channels: ClientChannels;
  readonly #process: KernelProcess | undefined;
  readonly #heartbeat: Heartbeat;
  #info: JsonObject = {};

  private constructor(
    connection: ConnectionInfo,
    kernelProcess: KernelProcess | undefined,
    { onIopub, heartbeatTimeoutMs = HEARTBEAT_TIMEOUT_MS }: JoinOptions,
  ) {
    const aliveMs = kernelProcess === undefined ? heartbeatTimeoutMs : Number.POSITIVE_INFINITY;
    const { promise: lost, resolve: onLost } = deferred<KernelDeath>();
    const { promise: broken, resolve: onBroken } = deferred<KernelProtocolError>();
    this.broken = broken;
    this.connection = connection;
    this.#process = kernelProcess;
    this.#channels = new ClientChannels(connection, {
      onIopub: (message, frames) => onIopub?.(message, frames),
      onHeartbeat: () => this.#heartbeat.answered(),
      onInvalidMessage: (error) => onBroken(protocolError(error)),
      onIopubLost: async () => {
        await Promise.race([this.died, delay(this.#process === undefined ? 2 * heartbeatTimeoutMs : END_MS)]);
        if (this.#channels.failure === undefined) onBroken(protocolError(tooLong()));
      },
      onError: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
    });
    this.#heartbeat = new Heartbeat({
      ping: () => this.#channels.sendHeartbeat(),
      timeoutMs: aliveMs,
      onLost: (silentMs) =>
        onLost({ reason: `no heartbeat for ${Math.round(silentMs / 1000)} s`, stderr: '' }),
    });
    void broken.then((error) => this.#channels.fail(error));
    this.died = kernelProcess?.died ?? lost;
    void this.died.then((death) => this.#channels.fail(diedError(death)));
  }

  /** Starts a kernel and waits until it answers. @throws {KernelDiedError} @throws {KernelTimeoutError} */
  static async launch(options: LaunchOptions): Promise<KernelClient> {
    for (let attempt = 1; ; attempt++) {
      const kernelProcess = await KernelProcess.spawn(options);
      try {
        return await KernelClient.#join(kernelProcess, options);
      } catch (error) {
        await kernelProcess.end(0);
        const portTaken =
          error instanceof Error && /address (already )?in use|EADDRINUSE/i.test(error.message);
        if (!portTaken || attempt === START_ATTEMPTS) throw error;
      }
    }
  }

  static async #join(kernelProcess: KernelProcess, options: LaunchOptions): Promise<KernelClient> {
    const timeoutMs = options.startupTimeoutMs ?? DEFAULT_STARTUP_TIMEOUT_MS;
    const start = performance.now();
    const died = kernelProcess.died.then((death) => Promise.reject(diedError(death)));
    const connection = await withDeadline(
      Promise.race([kernelProcess.connection, died]),
      timeoutMs,
      `the kernel did not answer within ${timeoutMs} ms`,
    );
    const client = new KernelClient(connection, kernelProcess, options);
    try {
      await client.#waitUntilReady(timeoutMs, start);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Joins a kernel that runs already; its end is noticed by its heartbeat. */
  static async connect(
    connection: ConnectionInfo,
    options: JoinOptions & {
      /** Stops what the kernel is busy with: it doesn't answer us before that. */
      readonly interrupts?: boolean;
    } = {},
  ): Promise<KernelClient> {
    const client = new KernelClient(connection, undefined, options);
    if (options.interrupts) client.#channels.request('control', 'interrupt_request', {});
    try {
      await client.#waitUntilReady(options.startupTimeoutMs ?? DEFAULT_STARTUP_TIMEOUT_MS);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  get info(): JsonObject {
    return this.#info;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Of a kernel that this client has started; others may join by it. */
  get connectionFile(): string | undefined {
    return this.#process?.connectionFile;
  }

  /** Sends any request; resolves with the content of its reply. @throws {KernelDiedError} */
  async request(channel: 'shell' | 'control', type: string, content: JsonObject = {}): Promise<JsonObject> {
    return (await this.#channels.request(channel, type, content).reply).content;
  }

  async execute(options: ExecuteOptions): Promise<ExecuteReply> {
    const { onMessage, onInput, metadata } = options;
    const sent = this.#channels.request('shell', 'execute_request', executeContent(options), {
      onMessage,
      onInput,
      metadata,
    });
    const reply = await sent.reply;
    await withDeadline(
      sent.idle,
      IDLE_TIMEOUT_MS,
      'the kernel has replied, but its idle status did not come',
    );
    return parseReply(reply);
  }

  async interrupt(): Promise<void> {
    if (this.#process?.interruptMode === 'signal') this.#process.interrupt();
    else await this.request('control', 'interrupt_request');
  }

  async shutdown(): Promise<void> {
    const isReachable = this.#channels.failure === undefined;
    if (isReachable) {
      const request = this.#channels.request('control', 'shutdown_request', { restart: false });
      await Promise.race([request.reply.catch(() => {}), this.died, delay(SHUTDOWN_GRACE_MS)]);
    }
    await this.#process?.end(isReachable ? SHUTDOWN_GRACE_MS : 0);
    this.close();
  }

  async kill(): Promise<void> {
    await this.#process?.end(0);
    this.close();
  }

  /**
   * The kernel is ready when it answers on shell and we hear it on iopub: a subscription takes effect a little
   * after the connection, and output before that would be lost.
   */
  async #waitUntilReady(timeoutMs: number, start = performance.now()): Promise<void> {
    const deadline = start + timeoutMs;
    for (;;) {
      const left = deadline - performance.now();
      const request = this.#channels.request('shell', 'kernel_info_request', {});
      const reply = await withDeadline(
        request.reply,
        left,
        `the kernel did not answer within ${timeoutMs} ms`,
      );
      this.#info = reply.content;
      const deaf = delay(HEARING_TIMEOUT_MS).then(() => false);
      const heard = await Promise.race([request.idle.then(() => true), deaf]);
      if (heard) return;
      if (left <= 0) throw new KernelTimeoutError(`nothing came on the iopub channel within ${timeoutMs} ms`);
    }
  }

  /** Leaves the kernel; one that this client has started goes on until `kill` or, unless it outlives it, this process's end. */
  close(): void {
    this.#process?.release();
    this.#heartbeat.stop();
    this.#channels.close();
    this.#channels.fail(new KernelDiedError('the connection to the kernel was closed'));
  }
}

function diedError({ reason, stderr }: KernelDeath): KernelDiedError {
  const output = stderr === '' ? 'it wrote nothing to stderr' : `the end of its stderr:\n${stderr}`;
  return new KernelDiedError(`the kernel ended (${reason}); ${output}`);
}

/** Whoever waits for the message that this one should have been would wait for ever. */
function protocolError(cause: unknown): KernelProtocolError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KernelProtocolError(`the kernel sent a message that is not valid: ${reason}`, { cause });
}

async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, message: string): Promise<T> {
  const { promise: expired, reject } = deferred<never>();
  const timer = setTimeout(() => reject(new KernelTimeoutError(message)), timeoutMs);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
