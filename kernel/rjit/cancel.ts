import { BroadcastChannel } from 'node:worker_threads';

/** All threads of this process that have I/O under way listen here. Channels don't reach other processes. */
export const CANCEL_CHANNEL = 'rjit.cancel';

/**
 * Stops every remote call this process is waiting for; each fails with `cancelled`. It works from any thread, also
 * while the main thread is blocked in a synchronous call or has been terminated in one.
 */
export function requestCancel(): void {
  const channel = new BroadcastChannel(CANCEL_CHANNEL);
  channel.postMessage('cancel');
  channel.close();
}
