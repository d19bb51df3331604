import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { type Subject, subjects } from './peers.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median, timeMs, timesMs } from './statistics.ts';

const STARTS = 7;
const EXECUTIONS = 200;
const LINES = 100_000;
const INTERRUPTS = 7;
/** Deno needs about ten seconds for the lines. */
const OUTPUT_TIMEOUT_MS = 120_000;

type Figures = Readonly<Record<'start' | 'execute' | 'lines' | 'interrupt', number | string>>;

export const kernelRows: RowGroup = {
  name: 'kernel',
  title: 'The kernel',
  method:
    `Medians of ${STARTS} starts, ${EXECUTIONS} executions after 20 that don't count, 3 times ${LINES.toLocaleString('en')} ` +
    `lines (until the last one has arrived) and ${INTERRUPTS} interrupts (until the kernel is idle; afterwards a variable set before must be there).`,
  measure,
};

async function measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
  const figures = new Map<string, Figures>();
  for (const subject of subjects()) {
    progress(`kernel: ${subject.name}`);
    figures.set(subject.name, await measureSubject(subject));
  }
  const row = (name: string, figure: keyof Figures, goal: string): Row => ({
    name,
    unit: 'ms',
    results: new Map([...figures].map(([subject, of]) => [subject, of[figure]])),
    goal,
  });
  return [
    row('start → `kernel_info_reply`', 'start', 'not above Deno'),
    row('`1+1` → idle', 'execute', 'below 1 ms'),
    row('print 100,000 lines', 'lines', 'not above ipykernel'),
    row('interrupt an endless loop', 'interrupt', 'below 10 ms'),
  ];
}

async function measureSubject(subject: Subject): Promise<Figures> {
  const starts: number[] = [];
  for (let index = 0; index < STARTS; index++) {
    const start = performance.now();
    const client = await launch(subject);
    starts.push(performance.now() - start);
    await client.shutdown();
  }
  const client = await launch(subject);
  try {
    const { onePlusOne, printLines } = subject.program;
    const executions = await timesMs(EXECUTIONS, 20, () => client.execute({ code: onePlusOne }));
    const lines = await timesMs(3, 0, () => print(client, printLines(LINES), LINES));
    return {
      start: median(starts),
      execute: median(executions),
      lines: median(lines),
      interrupt: await measureInterrupts(client, subject),
    };
  } finally {
    await client.shutdown();
  }
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

async function measureInterrupts(client: KernelClient, { program }: Subject): Promise<number | string> {
  await client.execute({ code: program.setVariable });
  const times: number[] = [];
  for (let index = 0; index < INTERRUPTS; index++) {
    const running = client.execute({ code: program.endlessLoop });
    // Well into the loop, not on the way to it.
    await delay(200);
    times.push(
      await timeMs(async () => {
        await client.interrupt();
        await running;
      }),
    );
  }
  let text = '';
  await client.execute({
    code: program.readVariable,
    onMessage: ({ header, content }) => {
      if (header.messageType === 'stream') text += String(content.text);
    },
  });
  return text.includes('42') ? median(times) : 'variable lost';
}
