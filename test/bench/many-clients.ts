import { readFileSync } from 'node:fs';
import { type RemoteFunction, RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { BackendProcess } from '../support/backend-process.ts';
import { quantile } from './statistics.ts';

const CALLS = 20_000;
const SOURCE = 'def foo(a, b):\n    return a + b\n';

export interface LoadFigures {
  readonly clients: number;
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
  /** What one more session takes on the server, shared memory counted by its share. */
  readonly sessionMegabytes: number;
}

/** Clients with a session each, all on one server, each waiting for its call before it makes the next. */
export async function measureManyClients(clients: number): Promise<LoadFigures> {
  const backend = new BackendProcess(['--max-sessions', String(clients + 2)]);
  const jits: RemoteJIT[] = [];
  try {
    const port = await backend.port();
    const functions: RemoteFunction[] = [];
    for (let index = 0; index < clients; index += 1) {
      const jit = new RemoteJIT({ host: '127.0.0.1', port });
      jits.push(jit);
      const [foo] = await jit.define({
        source: SOURCE,
        fileName: 'bench',
        signatures: ['int64(int64, int64)'],
      });
      if (foo === undefined || (await foo.async(1, 3)) !== 4)
        throw new Error('a client computes something else');
      functions.push(foo);
    }
    const each = Math.ceil(CALLS / clients);
    const call = async (foo: RemoteFunction): Promise<number[]> => {
      const times: number[] = [];
      for (let index = 0; index < each; index += 1) {
        const start = performance.now();
        await foo.async(1, 3);
        times.push(performance.now() - start);
      }
      return times;
    };
    await Promise.all(functions.map(call));
    const times = (await Promise.all(functions.map(call))).flat();
    return {
      clients,
      p50Microseconds: 1000 * quantile(times, 0.5),
      p99Microseconds: 1000 * quantile(times, 0.99),
      sessionMegabytes: await memoryOfSessions(jits[0]),
    };
  } finally {
    await Promise.all(jits.map((jit) => jit.close()));
    await backend.dispose();
  }
}

async function memoryOfSessions(jit: RemoteJIT | undefined): Promise<number> {
  if (jit === undefined) return Number.NaN;
  const { workerPids } = await jit.status();
  const sizes = Object.entries(workerPids).flatMap(([name, pid]) =>
    name === 'spare' ? [] : [megabytesOf(pid)],
  );
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
}

/** Proportional set size: pages that processes share are counted once in all. */
function megabytesOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) / 1024;
}
