/** A thread that waits until a process computes, then cancels all remote calls of this process. */
import { workerData } from 'node:worker_threads';
import { requestCancel } from '../../kernel/rjit/cancel.ts';
import { startsWorking } from './process-state.ts';

await startsWorking(Number(workerData));
requestCancel();
