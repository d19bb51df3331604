import { setTimeout as delay } from 'node:timers/promises';
import { stopTimeoutMs } from './limits.ts';
import type { Log } from './log.ts';
import type { WorkerProcess } from './worker-process.ts';
import type { CancelReason } from './worker-record.ts';

const firstPollMs = 1;
const longestPollMs = 50;

/**
 * Ends the call or compilation a worker is in. The signal ends only the call that the record names, so that a call
 * which has finished meanwhile, and the next one, are safe. What doesn't stop in time, such as a call that holds one
 * of libc's locks or a compilation, ends with its worker.
 *
 * @returns false when the worker was idle; else resolves when the call has ended
 */
export async function stopRunningCall(
  worker: WorkerProcess,
  reason: CancelReason,
  log: Log,
): Promise<boolean> {
  const running = worker.record.read();
  if (running === undefined || running.state === 'idle') return false;
  const isStill = () => {
    const now = worker.record.read();
    return now !== undefined && now.state === running.state && now.sequence === running.sequence;
  };
  if (running.state === 'running') {
    worker.record.markCancelled(running.sequence, reason);
    worker.kill('SIGUSR2');
  }
  const deadline = performance.now() + stopTimeoutMs;
  for (let pollMs = firstPollMs; performance.now() < deadline; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    await delay(pollMs);
    if (!isStill()) return true;
  }
  log(
    'warn',
    'cancel-kill',
    `${running.functionName} did not stop in ${stopTimeoutMs} ms; killing its worker`,
    {
      pid: worker.pid,
    },
  );
  worker.kill('SIGKILL');
  await worker.exited;
  return true;
}
