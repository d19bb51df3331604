import { setTimeout as delay } from 'node:timers/promises';

const deadlineMs = 20_000;
const pollMs = 5;

/** Waits until `check` returns something else than undefined or false, and returns that. Fails at a far deadline. */
export async function eventually<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await check();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) throw new Error(`still waiting after ${deadlineMs} ms: ${what}`);
    await delay(pollMs);
  }
}
