import { suite } from 'uvu';
import { runCases } from '../../support/case-runner.ts';
import { JitProcess } from '../../support/jit-process.ts';
import { produceProgram } from './program-case.ts';

/*
 * Programs as text: what they compute, under both engines, and what they say where they are wrong. Every module is
 * verified by LLVM, because it is compiled.
 */
const jit = JitProcess.start();

runCases('test/kernel/compiler/cases/run', async (input) => produceProgram(await jit, input));

const end = suite('programs');
end('the process that ran them ends', async () => {
  await (await jit).stop();
});
end.run();
