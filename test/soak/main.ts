/** `npm run soak [-- --calls 10000 --clients 8 --seed 1]`: see run-soak.ts; exits with 1 when there were problems. */
import { parseArgs } from 'node:util';
import { runSoak } from './run-soak.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
const [calls, clients, seed] = [values.calls, values.clients, values.seed].map(Number);
if (![calls, clients, seed].every((each) => Number.isSafeInteger(each)) || !calls || !clients) {
  process.stderr.write('soak: --calls, --clients and --seed are whole numbers\n');
  process.exitCode = 2;
} else {
  process.exitCode = await soak(calls, clients, seed ?? 1);
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
