import { readCaseFiles } from '../support/case-runner.ts';
import { codegenKernels } from './codegen-kernels.ts';
import { compileProgram, type Program } from './compile-program.ts';
import { kernelSignature } from './jit-kernel.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median } from './statistics.ts';

const REPEATS = 50;

interface Measured extends Program {
  readonly goalMs: number;
}

const add = ['int64(int64, int64)'];

const programs: readonly Measured[] = [
  {
    name: '`foo` in Python',
    language: 'python',
    signatures: add,
    goalMs: 3,
    source: 'def foo(a, b):\n    return a + b\n',
  },
  {
    name: '`foo` in TypeScript',
    language: 'typescript',
    signatures: add,
    goalMs: 3,
    source: 'function foo(a, b) {\n  return a + b;\n}\n',
  },
  ...codegenKernels.map(({ name, python, signature, errorModel = 'language' }): Measured => {
    const signatures = [kernelSignature(signature)];
    return { name, language: 'python', signatures, source: python, options: { errorModel }, goalMs: 10 };
  }),
  ...(['python', 'typescript'] as const).map(largestOf),
];

/** The longest of the programs that are written in several languages. */
function largestOf(language: 'python' | 'typescript'): Measured {
  const cases = readCaseFiles('test/kernel/compiler/agreement/programs').flatMap((file) => file.cases);
  const found = cases.flatMap(({ title, sections }) => {
    const source = sections.find((section) => section.name === language)?.body ?? '';
    const [name = '', signature = ''] = title.split(/: (?=[^:]*$)/);
    const shown = language === 'python' ? 'Python' : 'TypeScript';
    return { name: `${name} in ${shown}`, language, signatures: [signature], source, goalMs: 10 };
  });
  const [largest] = found.sort((a, b) => b.source.length - a.source.length);
  if (!largest) throw new Error('there are no programs in several languages');
  return largest;
}

export const frontEndRows: RowGroup = {
  name: 'front-end',
  title: 'The front end',
  method: `From source to LLVM IR, in the client, medians of ${REPEATS} after as many that don't count.`,
  async measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
    progress('front end');
    return programs.map((program) => ({
      name: program.name,
      unit: 'ms',
      results: new Map([['rjit', measureProgram(program)]]),
      goal: `below ${program.goalMs} ms`,
    }));
  },
};

function measureProgram(program: Program): number {
  const times: number[] = [];
  for (let index = 0; index < 2 * REPEATS; index++) {
    const start = performance.now();
    compileProgram(program);
    times.push(performance.now() - start);
  }
  return median(times.slice(REPEATS));
}
