import { JitProcess } from '../../../support/jit-process.ts';
import { fuzz } from './compare.ts';

/*
 * node dist/test/kernel/compiler/fuzz/fuzz-main.js [count] [seed] [library]: compares so many random functions, under the
 * given libLLVM. Exits with 1 where the engines differ.
 */
const [, , count = '1000', seed = '1', library] = process.argv;
const jit = await JitProcess.start(library);
try {
  const { compiled, refused, calls, differences } = await fuzz(jit, Number(count), Number(seed));
  console.log(
    `LLVM ${jit.version}: ${compiled} functions compiled, ${refused} refused, ${calls} calls compared`,
  );
  for (const difference of differences) console.log(`\n${difference}`);
  process.exitCode = differences.length > 0 ? 1 : 0;
} finally {
  await jit.stop();
}
