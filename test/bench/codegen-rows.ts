import { Jit } from '../../backend/llvm/jit.ts';
import { openLlvm } from '../../backend/llvm/llvm.ts';
import { type ClangProgram, compileWithClang, findClang } from './clang.ts';
import type { CodegenKernel } from './codegen-kernel.ts';
import { codegenKernels } from './codegen-kernels.ts';
import { jitKernel } from './jit-kernel.ts';
import { type NumbaResults, numbaResults } from './numba.ts';
import type { MeasureOptions, Row, RowGroup } from './row.ts';

const ROUNDS = 7;

/** One way to run a kernel: milliseconds and what came out. */
type Runner = () => { readonly milliseconds: number; readonly result: number };

export const codegenRows: RowGroup = {
  name: 'codegen',
  title: 'Generated code',
  method:
    'The same program as a `%%rjit` cell in Python, in C by `clang -O3 -march=native -ffp-contract=off`, with numba ' +
    '(the same Python, `@njit`) and in JavaScript in Node. Only the machine code is measured, in memory that is there ' +
    `already. The best of ${ROUNDS} runs, interleaved (numba's follow); all must compute the same. Ours and ` +
    'JavaScript check the indices of arrays, C and numba do not. The first n-body divides as C does in all four ' +
    '(`--error-model numpy`); in the second all four compare the divisor with 0, as Python does.',
  async measure({ progress }: MeasureOptions): Promise<readonly Row[]> {
    const jit = Jit.create(openLlvm());
    try {
      return codegenKernels.map((kernel) => {
        progress(`codegen: ${kernel.name}`);
        return measureKernel(jit, kernel);
      });
    } finally {
      jit.dispose();
    }
  },
};

function measureKernel(jit: Jit, kernel: CodegenKernel): Row {
  const clang = findClang();
  const program = clang === undefined ? undefined : compileWithClang(clang.command, kernel);
  const arrays = kernel.arrayLengths.map((length) => new Float64Array(length));
  try {
    const runners = new Map<string, Runner>([
      ['rjit', timed(jitKernel(jit, kernel))],
      ...clangRunner(clang?.name, program),
      ['JavaScript', timed(() => kernel.javaScript(kernel.argument, ...arrays))],
    ]);
    const results = best(runners, numbaResults(kernel, ROUNDS));
    const limit = arrays.length > 0 ? '1.10 × clang, with checked indices' : '1.05 × clang';
    return { name: kernel.name, unit: 'ms', results, goal: `not above ${limit}` };
  } finally {
    program?.remove();
  }
}

function clangRunner(name: string | undefined, program: ClangProgram | undefined): [string, Runner][] {
  return name === undefined || program === undefined ? [] : [[name, program.run]];
}

function timed(run: () => number): Runner {
  return () => {
    const start = performance.now();
    const result = run();
    return { milliseconds: performance.now() - start, result };
  };
}

function best(
  runners: ReadonlyMap<string, Runner>,
  numba: NumbaResults | undefined,
): ReadonlyMap<string, number> {
  const bests = new Map<string, number>();
  const results = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of runners) {
      const { milliseconds, result } = run();
      bests.set(name, Math.min(bests.get(name) ?? Number.POSITIVE_INFINITY, milliseconds));
      results.add(result);
    }
  }
  if (numba) {
    bests.set(numba.name, numba.milliseconds);
    results.add(numba.result);
  }
  if (results.size > 1) throw new Error(`the programs compute different results: ${[...results].join(', ')}`);
  return bests;
}
