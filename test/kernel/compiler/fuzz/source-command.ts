import { parseArgs } from 'node:util';
import { fuzzSources } from './mutate-sources.ts';

const USAGE = `npm run fuzz -- source [--count N] [--seed S]

Valid programs cut off and changed: the parsers and the typer answer with code or diagnostics, and never crash.
`;

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { programs, compiled, faults } = fuzzSources(Number(values.count), Number(values.seed));
  console.log(`${programs} programs, ${compiled} of them compile, ${faults.length} faults`);
  for (const fault of faults) console.log(`\n${fault}`);
  return faults.length > 0 ? 1 : 0;
}
