/** The I/O thread with a bug that shows when it is told to: an entry of worker_threads. */
import { BroadcastChannel } from 'node:worker_threads';
import '../../kernel/rjit/io/io-thread.ts';
import { FAIL_CHANNEL } from './fail-channel.ts';

const channel = new BroadcastChannel(FAIL_CHANNEL);
channel.onmessage = (event) => {
  const { data }: { data?: unknown } = event as { data?: unknown };
  if (data === 'exit') process.exit(0);
  throw new Error('a bug in the I/O thread');
};
Reflect.get(channel, 'unref')?.call(channel);
