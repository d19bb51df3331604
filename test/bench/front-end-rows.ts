import { parseSignature } from '../../backend/contract/parse-type.ts';
import { assignSignatures } from '../../kernel/compiler/assign-signatures.ts';
import { compileModule } from '../../kernel/compiler/compile.ts';
import type { Language } from '../../kernel/compiler/core.ts';
import type { Result } from '../../kernel/compiler/diagnostic.ts';
import { parseModule } from '../../kernel/compiler/parse-module.ts';
import { readCaseFiles } from '../support/case-runner.ts';
import { codegenKernels } from './codegen-kernels.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';
import { median } from './statistics.ts';

const REPEATS = 50;

interface Program {
  readonly name: string;
  readonly source: string;
  readonly language: Language;
  readonly signature: string;
  readonly goalMs: number;
}

const add = 'int64(int64, int64)';

const programs: readonly Program[] = [
  {
    name: '`foo` in Python',
    language: 'python',
    signature: add,
    goalMs: 3,
    source: 'def foo(a, b):\n    return a + b\n',
  },
  {
    name: '`foo` in TypeScript',
    language: 'typescript',
    signature: add,
    goalMs: 3,
    source: 'function foo(a, b) {\n  return a + b;\n}\n',
  },
  ...codegenKernels.map(({ name, python, signature }): Program => {
    return { name, language: 'python', signature, source: python, goalMs: 3 };
  }),
  ...(['python', 'typescript'] as const).map(largestOf),
];

/** The longest of the programs that are written in several languages. */
function largestOf(language: Language): Program {
  const cases = readCaseFiles('test/kernel/compiler/agreement/programs').flatMap((file) => file.cases);
  const found = cases.flatMap(({ title, sections }) => {
    const source = sections.find((section) => section.name === language)?.body ?? '';
    const [name = '', signature = ''] = title.split(/: (?=[^:]*$)/);
    const shown = language === 'python' ? 'Python' : 'TypeScript';
    return { name: `${name} in ${shown}`, language, signature, source, goalMs: 10 };
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
    compile(program);
    times.push(performance.now() - start);
  }
  return median(times.slice(REPEATS));
}

function compile({ source, language, signature }: Program): string {
  const module = value(parseModule({ source, language, fileName: 'bench' }));
  const overloads = value(assignSignatures(module, [{ signature: parseSignature(signature) }]));
  return value(compileModule({ module, overloads, target: { triple: 'x86_64-unknown-linux-gnu' } })).ir;
}

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
}
