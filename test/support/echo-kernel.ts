/** A kernel process around the echo interpreter: `node echo-kernel.js CONNECTION_FILE`. */
import { runKernelProcess } from '../../kernel/jupyter/kernel-process.ts';
import { EchoInterpreter } from './echo-interpreter.ts';

await runKernelProcess({
  connectionFile: process.argv[2] ?? '',
  info: {
    implementation: 'echo',
    implementationVersion: '1.0.0',
    language: {
      name: 'echo',
      version: '1.0',
      mimetype: 'text/plain',
      fileExtension: '.txt',
      pygmentsLexer: 'text',
      codemirrorMode: 'null',
      nbconvertExporter: 'script',
    },
    banner: 'echo',
    helpLinks: [],
  },
  createInterpreter: (events) => new EchoInterpreter(events),
  log: (text) => process.stderr.write(`[echo-kernel] ${text}\n`),
});
process.exit(0);
