import { parseArgs } from 'node:util';
import { JitProcess, llvmChoices } from '../../../support/jit-process.ts';
import { type FuzzReport, fuzz } from './compare.ts';

const USAGE = `npm run fuzz -- compiler [--count N] [--seed S] [--llvm 14,16,19]

Random well-typed functions: what the machine computes equals what the interpreter computes, under the last LLVM of the
list (by default the one that rjit takes), and every other one of the list accepts the IR.
`;

const PROGRESS_EVERY_MS = 10_000;

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      llvm: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const majors = values.llvm.split(',').filter((major) => major !== '');
  const libraries = majors.length === 0 ? [undefined] : majors.map(libraryOf);
  const processes = await Promise.all(libraries.map((library) => JitProcess.start(library)));
  try {
    const { differences } = await report(processes, Number(values.count), Number(values.seed));
    for (const difference of differences) console.log(`\n${difference}`);
    return differences.length > 0 ? 1 : 0;
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

async function report(processes: readonly JitProcess[], count: number, seed: number): Promise<FuzzReport> {
  const verifiers = processes.slice(0, -1);
  const jit = processes.at(-1);
  if (!jit) throw new Error('there is no LLVM');
  let shown = Date.now();
  const whole = await fuzz(jit, count, seed, verifiers, (sofar) => {
    if (Date.now() - shown < PROGRESS_EVERY_MS) return;
    shown = Date.now();
    console.log(describe(sofar));
  });
  const verified = verifiers.map(({ version }) => version).join(', ');
  console.log(`LLVM ${jit.version}${verified && `, verified by ${verified}`}: ${describe(whole)}`);
  return whole;
}

function libraryOf(major: string): string {
  const choice = llvmChoices().find(({ label }) => label === `LLVM ${major}`);
  if (choice?.library === undefined) throw new Error(`LLVM ${major} is not installed`);
  return choice.library;
}

function describe({ compiled, refused, calls, differences }: FuzzReport): string {
  return `${compiled} functions, ${refused} refused, ${calls} calls, ${differences.length} differences`;
}
