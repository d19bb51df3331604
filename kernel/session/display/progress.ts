import type { DisplayFunction } from './display.ts';
import { escapeHtml } from './escape-html.ts';
import { displaySymbol } from './mime-bundle.ts';

/** Often enough for the eye, rarely enough for the notebook. */
const UPDATE_INTERVAL_MS = 100;
const BAR_WIDTH = 30;

export interface ProgressOptions {
  /** What goes on, in a word or two. */
  readonly label?: string;
  /** How many steps there are, where the iterable doesn't say. */
  readonly total?: number;
}

/** A progress bar in the output of a cell. It iterates over what it was made for, or is told how far things are. */
export class Progress<T> implements Iterable<T>, AsyncIterable<T> {
  readonly #display: DisplayFunction;
  readonly #id = crypto.randomUUID();
  readonly #items: Iterable<T> | AsyncIterable<T>;
  readonly #options: ProgressOptions;
  readonly #total: number | undefined;
  readonly #startMs = performance.now();
  #shownMs = Number.NEGATIVE_INFINITY;
  #isShown = false;
  #done = 0;

  constructor(display: DisplayFunction, items: Iterable<T> | AsyncIterable<T>, options: ProgressOptions) {
    this.#display = display;
    this.#items = items;
    this.#options = options;
    this.#total = options.total ?? lengthOf(items);
    this.#show();
  }

  /** How many steps are done. */
  get done(): number {
    return this.#done;
  }

  /** Says how many steps are done; shown at most ten times a second, and at the end. */
  set done(done: number) {
    this.#done = done;
    const isEnd = this.#total !== undefined && done >= this.#total;
    if (isEnd || performance.now() - this.#shownMs >= UPDATE_INTERVAL_MS) this.#show();
  }

  /** `steps` more are done. */
  update(steps = 1): void {
    this.done += steps;
  }

  /** Shows the last state, whatever the total was. */
  end(): void {
    this.#show();
  }

  *[Symbol.iterator](): Iterator<T> {
    if (!(Symbol.iterator in this.#items))
      throw new TypeError('this one is asynchronous: use for await (… of progress(…))');
    try {
      for (const item of this.#items) {
        yield item;
        this.update();
      }
    } finally {
      this.end();
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    try {
      for await (const item of this.#items) {
        yield item;
        this.update();
      }
    } finally {
      this.end();
    }
  }

  #show(): void {
    this.#shownMs = performance.now();
    const view = { 'text/plain': this.#text(), 'text/html': this.#html() };
    this.#display({ [displaySymbol]: () => view }, { id: this.#id, update: this.#isShown });
    this.#isShown = true;
  }

  #text(): string {
    const total = this.#total;
    if (total === undefined) return this.#caption();
    const filled = Math.round(BAR_WIDTH * Math.min(1, this.#done / Math.max(1, total)));
    return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${this.#caption()}`;
  }

  #html(): string {
    const total = this.#total;
    const extent =
      total === undefined ? '' : ` value="${Math.min(this.#done, total)}" max="${Math.max(1, total)}"`;
    return `<progress${extent} style="width: 20em; vertical-align: middle"></progress> ${escapeHtml(this.#caption())}`;
  }

  /** `load: 45/100, 3.2 s, 1.9 s left` */
  #caption(): string {
    const { label } = this.#options;
    const elapsedMs = performance.now() - this.#startMs;
    const total = this.#total;
    const count = total === undefined ? `${this.#done}` : `${this.#done}/${total}`;
    const isUnderWay = total !== undefined && this.#done > 0 && this.#done < total;
    const left = isUnderWay ? [`${seconds((elapsedMs / this.#done) * (total - this.#done))} left`] : [];
    return `${label === undefined ? '' : `${label}: `}${[count, seconds(elapsedMs), ...left].join(', ')}`;
  }
}

export interface ProgressFunction {
  /** A bar that is told how far things are: `bar.update()`, `bar.done = 7`. */
  (total: number, options?: ProgressOptions): Progress<number>;
  /** `for (const item of progress(items)) …`, and `for await` over what is asynchronous. */
  <T>(items: Iterable<T> | AsyncIterable<T>, options?: ProgressOptions): Progress<T>;
}

/** A number also iterates: over 0, 1, … below it. */
export function progressFunction(display: DisplayFunction): ProgressFunction {
  function progress<T>(
    items: number | Iterable<T> | AsyncIterable<T>,
    options: ProgressOptions = {},
  ): Progress<T> | Progress<number> {
    if (typeof items !== 'number') return new Progress(display, items, options);
    return new Progress(display, upTo(items), { total: items, ...options });
  }
  return progress as ProgressFunction;
}

function* upTo(end: number): Iterable<number> {
  for (let index = 0; index < end; index++) yield index;
}

function lengthOf(items: object): number | undefined {
  const { length, size } = items as { readonly length?: unknown; readonly size?: unknown };
  const known = length ?? size;
  return typeof known === 'number' ? known : undefined;
}

function seconds(milliseconds: number): string {
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
}
