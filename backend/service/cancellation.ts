import { setTimeout as delay } from 'node:timers/promises';
import type { CallRecord } from '../llvm/call-record.ts';
import { stopTimeoutMs } from './limits.ts';
import type { Log } from './log.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { CancelReason } from './worker-record.ts';

const firstPollMs = 1;
const longestPollMs = 50;

/** Messages of a client by their sequence ids, both ends included; `last` is below `first` where the count wrapped. */
export interface RequestRange {
  readonly first: number;
  readonly last: number;
}

/** Sequence ids are never negative. */
const idMask = 0x7fff_ffff;

function includes({ first, last }: RequestRange, id: number): boolean {
  return ((id - first) & idMask) <= ((last - first) & idMask);
}

/**
 * Ends the call or compilation a worker is in. The signal ends only the call that the record names, so that a call
 * which has finished meanwhile, and the next one, are safe. What doesn't stop in time, such as a compilation, ends
 * with its worker.
 *
 * @param range ends only what answers one of these messages
 * @returns false when the worker was idle, or at something else; else resolves when the call has ended
 */
export async function stopRunningCall(
  worker: WorkerProcess,
  reason: CancelReason,
  log: Log,
  range?: RequestRange,
): Promise<boolean> {
  const running = worker.record.read();
  if (running === undefined || running.state === 'idle') return false;
  if (range && !includes(range, running.requestId)) return false;
  if (running.state === 'running') {
    worker.record.markCancelled(running.sequence, reason);
    worker.kill('SIGUSR2');
  }
  const hasStopped = () => {
    const now = worker.record.read();
    if (now === undefined || now.state !== running.state) return true;
    // Compilations have no sequence of their own.
    return now.sequence !== running.sequence || now.requestId !== running.requestId;
  };
  if (await eventually(hasStopped)) {
    void killIfStuck(worker, running, log);
    return true;
  }
  const text = `${running.functionName} did not stop within ${stopTimeoutMs} ms`;
  log('warn', 'cancel-kill', `${text}; killing its worker`, { pid: worker.pid });
  worker.kill('SIGKILL', `killed: ${text}`);
  await worker.exited;
  return true;
}

/**
 * A call that was stopped inside malloc has left the heap locked, and the worker then waits for itself at its next
 * allocation. It shows by doing nothing at all.
 */
async function killIfStuck(worker: WorkerProcess, stopped: CallRecord, log: Log): Promise<void> {
  let isAnswering = false;
  void worker.answer().then(() => {
    isAnswering = true;
  });
  const isAlive = () => isAnswering || worker.record.read()?.sequence !== stopped.sequence;
  if (await eventually(isAlive)) return;
  const text = `stuck after ${stopped.functionName} was cancelled`;
  log('warn', 'cancel-kill', `a worker is ${text}; killing it`, { pid: worker.pid });
  worker.kill('SIGKILL', `killed: ${text}`);
}

/** Whether `check` came true within the time a worker has to stop. */
async function eventually(check: () => boolean): Promise<boolean> {
  const deadline = performance.now() + stopTimeoutMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    if (check()) return true;
    if (performance.now() >= deadline) return false;
    await delay(pollMs);
  }
}
