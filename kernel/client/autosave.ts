/** Saves a notebook while it runs, so that a crash of whatever kind leaves what there was before it. */
import type { Notebook } from './notebook.ts';
import { writeNotebook } from './write-notebook.ts';

/** A notebook that takes long to write is written less often: saving takes no more than this part of the time. */
const MAX_SHARE = 1 / 50;
/** A run that is over so soon is saved at its end only: the first saves of a process are its slowest. */
const FIRST_SAVE_MS = 500;

export interface AutosaveOptions {
  readonly path: string;
  /** Between saves within a cell that runs long. */
  readonly intervalMs: number;
  /** The notebook as it is now. */
  readonly snapshot: () => Notebook;
  readonly onError: (error: unknown) => void;
}

export class Autosave {
  readonly #options: AutosaveOptions;
  readonly #timer: NodeJS.Timeout;
  #notBefore = performance.now() + FIRST_SAVE_MS;
  /** For a cell that ended too soon after the last save. */
  #postponed: NodeJS.Timeout | undefined;

  constructor(options: AutosaveOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#save(), options.intervalMs).unref();
  }

  /** At the end of a cell: it is saved at once, or as soon as saving takes its share of the time only. */
  cellEnded(): void {
    const waitMs = this.#notBefore - performance.now();
    if (waitMs <= 0) this.#save();
    else this.#postponed ??= setTimeout(() => this.#save(), waitMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#postponed);
  }

  /** A full disk now may have room at the end of the run, and is that save's to report. */
  #save(): void {
    clearTimeout(this.#postponed);
    this.#postponed = undefined;
    const start = performance.now();
    try {
      writeNotebook(this.#options.snapshot(), this.#options.path);
    } catch (error) {
      this.#options.onError(error);
    }
    const end = performance.now();
    this.#notBefore = end + (end - start) / MAX_SHARE;
  }
}
