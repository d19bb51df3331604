/** The managed backend of a kernel: starts by itself, soon but in nobody's way, unless the user decides otherwise. */
import type { EndpointFolder } from './rjit/endpoint-folder.ts';
import { ManagedBackend } from './rjit/managed-backend.ts';

/** Only this machine may use the backend that the kernel starts by itself, at a port that is free. */
const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 0 } as const;
/** Cells that follow each other sooner have the processor to themselves; one that still runs then may be waiting for it. */
const START_DELAY_MS = 250;
/** What a cell says that is about to need the backend. */
const REMOTE = /\brjit\b|\bRemoteJIT\b/u;

export class AutomaticBackend {
  readonly #backend: ManagedBackend;
  readonly #log: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  /** No automatic start any more: it was done, or the user has given an order. */
  #isDecided = false;

  constructor(folder: EndpointFolder, log: (text: string) => void) {
    this.#log = log;
    this.#backend = new ManagedBackend({ folder, onCrash: (reason) => log(`the backend ended: ${reason}`) });
  }

  get endpointFile(): string {
    return this.#backend.endpointFile;
  }

  /** To be called whenever the session has become ready or a cell has ended. */
  startSoon(): void {
    if (this.#isDecided) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#startNow(), START_DELAY_MS).unref();
  }

  /** To be called when a cell begins: it may be one that waits for the backend. */
  startFor(code: string): void {
    if (REMOTE.test(code)) this.#startNow();
    else this.startSoon();
  }

  start(address: { host?: string; port?: number }): Promise<{ host: string; port: number }> {
    this.#decide();
    return this.#backend.start({ ...DEFAULT_ADDRESS, ...address });
  }

  stop(): Promise<void> {
    this.#decide();
    return this.#backend.stop();
  }

  dispose(): Promise<void> {
    this.#decide();
    return this.#backend.dispose();
  }

  #startNow(): void {
    if (this.#isDecided) return;
    this.#decide();
    // Why it failed is also what the first remote call says.
    this.#backend.start(DEFAULT_ADDRESS).catch((error: unknown) => {
      this.#log(`no local backend: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  #decide(): void {
    this.#isDecided = true;
    clearTimeout(this.#timer);
  }
}
