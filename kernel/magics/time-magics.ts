/** `%time` and `%%time`: how long code takes, once. */
import type { MagicContext } from './context.ts';
import { formatSeconds } from './format-seconds.ts';
import type { CellMagic, LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';

export const timeMagic: LineMagic = {
  name: 'time',
  summary: 'run the line and say how long it took',
  usage: '%time CODE',
  run(code, context) {
    if (code.trim() === '') throw new UsageError('%time needs code behind it, as in %time work()');
    return timed(code, context);
  },
};

export const timeCellMagic: CellMagic = {
  name: 'time',
  summary: 'run the cell and say how long it took',
  usage: '%%time',
  run(args, body, context) {
    return timed(`${args}\n${body}`, context);
  },
};

/** Also of code that fails. */
async function timed(code: string, { evaluate, write }: MagicContext): Promise<unknown> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  try {
    return await evaluate(code);
  } finally {
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    write(`CPU time: ${formatSeconds((user + system) / 1e6)}, wall time: ${formatSeconds(wallMs / 1000)}\n`);
  }
}
