/** `%timeit` and `%%timeit`: how long code takes, measured often. */
import type { MagicContext } from './context.ts';
import { formatSeconds } from './format-seconds.ts';
import type { CellMagic, LineMagic } from './registry.ts';
import { UsageError } from './usage-error.ts';
import { splitWords } from './words.ts';

const DEFAULT_RUNS = 7;
/** A run takes at least so long, so that the clock's steps don't count. */
const MIN_RUN_MS = 100;

const usage = `%timeit [-n LOOPS] [-r RUNS] CODE
-n LOOPS   how often the code runs in each run (as often as takes 0.1 s)
-r RUNS    how many runs there are (${DEFAULT_RUNS})`;

/** Runs the code so many times; resolves with the milliseconds that they took. */
type Timer = (loops: number) => number | Promise<number>;

interface Settings {
  readonly loops: number | undefined;
  readonly runs: number;
  readonly code: string;
}

export const timeitMagic: LineMagic = {
  name: 'timeit',
  summary: 'run the line many times and say how long it takes',
  usage,
  async run(args, context): Promise<undefined> {
    const { code, ...settings } = parseArguments(args);
    if (code === '') throw new UsageError(`%timeit needs code. It is used as\n\n${usage}`);
    await measure('', code, settings, context);
  },
};

export const timeitCellMagic: CellMagic = {
  name: 'timeit',
  summary: 'run the cell many times and say how long it takes; code behind %%timeit prepares each run',
  usage: usage.replace('%timeit', '%%timeit').replace('CODE', '[SETUP]'),
  async run(args, body, context): Promise<undefined> {
    const { code: setup, ...settings } = parseArguments(args);
    await measure(setup, body, settings, context);
  },
};

function parseArguments(args: string): Settings {
  const words = splitWords(args);
  let loops: number | undefined;
  let runs = DEFAULT_RUNS;
  let next = 0;
  for (; /^-[nr]/.test(words[next]?.text ?? ''); next++) {
    const option = words[next]?.text.slice(0, 2);
    const inline = words[next]?.text.slice(2) ?? '';
    const text = inline === '' ? (words[++next]?.text ?? '') : inline;
    const count = Number(text);
    if (!Number.isInteger(count) || count < 1) {
      throw new UsageError(`%timeit: ${option} is "${text}"; expected a whole number above 0`);
    }
    if (option === '-n') loops = count;
    else runs = count;
  }
  const start = words[next]?.start;
  return { loops, runs, code: start === undefined ? '' : args.slice(start) };
}

async function measure(
  setup: string,
  code: string,
  { loops, runs }: Omit<Settings, 'code'>,
  context: MagicContext,
): Promise<void> {
  const timer = await compileTimer(setup, code, context);
  const count = loops ?? (await enoughLoops(timer));
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) seconds.push((await timer(count)) / 1000 / count);
  const mean = seconds.reduce((sum, each) => sum + each, 0) / runs;
  const deviation = Math.sqrt(seconds.reduce((sum, each) => sum + (each - mean) ** 2, 0) / runs);
  context.write(
    `${formatSeconds(mean)} ± ${formatSeconds(deviation)} per loop ` +
      `(mean ± std. dev. of ${runs} run${runs === 1 ? '' : 's'}, ${count.toLocaleString('en')} loop${count === 1 ? '' : 's'} each)\n`,
  );
}

/** One function of the session around all loops, so that V8 optimises the code as it would in a program. */
async function compileTimer(setup: string, code: string, { evaluate }: MagicContext): Promise<Timer> {
  const isAsync = /\bawait\b/.test(`${setup}\n${code}`);
  const source = `(${isAsync ? 'async ' : ''}(__loops) => {
${setup}
;const __start = performance.now();
for (let __loop = 0; __loop < __loops; __loop++) {
${code}
}
return performance.now() - __start;
})`;
  const timer = await evaluate(source);
  if (typeof timer !== 'function')
    throw new UsageError('%timeit takes statements, and these end the loop around them');
  return async (loops) => Number(await timer(loops));
}

async function enoughLoops(timer: Timer): Promise<number> {
  for (let loops = 1; ; loops *= 10) {
    if ((await timer(loops)) >= MIN_RUN_MS || loops >= 1e9) return loops;
  }
}
