import { parseArgs } from 'node:util';
import { withBackend } from '../../support/backend-process.ts';
import { seededRandom } from '../../support/random.ts';
import { fuzzPickles } from './fuzz-pickles.ts';
import { fuzzWire, wireServerOptions } from './fuzz-wire.ts';

const usage = `usage: npm run fuzz -- wire [--count N] [--seed S]

Sends N hostile inputs (default 1000000) to the port of a server, and reads as many hostile pickles in this process.
`;

/** `npm run fuzz -- wire`; resolves to the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const count = Number(values.count);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`fuzz wire: --count and --seed are whole numbers\n\n${usage}`);
    return 2;
  }
  const problems = fuzzPickles(count, seededRandom(seed));
  process.stdout.write(`${count} pickles read in this process, ${problems.length} problems\n`);
  const started = performance.now();
  await withBackend(wireServerOptions, async (backend, port) => {
    const progress = (done: number) => process.stderr.write(`${done} of ${count} inputs …\n`);
    const report = await fuzzWire(backend, port, { count, seed, progress });
    problems.push(...report.problems);
    for (const [name, inputs] of report.inputs)
      process.stdout.write(`${String(inputs).padStart(8)}  ${name}\n`);
    const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    process.stdout.write(
      `${Math.round((performance.now() - started) / 1000)} s; resident memory of server and workers: ` +
        `${mebibytes(report.residentBefore)} after the first inputs, ${mebibytes(report.residentAfter)} after the last\n`,
    );
  });
  for (const problem of problems) process.stdout.write(`problem: ${problem}\n`);
  process.stdout.write(problems.length === 0 ? 'the server is unharmed\n' : `${problems.length} problems\n`);
  return problems.length === 0 ? 0 : 1;
}
