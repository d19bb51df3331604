import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseClang, findClangs } from '../../kernel/rjit/foreign/find-clang.ts';
import type { CodegenKernel } from './codegen-kernels.ts';

const NEWEST_LLVM = 19;

/** What clang makes of a kernel; `remove` takes the program away again. */
export interface ClangProgram {
  /** Runs the kernel once in a process of its own; milliseconds, without the start of the process. */
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

function programText({ c }: CodegenKernel): string {
  return `#include <stdio.h>
#include <stdlib.h>
#include <time.h>
__attribute__((noinline)) ${c.resultType} kernel(long n);
${c.source}
int main(int argc, char **argv) {
  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  ${c.resultType} result = kernel(atol(argv[1]));
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f %.17g\\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6, (double)result);
}
`;
}
