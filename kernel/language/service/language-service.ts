import { Worker } from 'node:worker_threads';
import type {
  AmbientDeclaration,
  ServiceAnswers,
  ServiceNews,
  ServiceQuestion,
  ServiceReply,
  ServiceRequest,
} from './protocol.ts';
import type { ServiceWorkerData } from './service-worker.ts';

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: Error) => void;
}

type AnswerOf<Q extends ServiceQuestion> = ServiceAnswers[Q['op']];

/** So many cells are told again to a thread that takes the place of one that has ended. */
const MAX_REMEMBERED = 500;

export interface LanguageServiceOptions {
  /** The notebook's folder. */
  readonly folder: string;
  /** TypeScript that declares what every cell can use. */
  readonly globals: string;
}

/**
 * The kernel process' end of the language service. Its thread starts with the first question; what it must know is
 * remembered until then.
 */
export class LanguageService {
  readonly #options: LanguageServiceOptions;
  readonly #waiting = new Map<number, Waiting>();
  #news: ServiceNews[] = [];
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: LanguageServiceOptions) {
    this.#options = options;
  }

  /** A cell has run; `name` is that of no other, such as `In[4]`. */
  ran(name: string, code: string): void {
    this.#tell({ op: 'ran', name, cell: { code } });
  }

  declared(declarations: readonly AmbientDeclaration[]): void {
    this.#tell({ op: 'declared', declarations });
  }

  /** The session has ended, and its variables with it. */
  forget(): void {
    this.#news = [];
    this.#worker?.postMessage({ op: 'forget' } satisfies ServiceRequest);
  }

  /** Rejects when the thread fails. Questions are answered one after the other. */
  ask<Q extends ServiceQuestion>(question: Q): Promise<AnswerOf<Q>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const worker = this.#startedWorker();
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, question } satisfies ServiceRequest);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #tell(news: ServiceNews): void {
    this.#news.push(news);
    if (this.#news.length > 2 * MAX_REMEMBERED) this.#news = this.#news.slice(-MAX_REMEMBERED);
    this.#worker?.postMessage(news satisfies ServiceRequest);
  }

  #startedWorker(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./service-worker.js', import.meta.url), {
      execArgv: [],
      workerData: this.#options satisfies ServiceWorkerData,
    });
    worker.on('message', (reply: ServiceReply) => this.#settle(reply));
    worker.on('error', (error) => this.#end(worker, String(error)));
    worker.on('exit', () => this.#end(worker, 'it ended'));
    worker.unref();
    this.#worker = worker;
    for (const news of this.#news) worker.postMessage(news satisfies ServiceRequest);
    return worker;
  }

  #settle(reply: ServiceReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    // A process that is done must not wait for an idle thread.
    if (this.#waiting.size === 0) this.#worker?.unref();
    // The answer is of the kind that its question has: the thread is our own.
    if (reply.ok) waiting?.resolve(reply.answer as never);
    else waiting?.reject(new Error(`the language service failed: ${reply.message}`));
  }

  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error(`the language service: ${reason}`));
    this.#waiting.clear();
  }
}
