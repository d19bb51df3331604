import { Worker } from 'node:worker_threads';
import type { TranspileRequest, TranspileResponse } from './transpile-protocol.ts';

type Settle = {
  readonly resolve: (response: TranspileResponse) => void;
  readonly reject: (reason: Error) => void;
};

let thread: Worker | undefined;
let lastId = 0;
const pending = new Map<number, Settle>();

/** Compiles in the language thread, which the first call starts. Rejects only if the thread itself fails. */
export function transpileInThread(request: Omit<TranspileRequest, 'id'>): Promise<TranspileResponse> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject });
    const worker = startThread();
    worker.ref();
    worker.postMessage({ ...request, id } satisfies TranspileRequest);
  });
}

function startThread(): Worker {
  if (thread !== undefined) return thread;
  const worker = new Worker(new URL('./transpile-worker.js', import.meta.url), { execArgv: [] });
  worker.on('message', (response: TranspileResponse) => {
    const settle = pending.get(response.id);
    pending.delete(response.id);
    // A process that is done with its cells must not wait for an idle compiler.
    if (pending.size === 0) worker.unref();
    settle?.resolve(response);
  });
  worker.on('error', (error) => endThread(worker, error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => endThread(worker, new Error('the language thread ended')));
  thread = worker;
  return worker;
}

function endThread(worker: Worker, reason: Error): void {
  if (thread !== worker) return;
  thread = undefined;
  for (const { reject } of pending.values()) reject(reason);
  pending.clear();
}
