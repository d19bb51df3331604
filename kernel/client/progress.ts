/** Progress of a run: a bar on a terminal, one plain line a cell elsewhere. */
import type { CellResult } from './execute-notebook.ts';
import type { CodeCell } from './notebook.ts';

const BAR_WIDTH = 24;
const SOURCE_WIDTH = 48;
const REDRAW_INTERVAL_MS = 200;
/** A write is a twentieth of what a short cell costs this process: lines that come within this time go together. */
const LINES_INTERVAL_MS = 50;
const ERASE_LINE = '\r\x1b[K';

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export interface Progress {
  start(cell: CodeCell): void;
  end(result: CellResult): void;
  /** Runs `write` with the bar out of the way. */
  above(write: () => void): void;
  stop(): void;
}

/** `total` is the number of code cells that will run. */
export function createProgress(stream: ProgressStream, total: number): Progress {
  return stream.isTTY ? new ProgressBar(stream, total) : new ProgressLines(stream, total);
}

class ProgressLines implements Progress {
  readonly #stream: ProgressStream;
  readonly #total: number;
  #done = 0;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: ProgressStream, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  start(): void {}

  end({ cell, outcome, durationMs }: CellResult): void {
    this.#done += 1;
    const status = outcome.status === 'error' && outcome.expected ? 'error, as expected' : outcome.status;
    const position = `[${String(this.#done).padStart(String(this.#total).length)}/${this.#total}]`;
    this.#lines += `${position} ${status} ${duration(durationMs)}  ${firstLine(cell.source)}\n`;
    this.#timer ??= setTimeout(() => this.#flush(), LINES_INTERVAL_MS).unref();
  }

  above(write: () => void): void {
    this.#flush();
    write();
  }

  stop(): void {
    this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = '';
    if (lines !== '') this.#stream.write(lines);
  }
}

class ProgressBar implements Progress {
  readonly #stream: ProgressStream;
  readonly #total: number;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #done = 0;
  #source = '';

  constructor(stream: ProgressStream, total: number) {
    this.#stream = stream;
    this.#total = total;
    this.#timer = setInterval(() => this.#draw(), REDRAW_INTERVAL_MS).unref();
  }

  start(cell: CodeCell): void {
    this.#source = firstLine(cell.source);
    this.#draw();
  }

  end(): void {
    this.#done += 1;
    this.#draw();
  }

  above(write: () => void): void {
    this.#stream.write(ERASE_LINE);
    write();
    this.#draw();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stream.write(ERASE_LINE);
  }

  #draw(): void {
    const filled = Math.round((BAR_WIDTH * this.#done) / Math.max(1, this.#total));
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    const elapsed = duration(performance.now() - this.#started);
    this.#stream.write(`${ERASE_LINE}${bar} ${this.#done}/${this.#total} ${elapsed}  ${this.#source}`);
  }
}

function firstLine(source: string): string {
  const [line = '', ...more] = source.trim().split('\n');
  const characters = Array.from(line);
  if (characters.length > SOURCE_WIDTH) return `${characters.slice(0, SOURCE_WIDTH - 1).join('')}…`;
  return more.length > 0 ? `${line} …` : line;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  return `${minutes} min ${Math.round((milliseconds - minutes * 60_000) / 1000)} s`;
}
