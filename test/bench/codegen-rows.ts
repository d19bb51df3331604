import { RemoteJIT } from '../../kernel/rjit/remote-jit.ts';
import { type ClangProgram, compileWithClang, findClang } from './clang.ts';
import { type CodegenKernel, codegenKernels } from './codegen-kernels.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';

const ROUNDS = 7;

/** One way to run a kernel: milliseconds and what came out. */
type Runner = () => { readonly milliseconds: number; readonly result: number };

export const codegenRows: RowGroup = {
  name: 'codegen',
  title: 'Generated code',
  method:
    'The same program as a `%%rjit` cell in Python, in C by `clang -O3 -march=native -ffp-contract=off`, and in JavaScript ' +
    `in Node. The best of ${ROUNDS} runs, interleaved; all must compute the same.`,
  async measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
    const rjit = new RemoteJIT({ host: 'localhost', port: 0 });
    await rjit.startServer({ host: 'localhost', port: 0 });
    try {
      const rows: Row[] = [];
      for (const kernel of codegenKernels) {
        progress(`codegen: ${kernel.name}`);
        rows.push(await measureKernel(rjit, kernel));
      }
      return rows;
    } finally {
      await rjit.close();
    }
  },
};

async function measureKernel(rjit: RemoteJIT, kernel: CodegenKernel): Promise<Row> {
  const clang = findClang();
  const program = clang === undefined ? undefined : compileWithClang(clang.command, kernel);
  try {
    const runners = new Map<string, Runner>([
      ['rjit', await remoteRunner(rjit, kernel)],
      ...clangRunner(clang?.name, program),
      ['JavaScript', timed(() => kernel.javaScript(kernel.argument))],
    ]);
    return { name: kernel.name, unit: 'ms', results: best(runners), goal: 'not above 1.05 × clang' };
  } finally {
    program?.remove();
  }
}

function clangRunner(name: string | undefined, program: ClangProgram | undefined): [string, Runner][] {
  return name === undefined || program === undefined ? [] : [[name, program.run]];
}

async function remoteRunner(
  rjit: RemoteJIT,
  { python, signature, argument }: CodegenKernel,
): Promise<Runner> {
  const [kernel] = await rjit.define({ source: python, fileName: 'bench', signatures: [signature] });
  if (kernel === undefined) throw new Error('nothing was defined');
  kernel.compile();
  return timed(() => Number(kernel(argument)));
}

function timed(run: () => number): Runner {
  return () => {
    const start = performance.now();
    const result = run();
    return { milliseconds: performance.now() - start, result };
  };
}

function best(runners: ReadonlyMap<string, Runner>): ReadonlyMap<string, number> {
  const bests = new Map<string, number>();
  const results = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of runners) {
      const { milliseconds, result } = run();
      bests.set(name, Math.min(bests.get(name) ?? Number.POSITIVE_INFINITY, milliseconds));
      results.add(result);
    }
  }
  if (results.size > 1) throw new Error(`the programs compute different results: ${[...results].join(', ')}`);
  return bests;
}
