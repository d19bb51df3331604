/** A kernel process around the echo interpreter: `node echo-kernel.js CONNECTION_FILE`. */
import { runKernelProcess } from '../../kernel/jupyter/kernel-process.ts';
import { EchoInterpreter } from './echo-interpreter.ts';
import { echoKernelInfo } from './echo-kernel-info.ts';

await runKernelProcess({
  connectionFile: process.argv[2] ?? '',
  info: echoKernelInfo,
  createInterpreter: (events) => new EchoInterpreter(events),
  log: (text) => process.stderr.write(`[echo-kernel] ${text}\n`),
});
process.exit(0);
