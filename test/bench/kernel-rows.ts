import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import { KernelContest, launch, type Times } from './kernel-contest.ts';
import { type Completion, type Subject, subjects } from './peers.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median, timeMs } from './statistics.ts';

const STARTS = 15;
const EXECUTIONS = 200;
const WARM_UP = 20;
const PRINTS = 3;
const LINES = 100_000;
const INTERRUPTS = 7;
const COMPLETIONS = 50;
/** How long a person takes from opening a notebook to the first completion, at the least. */
const FIRST_COMPLETION_DELAY_MS = 3000;
/** How long a person takes from the end of a cell to a completion in the next one, at the least. */
const AFTER_CELL_DELAY_MS = 1000;
/** Deno needs fifteen seconds for the lines. */
const OUTPUT_TIMEOUT_MS = 60_000;

export const kernelRows: RowGroup = {
  name: 'kernel',
  title: 'The kernel',
  method:
    `Medians of ${STARTS} starts, ${EXECUTIONS} executions after ${WARM_UP} that don't count, ${PRINTS} times ` +
    `${LINES.toLocaleString('en')} lines (until the last one has arrived), ${COMPLETIONS} completions of a member after ` +
    `one that came ${FIRST_COMPLETION_DELAY_MS / 1000} s after the start, as many of values that a cell has made, each ` +
    `of another one, and ${INTERRUPTS} interrupts (until the kernel ` +
    'is idle; afterwards a variable that was set before must be there). The kernels take turns; one that does not ' +
    'get a task done within a minute fails.',
  measure,
};

async function measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
  progress('kernel: starts');
  const contest = await KernelContest.open(subjects());
  try {
    const starts = await contest.inTurns(STARTS, (_, subject) => start(subject));
    progress('kernel: completions');
    await delay(FIRST_COMPLETION_DELAY_MS);
    const firstCompletions = await contest.inTurns(1, complete);
    const completions = await contest.inTurns(COMPLETIONS, complete);
    const ownCompletions = await completeOwnMembers(contest);
    progress('kernel: executions');
    await contest.inTurns(WARM_UP, onePlusOne);
    const executions = await contest.inTurns(EXECUTIONS, onePlusOne);
    progress('kernel: lines');
    const lines = await contest.inTurns(PRINTS, print);
    progress('kernel: interrupts');
    await contest.inTurns(1, (client, { program }) =>
      timeMs(() => client.execute({ code: program.setVariable })),
    );
    const interrupts = await contest.inTurns(INTERRUPTS, interrupt);
    const kept = await contest.inTurns(1, keepsVariable);
    return [
      row('start → `kernel_info_reply`', starts, 'not above Deno'),
      row('`1+1` → idle', executions, 'below 1 ms'),
      row('print 100,000 lines', lines, 'not above ipykernel'),
      row('first completion', firstCompletions, 'below 10 ms'),
      row('completion of a member', completions, 'not above IJavascript'),
      row('completion of a member, each of another value', ownCompletions, 'not above IJavascript'),
      row('interrupt an endless loop', interrupts, 'below 10 ms', (name) =>
        kept.get(name)?.[0] === 1 ? undefined : 'variable lost',
      ),
    ];
  } finally {
    await contest.close();
  }
}

async function start(subject: Subject): Promise<number> {
  let client: KernelClient | undefined;
  const elapsedMs = await timeMs(async () => {
    client = await launch(subject);
  });
  await client?.shutdown();
  return elapsedMs;
}

function onePlusOne(client: KernelClient, { program }: Subject): Promise<number> {
  return timeMs(() => client.execute({ code: program.onePlusOne }));
}

/** `flaw` is what is to be said in place of a kernel's figure. */
function row(name: string, times: Times, goal: string, flaw?: (subject: string) => string | undefined): Row {
  const results = new Map(
    [...times].map(([subject, of]) => [
      subject,
      of === undefined ? 'fails' : (flaw?.(subject) ?? median(of)),
    ]),
  );
  return { name, unit: 'ms', results, goal };
}

function complete(client: KernelClient, { program }: Subject): Promise<number> {
  return completion(client, program.completion);
}

/** Values that a cell has made; a kernel has some time to look at what is new. */
async function completeOwnMembers(contest: KernelContest): Promise<Times> {
  await contest.inTurns(1, (client, { program }) =>
    timeMs(() => client.execute({ code: program.makeValues(COMPLETIONS), onInput: async () => '' })),
  );
  await delay(AFTER_CELL_DELAY_MS);
  const asked = new Map<string, number>();
  return contest.inTurns(COMPLETIONS, (client, { name, program }) => {
    const index = asked.get(name) ?? 0;
    asked.set(name, index + 1);
    return completion(client, program.ownCompletion(index));
  });
}

/** @throws Error when the kernel doesn't find what is asked for */
async function completion(client: KernelClient, { code, match }: Completion): Promise<number> {
  let matches: unknown;
  const elapsedMs = await timeMs(async () => {
    ({ matches } = await client.request('shell', 'complete_request', { code, cursor_pos: code.length }));
  });
  const isFound = Array.isArray(matches) && matches.some((found) => String(found).endsWith(match));
  if (!isFound) throw new Error(`${code} is not completed`);
  return elapsedMs;
}

/** Until all lines have come: some kernels report idle long before. */
function print(client: KernelClient, { program }: Subject): Promise<number> {
  return timeMs(() => printLines(client, program.printLines(LINES), LINES));
}

async function printLines(client: KernelClient, code: string, count: number): Promise<void> {
  let received = 0;
  const arrived = new EventTarget();
  const last = once(arrived, 'last', { signal: AbortSignal.timeout(OUTPUT_TIMEOUT_MS) });
  const executed = client.execute({
    code,
    onMessage: ({ header, content }) => {
      if (header.messageType !== 'stream' || typeof content.text !== 'string') return;
      received += content.text.split('\n').length - 1;
      if (received >= count) arrived.dispatchEvent(new Event('last'));
    },
  });
  await Promise.all([executed, last]);
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

/** 1 when the variable is there. */
async function keepsVariable(client: KernelClient, { program }: Subject): Promise<number> {
  let text = '';
  await client.execute({
    code: program.readVariable,
    onMessage: ({ header, content }) => {
      if (header.messageType === 'stream') text += String(content.text);
    },
  });
  return text.includes('42') ? 1 : 0;
}
