/** A kernel behind a Jupyter server, or behind our gateway, through `@jupyterlab/services`. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kernel } from '@jupyterlab/services';
import { isJsonObject, type JsonObject } from '../jupyter/messages.ts';
import { deferred } from './deferred.ts';
import type { JupyterServer } from './jupyter-server.ts';
import {
  type ExecuteOptions,
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelTimeoutError,
} from './kernel-connection.ts';
import { pingedWebSocket } from './pinged-websocket.ts';
import { serverError } from './server-error.ts';
import { ServerExecutions } from './server-executions.ts';
import { type LinkOptions, ServerLink } from './server-link.ts';

const DEFAULT_STARTUP_TIMEOUT_MS = 60_000;
const RESTART_GRACE_MS = 10_000;
const RETRY_INTERVAL_MS = 200;

export interface ServerKernelOptions extends LinkOptions {
  readonly server: JupyterServer;
  /** Of the kernelspec. */
  readonly name: string;
  /** The notebook's, as the server sees it; the kernel runs in its folder. */
  readonly path?: string | undefined;
  readonly startupTimeoutMs?: number | undefined;
}

export class ServerKernel implements KernelConnection {
  readonly info: JsonObject;
  readonly #kernel: Kernel.IKernelConnection;
  readonly #server: JupyterServer;
  readonly #died = deferred<never>();
  readonly #executions: ServerExecutions;
  readonly #link: ServerLink;
  #isDead = false;

  private constructor(
    kernel: Kernel.IKernelConnection,
    server: JupyterServer,
    link: ServerLink,
    info: JsonObject,
  ) {
    this.info = info;
    this.#kernel = kernel;
    this.#server = server;
    this.#link = link;
    this.#executions = new ServerExecutions(kernel, this.#died.promise);
    link.watch(kernel, {
      onReturn: () => this.#executions.afterBreak(),
      onGone: (reason) => this.#onGone(reason),
    });
    // Whoever waits for a cell hears of it; nobody else needs to.
    this.#died.promise.catch(() => {});
    kernel.statusChanged.connect((_, status) => {
      // A server that starts another one in silence has lost the notebook's state all the same.
      if (status === 'dead' || status === 'autorestarting') void this.#onDeath();
    });
  }

  /** @throws {JupyterServerError} @throws {KernelTimeoutError} */
  static async start(options: ServerKernelOptions): Promise<ServerKernel> {
    const { KernelAPI, KernelConnection, ServerConnection } = await import('@jupyterlab/services');
    const { server, name, path, startupTimeoutMs = DEFAULT_STARTUP_TIMEOUT_MS } = options;
    const link = new ServerLink(options);
    const settings = ServerConnection.makeSettings({
      baseUrl: server.url,
      wsUrl: server.url.replace(/^http/, 'ws'),
      token: server.token,
      appendToken: true,
      fetch: link.fetch,
    });
    // The library's type is a browser's websocket; outside of browsers it takes the same as this one.
    const serverSettings = Object.assign(settings, { WebSocket: pingedWebSocket(link) });
    // Not a KernelManager: it polls the list of kernels, and its timers keep the process alive when it is disposed of.
    let kernel: Kernel.IKernelConnection | undefined;
    try {
      // The server knows `path`; the library's type leaves it out.
      const request = { name, ...(path === undefined ? {} : { path }) };
      const model = await KernelAPI.startNew(request, serverSettings);
      // Widgets have no front end here; the library would close their channels.
      kernel = new KernelConnection({ model, serverSettings, handleComms: false });
      const info = await withDeadline(kernel.info, startupTimeoutMs);
      return new ServerKernel(kernel, server, link, isJsonObject(info) ? info : {});
    } catch (error) {
      // The first error says what is wrong; a server that has gone can't end its kernel either.
      await kernel?.shutdown().catch(() => {});
      kernel?.dispose();
      throw serverError(error, server, ServerConnection);
    }
  }

  /** Whether its connection is, for now. */
  get isBroken(): boolean {
    return this.#link.isBroken;
  }

  async execute(options: ExecuteOptions): Promise<ExecuteReply> {
    if (this.#isDead) await this.#died.promise;
    return this.#executions.execute(options);
  }

  async interrupt(): Promise<void> {
    await Promise.race([this.#kernel.interrupt(), this.#died.promise]);
  }

  async shutdown(): Promise<void> {
    // A broken connection may come back in time to end the kernel.
    if (!this.#link.isBroken) this.#link.end();
    try {
      if (!this.#kernel.isDisposed) await this.#endOnServer();
    } finally {
      this.#dispose();
    }
  }

  async kill(): Promise<void> {
    await this.shutdown();
  }

  /** A server that is just restarting a dead kernel can't end it yet. @throws {JupyterServerError} */
  async #endOnServer(): Promise<void> {
    const deadline = performance.now() + (this.#isDead ? RESTART_GRACE_MS : 0);
    for (;;) {
      try {
        await this.#kernel.shutdown();
        return;
      } catch (error) {
        if (performance.now() < deadline) {
          await delay(RETRY_INTERVAL_MS);
          continue;
        }
        const { ServerConnection } = await import('@jupyterlab/services');
        throw serverError(error, this.#server, ServerConnection);
      }
    }
  }

  #onGone(reason: string): void {
    this.#isDead = true;
    this.#died.reject(new KernelDiedError(`${reason} (${this.#server.url})`));
    this.#dispose();
  }

  async #onDeath(): Promise<void> {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#link.end();
    const model: unknown = await this.#model();
    const reason = isJsonObject(model) && typeof model.reason === 'string' ? model.reason : undefined;
    this.#died.reject(
      new KernelDiedError(reason ?? `the kernel ended; the server says no more (${this.#server.url})`),
    );
  }

  /** Our gateway says why a kernel died; others know it no more, or not why. */
  async #model(): Promise<unknown> {
    const { ServerConnection } = await import('@jupyterlab/services');
    const settings = this.#kernel.serverSettings;
    try {
      const url = `${settings.baseUrl}api/kernels/${encodeURIComponent(this.#kernel.id)}`;
      return await (await ServerConnection.makeRequest(url, {}, settings)).json();
    } catch {
      return undefined; // The server may have ended with its kernel; that the kernel died is known already.
    }
  }

  #dispose(): void {
    this.#link.end();
    this.#executions.dispose();
    this.#kernel.dispose();
  }
}

async function withDeadline<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const expired = deferred<never>();
  const timer = setTimeout(
    () => expired.reject(new KernelTimeoutError(`the kernel did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([promise, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
