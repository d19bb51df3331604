import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository-root.ts';
import type { CodegenKernel } from './codegen-kernel.ts';

export interface NumbaResults {
  /** With its version. */
  readonly name: string;
  /** The best run's. */
  readonly milliseconds: number;
  readonly result: number;
}

/** What numba makes of a kernel's Python; undefined where it isn't installed (`npm run bench -- --install-peers`). */
export function numbaResults(kernel: CodegenKernel, rounds: number): NumbaResults | undefined {
  const python = join(repositoryRoot, '.venv', 'bin', 'python');
  if (!existsSync(python)) return undefined;
  const { status, stdout, stderr } = spawnSync(python, ['-c', program(kernel, rounds)], { encoding: 'utf8' });
  if (status !== 0) {
    if (stderr.includes("No module named 'numba'")) return undefined;
    throw new Error(`numba fails on ${kernel.name}:\n${stderr}`);
  }
  const [version = '', milliseconds, result] = stdout.trim().split(' ');
  return { name: `numba ${version}`, milliseconds: Number(milliseconds), result: Number(result) };
}

/** Every function of the source compiled by `@njit`, called once before it is timed. */
function program({ python, argument, arrayLengths, errorModel }: CodegenKernel, rounds: number): string {
  const model = errorModel === 'numpy' ? 'numpy' : 'python';
  const source = python.replaceAll(/^def /gm, `@numba.njit(error_model='${model}')\ndef `);
  const arrays = arrayLengths.map((length) => `, numpy.zeros(${length})`).join('');
  return `
import time, numba, numpy
${source}
args = (${argument}${arrays}${arrayLengths.length === 0 ? ',' : ''})
result = kernel(*args)
best = float('inf')
for round in range(${rounds}):
    start = time.perf_counter()
    result = kernel(*args)
    best = min(best, time.perf_counter() - start)
print(numba.__version__, best * 1000, repr(float(result)))
`;
}
