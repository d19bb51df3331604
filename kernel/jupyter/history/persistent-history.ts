/** History that outlives the kernel. Nothing waits for its file: lines are written when the user pauses. */
import { Worker } from 'node:worker_threads';
import type { History, HistoryEntry, HistorySearch } from './history.ts';
import type { NewEntry } from './history-file.ts';
import type { HistoryAnswer, HistoryCommand, HistoryQuestion } from './history-protocol.ts';

/** Without a new line for so long, the user pauses. */
const PAUSE_MS = 2000;
/** The kernel ends without its history rather than not at all. */
const CLOSE_TIMEOUT_MS = 2000;

interface Waiting {
  resolve(entries: readonly HistoryEntry[]): void;
  reject(error: Error): void;
}

export class PersistentHistory implements History {
  readonly #path: string;
  readonly #log: (text: string) => void;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #pending: NewEntry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;

  /** @param path of the SQLite file; made when the first line is kept */
  constructor(path: string, log: (text: string) => void) {
    this.#path = path;
    this.#log = log;
  }

  append(line: number, input: string, output: string | undefined): void {
    this.#pending.push({ line, input, output });
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#flush(), PAUSE_MS).unref();
    else this.#timer.refresh();
  }

  tail(count: number): Promise<readonly HistoryEntry[]> {
    return this.#ask({ kind: 'tail', count });
  }

  range(session: number, start: number, stop: number | undefined): Promise<readonly HistoryEntry[]> {
    return this.#ask({ kind: 'range', session, start, stop });
  }

  search(search: HistorySearch): Promise<readonly HistoryEntry[]> {
    return this.#ask({ kind: 'search', search });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#thread === undefined && this.#pending.length === 0) return;
    const expired = new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
    await Promise.race([this.#ask({ kind: 'close' }).catch((error) => this.#complain(error)), expired]);
    await this.#thread?.terminate();
  }

  #flush(): void {
    this.#ask({ kind: 'flush' }).catch((error) => this.#complain(error));
  }

  #ask(question: HistoryQuestion): Promise<readonly HistoryEntry[]> {
    const thread = this.#startedThread();
    const id = ++this.#asked;
    const command: HistoryCommand = { id, entries: this.#pending, question };
    this.#pending = [];
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage(command);
    });
  }

  #startedThread(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(new URL('./history-thread.js', import.meta.url), {
      workerData: { path: this.#path },
      execArgv: [],
    });
    thread.unref();
    thread.on('message', (answer: HistoryAnswer) => this.#settle(answer));
    thread.on('error', (error) => {
      this.#thread = undefined;
      for (const { reject } of this.#waiting.values())
        reject(error instanceof Error ? error : new Error(String(error)));
      this.#waiting.clear();
    });
    this.#thread = thread;
    return thread;
  }

  #settle(answer: HistoryAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer)
      waiting?.reject(new Error(`the history in ${this.#path} can't be used: ${answer.error}`));
    else waiting?.resolve(answer.entries);
  }

  #complain(error: unknown): void {
    this.#log(error instanceof Error ? error.message : String(error));
  }
}
