/** A thread that waits until a process computes, then kills it. */
import { workerData } from 'node:worker_threads';
import { startsWorking } from './process-state.ts';

await startsWorking(Number(workerData));
process.kill(Number(workerData), 'SIGKILL');
