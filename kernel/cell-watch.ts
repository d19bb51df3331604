/** Follows the cells that run, so that completion knows their names and what is wrong with their types is told. */
import type { Intelligence } from './intelligence.ts';
import type { ExecuteRequest } from './jupyter/interpreter.ts';
import { isWatched, isWorthChecking, type TypeCheckMode, typeWarnings } from './type-checks.ts';

/** A cell that runs longer is known, and checked, while it runs. */
const LONG_CELL_MS = 100;
/**
 * The kernel has to be idle for so long before it loads TypeScript, or has it make ready for the next completion, which
 * would slow down what runs.
 */
const IDLE_MS = 400;
/** The kernel has to be idle for so long before it looks at the cells that ran: the next one may be on its way. */
const PAUSE_MS = 50;
/** Of more cells that come faster than they can be checked, the first ones are not. */
const MAX_UNCHECKED = 20;
/** So many are looked at without a pause, too. */
const MAX_UNSEEN = 100;

interface CellWatchOptions {
  readonly intelligence: () => Promise<Intelligence>;
  readonly mode: () => TypeCheckMode;
  readonly warn: (text: string, request: ExecuteRequest) => void;
}

interface UncheckedCell {
  readonly name: string;
  readonly request: ExecuteRequest;
}

export class CellWatch {
  readonly #options: CellWatchOptions;
  #idleTimer: NodeJS.Timeout | undefined;
  #pauseTimer: NodeJS.Timeout | undefined;
  #running = 0;
  #isIdle = false;
  #isWarm = false;
  /** Cells that have run, of which the intelligence knows nothing yet. */
  #unseen: ExecuteRequest[] = [];
  /** What there is to tell as soon as somebody can be told; undefined from then on. */
  #untold: ((intelligence: Intelligence) => void)[] | undefined = [];
  #intelligence: Intelligence | undefined;
  readonly #unchecked: UncheckedCell[] = [];
  #isChecking = false;
  /** Whether somebody may soon ask about names that are new. */
  #isStale = false;

  constructor(options: CellWatchOptions) {
    this.#options = options;
  }

  /** Call this whenever the kernel has nothing to do: soon, it makes ready what completion needs. */
  idle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#running > 0) return;
    this.#idleTimer = setTimeout(() => {
      this.#isIdle = true;
      void (this.#isWarm ? this.#check() : this.#warmUp());
    }, IDLE_MS).unref();
  }

  /** Call this when a cell begins, and what it returns when it is done. */
  begin(request: ExecuteRequest): () => void {
    this.#running += 1;
    this.#isIdle = false;
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#pauseTimer);
    let isSeen = false;
    const timer = setTimeout(() => {
      isSeen = true;
      this.#unseen.push(request);
      this.#see();
    }, LONG_CELL_MS).unref();
    return () => {
      clearTimeout(timer);
      this.#running -= 1;
      if (!isSeen) this.#unseen.push(request);
      clearTimeout(this.#pauseTimer);
      const pauseMs = this.#unseen.length < MAX_UNSEEN ? PAUSE_MS : 0;
      this.#pauseTimer = setTimeout(() => this.#see(), pauseMs).unref();
      this.idle();
    };
  }

  /** Tells the intelligence something, at once or when it is there; the order is kept. */
  tell(news: (intelligence: Intelligence) => void): void {
    this.#see();
    this.#tell(news);
  }

  #tell(news: (intelligence: Intelligence) => void): void {
    if (this.#intelligence !== undefined) news(this.#intelligence);
    else this.#untold?.push(news);
  }

  /** Loads the intelligence and tells it what has happened so far. */
  async loaded(): Promise<Intelligence> {
    this.#see();
    const intelligence = await this.#options.intelligence();
    if (this.#intelligence === undefined) {
      this.#intelligence = intelligence;
      for (const news of this.#untold ?? []) news(intelligence);
      this.#untold = undefined;
      void this.#check();
    }
    return intelligence;
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#pauseTimer);
    this.#unseen = [];
    this.#unchecked.length = 0;
    this.#isStale = false;
  }

  async #warmUp(): Promise<void> {
    this.#isWarm = true;
    const intelligence = await this.loaded();
    // Without its service, completion still knows magics and live values.
    await intelligence.warmUp(() => this.#isIdle).catch(() => undefined);
  }

  #see(): void {
    const cells = this.#unseen;
    this.#unseen = [];
    for (const request of cells) this.#ran(request);
    if (cells.some(isWatched)) this.#isStale = true;
    void this.#check();
  }

  #ran(request: ExecuteRequest): void {
    const { code, silent, storeHistory, executionCount, cellId, subshell } = request;
    // Others have the number of the next one, or one that counts something else.
    const name =
      silent || !storeHistory || subshell !== undefined ? `In[silent-${cellId}]` : `In[${executionCount}]`;
    this.#tell((intelligence) => intelligence.ran(name, code));
    if (this.#options.mode() !== 'warn' || !isWorthChecking(request)) return;
    this.#unchecked.push({ name, request });
    if (this.#unchecked.length > MAX_UNCHECKED) this.#unchecked.shift();
  }

  /** One after the other, so that a completion waits for one check at most. After them, it finds all made ready. */
  async #check(): Promise<void> {
    if (this.#isChecking || this.#intelligence === undefined) return;
    this.#isChecking = true;
    while (this.#unchecked.length > 0 || (this.#isStale && this.#isIdle)) {
      const cell = this.#unchecked.shift();
      if (cell === undefined) {
        this.#isStale = false;
        await this.#intelligence.prepare().catch(() => undefined);
        continue;
      }
      const found = await this.#intelligence.checkRan(cell.name).catch(() => []);
      const text = typeWarnings(found, cell.request);
      if (text !== undefined) this.#options.warn(text, cell.request);
    }
    this.#isChecking = false;
  }
}
