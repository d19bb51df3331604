import { type RemoteFunction, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { echoMicroseconds } from './echo-floor.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median, timesMs } from './statistics.ts';

const OVERLOADS = 30;
const CALLS = 5000;

/** In Python, as RBC's demo has it; each definition is another text, so that no cache knows it. */
function source(index: number): string {
  return `def foo(a, b):\n    return a + b + ${index}\n`;
}

export const remoteRows: RowGroup = {
  name: 'remote',
  title: 'Remote functions',
  method:
    'A plain Node program and the server it starts, both on this machine. A new overload: from `define` to the result of ' +
    `its first call, the median of ${OVERLOADS} different functions after 5 that don't count. Steady calls: ` +
    `\`foo(1, 3)\`, medians of ${CALLS} after as many that don't count. ` +
    'Where the cores of a virtual machine fall asleep between messages, each wait costs about 70 µs more: the last row ' +
    'says in which state the machine was.',
  async measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
    const rjit = new RemoteJIT({ host: 'localhost', port: 0 });
    await rjit.startServer({ host: 'localhost', port: 0 });
    try {
      progress('remote: new overloads');
      const compile = await measureOverloads(rjit);
      progress('remote: steady calls');
      const foo = await define(rjit, 0);
      const waiting = await steadyMicroseconds(async () => foo(1, 3));
      const promised = await steadyMicroseconds(() => foo.async(1, 3));
      const echo = await echoMicroseconds(CALLS);
      return [
        row('new overload, compile and first call', 'ms', compile, 'not above 5 ms'),
        row('`foo(1, 3)`, steady', 'µs', waiting, 'not above 30 µs'),
        row('`await foo.async(1, 3)`, steady', 'µs', promised, ''),
        row('64 bytes echoed by a bare TCP server', 'µs', echo, 'what the machine allows'),
      ];
    } finally {
      await rjit.close();
    }
  },
};

function row(name: string, unit: Row['unit'], value: number, goal: string): Row {
  return { name, unit, results: new Map([['rjit', value]]), goal };
}

async function measureOverloads(rjit: RemoteJIT): Promise<number> {
  let index = Math.floor(Math.random() * 1e6);
  const times = await timesMs(OVERLOADS, 5, async () => {
    index += 1;
    const foo = await define(rjit, index);
    if (foo(1, 3) !== 4 + index) throw new Error('the compiled function computes something else');
  });
  return median(times);
}

async function define(rjit: RemoteJIT, index: number): Promise<RemoteFunction> {
  const signatures = ['int64(int64, int64)'];
  const [foo] = await rjit.define({ source: source(index), fileName: 'bench', signatures });
  if (foo === undefined) throw new Error('nothing was defined');
  return foo;
}

async function steadyMicroseconds(call: () => Promise<unknown>): Promise<number> {
  return 1000 * median(await timesMs(CALLS, CALLS, call));
}
