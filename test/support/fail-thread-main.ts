/** A thread that has the I/O threads of this process fail, once the process `pid` works. */
import { BroadcastChannel, workerData } from 'node:worker_threads';
import { FAIL_CHANNEL } from './fail-channel.ts';
import { startsWorking } from './process-state.ts';

const { pid, how } = workerData as { readonly pid: number; readonly how: string };
await startsWorking(pid);
const channel = new BroadcastChannel(FAIL_CHANNEL);
channel.postMessage(how);
channel.close();
