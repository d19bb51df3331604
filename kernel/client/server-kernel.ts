/** A kernel behind a Jupyter server, or behind our gateway, through `@jupyterlab/services`. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kernel, KernelMessage, ServerConnection } from '@jupyterlab/services';
import { isJsonObject, type JsonObject } from '../jupyter/messages.ts';
import { deferred } from './deferred.ts';
import { executeContent, parseReply } from './execute-messages.ts';
import {
  type ExecuteOptions,
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
  KernelTimeoutError,
  ReplyLostError,
} from './kernel-connection.ts';
import { ServerLink } from './server-link.ts';
import { stderrMessage, toMessage } from './server-message.ts';

const DEFAULT_STARTUP_TIMEOUT_MS = 60_000;
const RESTART_GRACE_MS = 10_000;
const RETRY_INTERVAL_MS = 200;

export interface JupyterServer {
  /** `http://127.0.0.1:8888/` */
  readonly url: string;
  readonly token: string;
}

/** The server can't be reached, or refuses what it is asked; the text says which and why. */
export class JupyterServerError extends Error {
  override readonly name = 'JupyterServerError';
}

export interface ServerKernelOptions {
  readonly server: JupyterServer;
  /** Of the kernelspec. */
  readonly name: string;
  /** The notebook's, as the server sees it; the kernel runs in its folder. */
  readonly path?: string | undefined;
  readonly startupTimeoutMs?: number | undefined;
  /** A broken connection has this long to come back (10 s). */
  readonly reconnectMs?: number | undefined;
}

/** The library's JSON is not read-only. */
type JsonMetadata = NonNullable<Parameters<Kernel.IKernelConnection['requestExecute']>[2]>;

type Future = Kernel.IShellFuture<KernelMessage.IExecuteRequestMsg, KernelMessage.IExecuteReplyMsg>;

/** A cell that waits for its reply. */
interface Execution {
  readonly onMessage: ExecuteOptions['onMessage'];
  readonly onLost: (error: ReplyLostError) => void;
}

const BROKEN_TEXT =
  '\n… the connection to the Jupyter server broke while this cell ran: some of its output may be missing\n';
const LOST_TEXT =
  'the connection to the Jupyter server broke while the cell ran, and the reply of the kernel was lost';

export class ServerKernel implements KernelConnection {
  readonly info: JsonObject;
  readonly #kernel: Kernel.IKernelConnection;
  readonly #server: JupyterServer;
  /** Not disposed before the end: output may come late. */
  readonly #futures: Future[] = [];
  readonly #died = deferred<never>();
  readonly #executions = new Set<Execution>();
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
    link.watch(kernel, {
      onReturn: () => this.#onReturn(),
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
    const link = new ServerLink(options.reconnectMs);
    const serverSettings = ServerConnection.makeSettings({
      baseUrl: server.url,
      wsUrl: server.url.replace(/^http/, 'ws'),
      token: server.token,
      appendToken: true,
      fetch: link.fetch,
    });
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

  async execute(options: ExecuteOptions): Promise<ExecuteReply> {
    if (this.#isDead) await this.#died.promise;
    const { onMessage, onInput } = options;
    const metadata: JsonMetadata = JSON.parse(JSON.stringify(options.metadata ?? {}));
    const future = this.#kernel.requestExecute(executeContent(options), false, metadata);
    this.#futures.push(future);
    future.onIOPub = (message) => onMessage?.(toMessage(message));
    if (onInput !== undefined) {
      future.onStdin = async (message) => {
        if (!isInputRequest(message)) return;
        const { prompt, password } = message.content;
        future.sendInputReply({ status: 'ok', value: await onInput(prompt, password) }, message.header);
      };
    }
    const lost = deferred<never>();
    const execution = { onMessage, onLost: lost.reject };
    this.#executions.add(execution);
    try {
      const reply = await Promise.race([this.#doneOf(future), this.#died.promise, lost.promise]);
      return parseReply(toMessage(reply));
    } finally {
      this.#executions.delete(execution);
    }
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

  /** The library cancels its futures when the kernel dies; the reason comes a little later. */
  async #doneOf(future: Future): Promise<KernelMessage.IExecuteReplyMsg> {
    try {
      return await future.done;
    } catch (error) {
      if (this.#kernel.status === 'dead' || this.#kernel.status === 'autorestarting' || this.#isDead) {
        return await this.#died.promise;
      }
      throw error;
    }
  }

  /** Kernels answer in turn: once a later request is answered, the replies that have not come never will. */
  #onReturn(): void {
    const waiting = [...this.#executions];
    if (waiting.length === 0) return;
    for (const { onMessage } of waiting) onMessage?.(stderrMessage(BROKEN_TEXT));
    const content = executeContent({ code: '', silent: true, storeHistory: false, stopOnError: false });
    const probe = this.#kernel.requestExecute(content);
    this.#futures.push(probe);
    probe.done.then(
      () => {
        for (const { onLost } of waiting) onLost(new ReplyLostError(LOST_TEXT));
      },
      // The kernel has died, which its cell hears by itself; or it is shut down.
      () => {},
    );
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
    for (const future of this.#futures) future.dispose();
    this.#kernel.dispose();
  }
}

function isInputRequest(message: KernelMessage.IStdinMessage): message is KernelMessage.IInputRequestMsg {
  return message.header.msg_type === 'input_request';
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

function serverError(
  error: unknown,
  { url }: JupyterServer,
  { ResponseError, NetworkError }: Pick<typeof ServerConnection, 'ResponseError' | 'NetworkError'>,
): unknown {
  if (error instanceof ResponseError) {
    const { status } = error.response;
    const hint = status === 401 || status === 403 ? '; is the token right?' : '';
    return new JupyterServerError(`the server at ${url} answers ${status}: ${error.message}${hint}`);
  }
  if (error instanceof NetworkError) {
    return new JupyterServerError(
      `the server at ${url} can't be reached: ${error.message}; does it run there?`,
    );
  }
  return error;
}
