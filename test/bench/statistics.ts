/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values, as numpy's default. */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new RangeError('no values were measured');
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** How long `run` takes, in milliseconds. */
export async function timeMs(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** The times of `count` runs after `warmUp` runs that don't count. */
export async function timesMs(count: number, warmUp: number, run: () => Promise<unknown>): Promise<number[]> {
  for (let index = 0; index < warmUp; index++) await run();
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await timeMs(run));
  return times;
}
