/** The connection to a kernel on a Jupyter server: it may break, and come back within a while. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Kernel } from '@jupyterlab/services';
import type { SilenceOptions } from './pinged-websocket.ts';

/** Time for a proxy, a tunnel or a network to come back; a server that has ended doesn't. */
const DEFAULT_RECONNECT_MS = 10_000;
/** More than a busy server, or a busy machine, needs to answer a ping. */
const DEFAULT_SILENCE_MS = 20_000;
const RETRY_INTERVAL_MS = 200;
/** While the connection is broken, a question has this long to be answered before it is asked anew. */
const ANSWER_MS = 2_000;

export interface LinkOptions {
  /** A broken connection has this long to come back (10 s). */
  readonly reconnectMs?: number | undefined;
  /** A connection on which nothing comes for so long, not even the answer to a ping, is broken (20 s). */
  readonly silenceMs?: number | undefined;
}

export interface ServerLinkEvents {
  /** It was broken, and is back; what was sent meanwhile may be lost. */
  readonly onReturn: () => void;
  /** It does not come back; the text says why. */
  readonly onGone: (reason: string) => void;
}

type State =
  /** Not connected yet. */
  | { readonly name: 'new' }
  | { readonly name: 'up' }
  | { readonly name: 'broken'; readonly deadline: NodeJS.Timeout }
  /** Given up. */
  | { readonly name: 'gone' }
  /** What happens to it is meant. */
  | { readonly name: 'unwatched' };

/**
 * `@jupyterlab/services` connects again by itself as long as the server answers; it waits for 10 to 30 s when it doesn't,
 * and not at all when the server closed the connection on purpose. Both are seen to here.
 */
export class ServerLink implements SilenceOptions {
  readonly silenceMs: number;
  readonly #reconnectMs: number;
  readonly #gone = new AbortController();
  #events: ServerLinkEvents | undefined;
  #state: State = { name: 'new' };
  #isSilent = false;

  constructor({ reconnectMs = DEFAULT_RECONNECT_MS, silenceMs = DEFAULT_SILENCE_MS }: LinkOptions) {
    this.#reconnectMs = reconnectMs;
    this.silenceMs = silenceMs;
  }

  /** The library asks the server what became of the kernel before it says that the connection broke: too late here. */
  readonly onSilent = (): void => {
    this.#isSilent = true;
    if (this.#events) this.#onBroken(this.#events);
  };

  get isBroken(): boolean {
    return this.#state.name === 'broken';
  }

  /** Where a server was, a request waits for it, like the connection. Once that is given up, nothing is there. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const start = performance.now();
    for (;;) {
      try {
        const signal = this.isBroken
          ? AbortSignal.any([this.#gone.signal, AbortSignal.timeout(ANSWER_MS)])
          : this.#gone.signal;
        return await fetch(input instanceof Request ? input.clone() : input, { ...init, signal });
      } catch (error) {
        // To the library's tries to connect a failure means another one in 10 to 30 s, which keeps the process alive.
        if (this.#state.name === 'gone') return new Response(null, { status: 404 });
        // While the websocket is open, the server is there: this process may have been too busy to connect in time.
        const isLate = !this.isBroken && performance.now() - start > this.#reconnectMs;
        if (this.#state.name === 'new' || isLate) throw error;
        await delay(RETRY_INTERVAL_MS);
      }
    }
  };

  /** @param kernel is connected. */
  watch(kernel: Kernel.IKernelConnection, events: ServerLinkEvents): void {
    this.#state = { name: 'up' };
    this.#events = events;
    kernel.connectionStatusChanged.connect((_, status) => {
      if (status === 'connected') this.#onConnected(events);
      else this.#onBroken(events);
      if (status === 'disconnected' && this.isBroken) void this.#reconnect(kernel, events);
    });
  }

  end(): void {
    if (this.#state.name === 'gone') return;
    if (this.#state.name === 'broken') clearTimeout(this.#state.deadline);
    this.#state = { name: this.isBroken ? 'gone' : 'unwatched' };
  }

  #onConnected({ onReturn }: ServerLinkEvents): void {
    if (this.#state.name !== 'broken') return;
    clearTimeout(this.#state.deadline);
    this.#state = { name: 'up' };
    this.#isSilent = false;
    onReturn();
  }

  #onBroken({ onGone }: ServerLinkEvents): void {
    if (this.#state.name !== 'up') return;
    const broke = this.#isSilent
      ? `nothing came from the server for ${this.silenceMs / 1000} s, and the connection`
      : 'the connection broke and';
    const reason = `${broke} did not come back within ${this.#reconnectMs / 1000} s`;
    const deadline = setTimeout(() => this.#giveUp(reason, onGone), this.#reconnectMs);
    this.#state = { name: 'broken', deadline };
  }

  /** The server has closed the connection on purpose, or the library has given up. */
  async #reconnect(kernel: Kernel.IKernelConnection, { onGone }: ServerLinkEvents): Promise<void> {
    const { KernelAPI } = await import('@jupyterlab/services');
    await delay(RETRY_INTERVAL_MS);
    if (!this.isBroken) return;
    try {
      const model = await KernelAPI.getKernelModel(kernel.id, kernel.serverSettings);
      if (!this.isBroken) return;
      if (model === undefined)
        this.#giveUp('the server has closed the connection and ended the kernel', onGone);
      // Whether it comes about is seen from the status.
      else await kernel.reconnect();
    } catch (error) {
      if (!this.isBroken || kernel.connectionStatus !== 'disconnected') return;
      this.#giveUp(`the server has closed the connection, and answers: ${String(error)}`, onGone);
    }
  }

  #giveUp(reason: string, onGone: ServerLinkEvents['onGone']): void {
    this.end();
    this.#gone.abort();
    onGone(reason);
  }
}
