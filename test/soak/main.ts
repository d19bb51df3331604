/**
 * `npm run soak [-- --calls 10000 --clients 8 --seed 1]`: see run-soak.ts. `npm run soak -- kernel [--cells 10000
 * --seed 1]`: see run-kernel-soak.ts. `npm run soak -- notebooks`: see run-floods.ts. Exits with 1 when there were problems.
 */
import { parseArgs } from 'node:util';
import { floods, runFlood } from './run-floods.ts';
import { type Footprint, runKernelSoak } from './run-kernel-soak.ts';
import { runSoak } from './run-soak.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cells: { type: 'string', default: '10000' },
    calls: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const [calls = 0, clients = 0, cells = 0, seed = 1] = [
  values.calls,
  values.clients,
  values.cells,
  values.seed,
].map(Number);
const [what = 'backend', ...rest] = positionals;
if (
  ![calls, clients, cells, seed].every((each) => Number.isSafeInteger(each)) ||
  calls * clients * cells <= 0
) {
  process.stderr.write('soak: --calls, --clients, --cells and --seed are whole numbers\n');
  process.exitCode = 2;
} else if (rest.length > 0 || !['backend', 'kernel', 'notebooks'].includes(what)) {
  process.stderr.write(`soak: expected backend, kernel or notebooks, found ${positionals.join(' ')}\n`);
  process.exitCode = 2;
} else {
  process.exitCode =
    what === 'notebooks'
      ? await soakNotebooks()
      : what === 'kernel'
        ? await soakKernel(cells, seed)
        : await soak(calls, clients, seed);
}

async function soakNotebooks(): Promise<number> {
  let count = 0;
  for (const flood of floods()) {
    const { kernel, way, what, seconds, peaks, problems } = await runFlood(flood);
    const memory = [...peaks].map(([process, mebibytes]) => `${process} ${mebibytes} MiB`).join(', ');
    process.stdout.write(`${kernel}, ${what}, ${way}: ${seconds.toFixed(1)} s; at most ${memory}\n`);
    for (const problem of problems) process.stdout.write(`problem: ${problem}\n`);
    count += problems.length;
  }
  process.stdout.write(
    count === 0 ? 'every run ended with its verdict, and nothing is left\n' : `${count} problems\n`,
  );
  return count === 0 ? 0 : 1;
}

async function soakKernel(cells: number, seed: number): Promise<number> {
  const started = performance.now();
  const progress = (done: number) => process.stderr.write(`${done} of ${cells} cells …\n`);
  const report = await runKernelSoak({ cells, seed, progress });
  const { cellsByKind, heartbeats, reconnects, questions, growth, problems } = report;
  const shown = ({ residentBytes, descriptors, threads }: Footprint) =>
    `${Math.round(residentBytes / 2 ** 20)} MiB, ${descriptors} descriptors, ${threads} threads`;
  const lines = [
    `${cells} cells, seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s`,
    ...[...cellsByKind].map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
    `${heartbeats} heartbeats, ${reconnects} clients that came and went, ${questions} questions between the cells`,
    ...growth.map(
      ({ process, before, after }) =>
        `${process}: ${shown(before)} after a fifth of the cells; ${shown(after)} after the last`,
    ),
    ...problems.map((problem) => `problem: ${problem}`),
    problems.length === 0
      ? 'every cell ended as it should, and nothing grew beyond its limit'
      : `${problems.length} problems`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}

async function soak(calls: number, clients: number, seed: number): Promise<number> {
  const started = performance.now();
  const progress = (done: number) => process.stderr.write(`${done} of ${calls} calls …\n`);
  const { good, bad, residentBefore, residentAfter, problems } = await runSoak({
    calls,
    clients,
    seed,
    progress,
  });
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const lines = [
    `${clients} clients, seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s`,
    `${String(good).padStart(7)}  good calls`,
    ...[...bad].map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`),
    `the server's own memory: ${mebibytes(residentBefore)} after a fifth of the calls, ${mebibytes(residentAfter)} after the last`,
    ...problems.map((problem) => `problem: ${problem}`),
    problems.length === 0
      ? 'every call ended as it should, and nothing is left'
      : `${problems.length} problems`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return problems.length === 0 ? 0 : 1;
}
