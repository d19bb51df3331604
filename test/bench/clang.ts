import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseClang, findClangs } from '../../kernel/rjit/foreign/find-clang.ts';
import type { CodegenKernel } from './codegen-kernel.ts';

const NEWEST_LLVM = 19;

/** What clang makes of a kernel; `remove` takes the program away again. */
export interface ClangProgram {
  /** Runs the kernel twice in a process of its own; the better one's milliseconds, in memory that is there already. */
  run(): { readonly milliseconds: number; readonly result: number };
  remove(): void;
}

/** The newest that is no newer than the libLLVM we are measured with; undefined where there is none. */
export function findClang(): { readonly command: string; readonly name: string } | undefined {
  const clang = chooseClang(findClangs(), NEWEST_LLVM);
  return clang && { command: clang.command, name: `clang ${clang.major} -O3` };
}

/** With the host's instructions, and without fusing multiply and add, which would change results. */
export function compileWithClang(command: string, kernel: CodegenKernel): ClangProgram {
  const directory = mkdtempSync(join(tmpdir(), 'rjit-bench-'));
  const source = join(directory, 'kernel.c');
  const program = join(directory, 'kernel');
  writeFileSync(source, programText(kernel));
  const flags = ['-w', '-O3', '-march=native', '-ffp-contract=off'];
  execFileSync(command, [...flags, source, '-o', program, '-lm'], { stdio: 'inherit' });
  return {
    run: () => {
      const output = execFileSync(program, [String(kernel.argument)], { encoding: 'utf8' });
      const [milliseconds = Number.NaN, result = Number.NaN] = output.trim().split(' ').map(Number);
      return { milliseconds, result };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function programText({ c, arrayLengths }: CodegenKernel): string {
  const parameters = ['long n', ...arrayLengths.map((_, index) => `double *a${index}`)];
  const args = ['atol(argv[1])', ...arrayLengths.map((length) => `calloc(${length}, sizeof(double))`)];
  const names = args.map((_, index) => `p${index}`);
  return `#include <stdio.h>
#include <stdlib.h>
#include <time.h>
__attribute__((noinline)) ${c.resultType} kernel(${parameters.join(', ')});
${c.source}
int main(int argc, char **argv) {
  struct timespec start, end;
  /* Volatile, so that both runs happen. */
  volatile long p0 = ${args[0]};
${args
  .slice(1)
  .map((text, index) => `  double *p${index + 1} = ${text};`)
  .join('\n')}
  double best = 1e300, result = 0;
  for (int run = 0; run < 2; run++) {
    clock_gettime(CLOCK_MONOTONIC, &start);
    result = kernel(${names.join(', ')});
    clock_gettime(CLOCK_MONOTONIC, &end);
    double milliseconds = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
    if (milliseconds < best) best = milliseconds;
  }
  printf("%.6f %.17g\\n", best, result);
}
`;
}
