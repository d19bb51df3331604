/**
 * Runs `body` without what `@jupyterlab/services` says on the console of each connection, and without the timers that
 * its managers leave behind when they are disposed of keeping the process alive.
 */
export async function quietly<T>(body: () => Promise<T>): Promise<T> {
  const { debug, warn, log } = console;
  const { setTimeout } = globalThis;
  const silence = () => {};
  Object.assign(console, { debug: silence, warn: silence, log: silence });
  Object.assign(globalThis, {
    // Node's own fetch is among those that pass arguments on.
    setTimeout: (callback: (...args: unknown[]) => void, milliseconds?: number, ...args: unknown[]) =>
      setTimeout(callback, milliseconds, ...args).unref(),
  });
  try {
    return await body();
  } finally {
    Object.assign(console, { debug, warn, log });
    Object.assign(globalThis, { setTimeout });
  }
}
