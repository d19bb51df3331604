import { type RemoteFunction, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { bulkEchoMs } from './bulk-echo.ts';
import { echoMicroseconds } from './echo-floor.ts';
import { type LoadFigures, measureManyClients } from './many-clients.ts';
import { measureRbc } from './rbc-peer.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { FUNCTIONS, measureSeveral } from './several-functions.ts';
import { median, timesMs } from './statistics.ts';

const OVERLOADS = 30;
const ROUNDS = 7;
const CALLS = 5000;
const RBC_CALLS = 1000;
const IN_FLIGHT = 100;
const PAIRS = 10_000_000;
const MAPS = 5;
const CLIENTS = [1, 10, 100] as const;

/** In Python, as RBC's demo has it; each definition is another text, so that no cache knows it. */
function source(index: number): string {
  return `def foo(a, b):\n    return a + b + ${index}\n`;
}

export const rpcRows: RowGroup = {
  name: 'rpc',
  title: 'Remote functions',
  method:
    'A plain Node program and the server it starts, both on this machine; beside it, RBC’s own Python client and server. ' +
    'A new overload: from the definition to the result of its first call, the median of ' +
    `${OVERLOADS} different functions after 5 that don't count. ${FUNCTIONS} functions of one cell, each two nested loops ` +
    `with a third inside, called for the first time: medians of ${ROUNDS}, interleaved. Steady calls: \`foo(1, 3)\`, medians of ${CALLS} (RBC: ` +
    `${RBC_CALLS}) after as many that don't count. \`foo.map\`: ${PAIRS.toLocaleString('en')} pairs of float64, 160 MB ` +
    `there and 80 MB back, medians of ${MAPS}; the bare socket brings the same bytes to another process and back. ` +
    'Many clients: each with a session of its own, each making its next call when the last is answered, all in one ' +
    'process beside the server. Where the cores of a virtual machine fall asleep between messages, each wait costs about ' +
    '70 µs more: the echo row says in which state the machine was.',
  async measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
    const ours = await measureOurs(progress);
    progress('rpc: RBC');
    const rbc = await measureRbc(OVERLOADS, RBC_CALLS, PAIRS);
    const both = (mine: number, theirs: number | undefined): Row['results'] =>
      new Map(
        rbc && theirs !== undefined
          ? [
              ['rjit', mine],
              [rbc.name, theirs],
            ]
          : [['rjit', mine]],
      );
    const rows: Row[] = [
      {
        name: 'new overload, compile and first call',
        unit: 'ms',
        results: both(ours.overloadMs, rbc?.overloadMs),
        goal: 'not above 5 ms, and an eighth of RBC',
      },
      row(`${FUNCTIONS} new functions, one after the other`, 'ms', ours.several.apartMs, ''),
      row(`${FUNCTIONS} new functions, side by side`, 'ms', ours.several.togetherMs, 'what the cores allow'),
      {
        name: '`foo(1, 3)`, steady',
        unit: 'µs',
        results: both(ours.waitingMicroseconds, rbc?.callMicroseconds),
        goal: 'not above 30 µs, and a fifteenth of RBC',
      },
      row('`await foo.async(1, 3)`, steady', 'µs', ours.promisedMicroseconds, ''),
      row(`\`foo.async(1, 3)\`, each of ${IN_FLIGHT} in flight`, 'µs', ours.pipelinedMicroseconds, ''),
      row('64 bytes echoed by a bare TCP server', 'µs', ours.echoMicroseconds, 'what the machine allows'),
      row('`foo.map` over 10⁷ pairs of float64', 'ms', ours.mapMs, 'not above 1.5 × the socket'),
      row('the same bytes through a bare socket', 'ms', ours.bulkMs, 'what the machine allows'),
    ];
    if (rbc) rows.push(row('the same by NumPy and Numba, without a server', 'ms', rbc.localMapMs, ''));
    for (const clients of CLIENTS) {
      progress(`rpc: ${clients} clients`);
      rows.push(...loadRows(await measureManyClients(clients)));
    }
    return rows;
  },
};

async function measureOurs(progress: (text: string) => void) {
  const rjit = new RemoteJIT({ host: 'localhost', port: 0 });
  await rjit.startServer({ host: 'localhost', port: 0 });
  try {
    progress('rpc: new overloads');
    const overloadMs = await measureOverloads(rjit);
    progress('rpc: several new functions');
    const several = await measureSeveral(rjit, ROUNDS);
    progress('rpc: steady calls');
    const foo = await define(rjit, 0, 'int64(int64, int64)');
    const waitingMicroseconds = await steadyMicroseconds(async () => foo(1, 3));
    const promisedMicroseconds = await steadyMicroseconds(() => foo.async(1, 3));
    const pipelinedMicroseconds = await measurePipelined(foo);
    progress('rpc: large maps');
    const add = await define(rjit, 0, 'float64(float64, float64)');
    const mapMs = await measureMap(add);
    const bulkMs = await bulkEchoMs(16 * PAIRS, MAPS);
    return {
      overloadMs,
      several,
      waitingMicroseconds,
      promisedMicroseconds,
      pipelinedMicroseconds,
      echoMicroseconds: await echoMicroseconds(CALLS),
      mapMs,
      bulkMs,
    };
  } finally {
    await rjit.close();
  }
}

function loadRows({
  clients,
  p50Microseconds,
  p99Microseconds,
  sessionMegabytes,
}: LoadFigures): readonly Row[] {
  const who = clients === 1 ? '1 client' : `${clients} clients`;
  return [
    row(`${who}: latency of a call, median`, 'µs', p50Microseconds, ''),
    row(`${who}: latency of a call, 99th percentile`, 'µs', p99Microseconds, ''),
    row(`${who}: memory of a session on the server`, 'MB', sessionMegabytes, ''),
  ];
}

function row(name: string, unit: Row['unit'], value: number, goal: string): Row {
  return { name, unit, results: new Map([['rjit', value]]), goal };
}

async function measureOverloads(rjit: RemoteJIT): Promise<number> {
  let index = Math.floor(Math.random() * 1e6);
  const times = await timesMs(OVERLOADS, 5, async () => {
    index += 1;
    const foo = await define(rjit, index, 'int64(int64, int64)');
    if (foo(1, 3) !== 4 + index) throw new Error('the compiled function computes something else');
  });
  return median(times);
}

async function define(rjit: RemoteJIT, index: number, signature: string): Promise<RemoteFunction> {
  const [foo] = await rjit.define({ source: source(index), fileName: 'bench', signatures: [signature] });
  if (foo === undefined) throw new Error('nothing was defined');
  return foo;
}

async function steadyMicroseconds(call: () => Promise<unknown>): Promise<number> {
  return 1000 * median(await timesMs(CALLS, CALLS, call));
}

async function measurePipelined(foo: RemoteFunction): Promise<number> {
  const times = await timesMs(CALLS / IN_FLIGHT, CALLS / IN_FLIGHT, () =>
    Promise.all(Array.from({ length: IN_FLIGHT }, () => foo.async(1, 3))),
  );
  return (1000 * median(times)) / IN_FLIGHT;
}

async function measureMap(add: RemoteFunction): Promise<number> {
  const a = new Float64Array(PAIRS).fill(1.5);
  const b = new Float64Array(PAIRS).fill(2.5);
  const times = await timesMs(MAPS, 1, async () => {
    if (add.map(a, b).at(-1) !== 4) throw new Error('the map computes something else');
  });
  return median(times);
}
