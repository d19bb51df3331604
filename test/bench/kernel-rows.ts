import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { type Subject, subjects } from './peers.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median, timeMs } from './statistics.ts';

const STARTS = 7;
const EXECUTIONS = 200;
const WARM_UP = 20;
const PRINTS = 3;
const LINES = 100_000;
const INTERRUPTS = 7;
const COMPLETIONS = 50;
/** How long a person takes from opening a notebook to the first completion, at the least. */
const FIRST_COMPLETION_DELAY_MS = 3000;
/** Deno needs about ten seconds for the lines. */
const OUTPUT_TIMEOUT_MS = 120_000;

export const kernelRows: RowGroup = {
  name: 'kernel',
  title: 'The kernel',
  method:
    `Medians of ${STARTS} starts, ${EXECUTIONS} executions after ${WARM_UP} that don't count, ${PRINTS} times ` +
    `${LINES.toLocaleString('en')} lines (until the last one has arrived), ${COMPLETIONS} completions of a member after ` +
    `one that came ${FIRST_COMPLETION_DELAY_MS / 1000} s after the start, and ${INTERRUPTS} interrupts (until the kernel ` +
    'is idle; afterwards a variable that was set before must be there). The kernels take turns.',
  measure,
};

/** Subjects take turns, so that whatever else the machine does meets all of them. */
async function measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
  const all = subjects();
  progress('kernel: starts');
  const starts = await inTurns(all, STARTS, async (subject) => {
    const start = performance.now();
    const client = await launch(subject);
    const elapsedMs = performance.now() - start;
    await client.shutdown();
    return elapsedMs;
  });
  const clients = new Map<string, KernelClient>();
  try {
    for (const subject of all) clients.set(subject.name, await launch(subject));
    const clientOf = ({ name }: Subject) => clients.get(name) ?? fail(name);
    progress('kernel: completions');
    await delay(FIRST_COMPLETION_DELAY_MS);
    const completeOne = (subject: Subject) => complete(clientOf(subject), subject);
    const firstCompletions = await inTurns(all, 1, completeOne);
    const completions = await inTurns(all, COMPLETIONS, completeOne);
    progress('kernel: executions');
    const onePlusOne = (subject: Subject) => clientOf(subject).execute({ code: subject.program.onePlusOne });
    await inTurns(all, WARM_UP, (subject) => timeMs(() => onePlusOne(subject)));
    const executions = await inTurns(all, EXECUTIONS, (subject) => timeMs(() => onePlusOne(subject)));
    progress('kernel: lines');
    const lines = await inTurns(all, PRINTS, (subject) =>
      timeMs(() => print(clientOf(subject), subject.program.printLines(LINES), LINES)),
    );
    progress('kernel: interrupts');
    for (const subject of all) await clientOf(subject).execute({ code: subject.program.setVariable });
    const interrupts = await inTurns(all, INTERRUPTS, (subject) => interrupt(clientOf(subject), subject));
    const kept = new Set<string>();
    for (const subject of all) if (await keepsVariable(clientOf(subject), subject)) kept.add(subject.name);
    const interruptFigure = (name: string, times: readonly number[]) =>
      kept.has(name) ? median(times) : 'variable lost';
    return [
      row('start → `kernel_info_reply`', starts, 'not above Deno'),
      row('`1+1` → idle', executions, 'below 1 ms'),
      row('print 100,000 lines', lines, 'not above ipykernel'),
      row('first completion', firstCompletions, 'below 100 ms', completionFigure),
      row('completion of a member', completions, 'below 50 ms', completionFigure),
      row('interrupt an endless loop', interrupts, 'below 10 ms', interruptFigure),
    ];
  } finally {
    for (const client of clients.values()) await client.shutdown();
  }
}

function fail(name: string): never {
  throw new Error(`${name} was not started`);
}

type Times = ReadonlyMap<string, readonly number[]>;

async function inTurns(
  all: readonly Subject[],
  count: number,
  measureOne: (subject: Subject) => Promise<number>,
): Promise<Times> {
  const times = new Map<string, number[]>(all.map(({ name }) => [name, []]));
  for (let turn = 0; turn < count; turn++) {
    for (const subject of all) times.get(subject.name)?.push(await measureOne(subject));
  }
  return times;
}

function row(
  name: string,
  times: Times,
  goal: string,
  figure: (name: string, times: readonly number[]) => number | string = (_name, of) => median(of),
): Row {
  const results = new Map([...times].map(([subject, of]) => [subject, figure(subject, of)]));
  return { name, unit: 'ms', results, goal };
}

/** Infinity for a kernel that doesn't find what is asked for. */
async function complete(client: KernelClient, { program }: Subject): Promise<number> {
  const { code, match } = program.completion;
  let matches: unknown;
  const elapsedMs = await timeMs(async () => {
    ({ matches } = await client.request('shell', 'complete_request', { code, cursor_pos: code.length }));
  });
  const isFound = Array.isArray(matches) && matches.some((found) => String(found).endsWith(match));
  return isFound ? elapsedMs : Number.POSITIVE_INFINITY;
}

function completionFigure(_name: string, times: readonly number[]): number | string {
  const figure = median(times);
  return Number.isFinite(figure) ? figure : 'not found';
}

function launch({ kernelspec }: Subject): Promise<KernelClient> {
  return KernelClient.launch({ kernelspec, cwd: repositoryRoot });
}

/** Resolves when all lines have come: some kernels report idle long before. */
async function print(client: KernelClient, code: string, count: number): Promise<void> {
  let received = 0;
  const arrived = new EventTarget();
  const last = once(arrived, 'last', { signal: AbortSignal.timeout(OUTPUT_TIMEOUT_MS) });
  await client.execute({
    code,
    onMessage: ({ header, content }) => {
      if (header.messageType !== 'stream' || typeof content.text !== 'string') return;
      received += content.text.split('\n').length - 1;
      if (received >= count) arrived.dispatchEvent(new Event('last'));
    },
  });
  await last;
}

async function interrupt(client: KernelClient, { program }: Subject): Promise<number> {
  const running = client.execute({ code: program.endlessLoop });
  // Well into the loop, not on the way to it.
  await delay(200);
  return timeMs(async () => {
    await client.interrupt();
    await running;
  });
}

async function keepsVariable(client: KernelClient, { program }: Subject): Promise<boolean> {
  let text = '';
  await client.execute({
    code: program.readVariable,
    onMessage: ({ header, content }) => {
      if (header.messageType === 'stream') text += String(content.text);
    },
  });
  return text.includes('42');
}
