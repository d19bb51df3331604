import type { MagicRegistry } from '../magics/registry.ts';
import type { CellEvaluator } from './cell-evaluator.ts';
import type { CellSources } from './cell-sources.ts';
import type { KernelLink } from './kernel-link.ts';
import type { MagicHost } from './magic-host.ts';
import type { RemoteRuntime } from './remote-runtime.ts';
import type { ReplEvaluator } from './repl-evaluator.ts';
import { defineSessionGlobal } from './session-globals.ts';
import type { VariableDeclaration } from './session-messages.ts';

interface LazyPartsOptions {
  readonly repl: ReplEvaluator;
  readonly sources: CellSources;
  readonly link: KernelLink;
  readonly magicHost: MagicHost;
  /** See `CellEvaluator`. */
  readonly globalNames: ReadonlySet<string>;
  /** Where the kernel process says at which address its backend listens. */
  readonly endpointFile: string | undefined;
  /** Writes to the standard output of the cell. */
  readonly write: (text: string) => void;
  /** See `CellEvaluator`. */
  readonly announce: (declarations: readonly VariableDeclaration[]) => void;
  /** Sends on what has been written. */
  readonly flush: () => void;
}

/** How long the session has to be idle before it loads what no cell has asked for yet. */
const IDLE_MS = 200;

/**
 * What the session needs and need not load before it says `ready`: first what runs cells, then the client of remote
 * functions. No cell runs while something is being loaded in the background: an interrupt can drop what Node's module
 * loader has under way.
 */
export class LazyParts {
  readonly #options: LazyPartsOptions;
  #evaluator: CellEvaluator | undefined;
  #evaluatorLoading: Promise<CellEvaluator> | undefined;
  #remote: RemoteRuntime | undefined;
  #remoteLoading: Promise<RemoteRuntime> | undefined;
  #loads = 0;

  constructor(options: LazyPartsOptions) {
    this.#options = options;
  }

  get isLoading(): boolean {
    return this.#loads > 0;
  }

  /** Cells can be run without waiting for anything. */
  get isReady(): boolean {
    return this.#evaluator !== undefined && !this.isLoading;
  }

  /** Those of the session, once a cell has run. */
  get magics(): MagicRegistry | undefined {
    return this.#evaluator?.magics;
  }

  /** At once, where it can be: so a cell's code runs straight from the event loop, and not as a promise's job. */
  evaluator(): CellEvaluator | Promise<CellEvaluator> {
    const isLoading = this.#remote === undefined && this.#remoteLoading !== undefined;
    if (this.#evaluator !== undefined && !isLoading) return this.#evaluator;
    this.#evaluatorLoading ??= this.#whileLoading(() => this.#loadEvaluator());
    const loading = this.#evaluatorLoading;
    // A cell that needs the client says what went wrong with loading it; all others run without.
    return isLoading
      ? this.#loadedRemote().then(
          () => loading,
          () => loading,
        )
      : loading;
  }

  /**
   * Loads the rest while nothing runs; `idleMs` says for how long that has been so. `practise` is called behind it, for
   * what V8 should have compiled before somebody waits for it.
   */
  prepare(idleMs: () => number, practise: () => void): void {
    const prepareRemote = (): void => {
      if (this.#remoteLoading !== undefined) return;
      // Between two cells that follow each other, the session is idle for a moment only.
      if (idleMs() < IDLE_MS) {
        setTimeout(prepareRemote, IDLE_MS).unref();
        return;
      }
      const loading = this.#loadedRemote().catch(() => undefined);
      void loading.then(() => setImmediate(() => idleMs() > 0 && practise()));
    };
    void Promise.resolve(this.evaluator()).then((evaluator) => {
      setImmediate(() => {
        if (idleMs() > 0) evaluator.warmUp();
      });
      setTimeout(prepareRemote, IDLE_MS).unref();
    });
  }

  async #loadEvaluator(): Promise<CellEvaluator> {
    const [{ CellEvaluator }, { flushBeforeSyncOutput }] = await Promise.all([
      import('./cell-evaluator.ts'),
      import('./sync-children.ts'),
    ]);
    const { repl, sources, magicHost, flush, globalNames, announce } = this.#options;
    flushBeforeSyncOutput(flush);
    const remote = (): RemoteRuntime | Promise<RemoteRuntime> => this.#remote ?? this.#loadedRemote();
    this.#evaluator = new CellEvaluator({
      ...{ repl, sources, magicHost, globalNames, remote, announce },
      loadedRemote: () => this.#remote,
    });
    return this.#evaluator;
  }

  async #whileLoading<T>(load: () => Promise<T>): Promise<T> {
    this.#loads += 1;
    try {
      return await load();
    } finally {
      this.#loads -= 1;
    }
  }

  #loadedRemote(): Promise<RemoteRuntime> {
    this.#remoteLoading ??= this.#whileLoading(() => this.#loadRemote());
    return this.#remoteLoading;
  }

  async #loadRemote(): Promise<RemoteRuntime> {
    const { createRemoteRuntime } = await import('./remote-runtime.ts');
    const remote = createRemoteRuntime({
      ...this.#options,
      scope: (name) => this.#evaluator?.namedValue(name),
    });
    // A variable that a cell has made of one of the names in the meantime stays.
    const unused = Object.entries(remote.globals).filter(([name]) => !Object.hasOwn(globalThis, name));
    for (const [name, value] of unused) defineSessionGlobal(name, value);
    this.#remote = remote;
    return remote;
  }
}
