import { fileURLToPath } from 'node:url';
import type { Kernelspec } from '../../kernel/client/kernelspecs.ts';

/** Starts the echo interpreter as a kernel process. */
export const echoKernelspec: Kernelspec = {
  name: 'echo',
  displayName: 'Echo',
  language: 'echo',
  argv: [process.execPath, fileURLToPath(new URL('./echo-kernel.js', import.meta.url)), '{connection_file}'],
  env: {},
  interruptMode: 'message',
  registers: true,
  resourceDirectory: '',
  metadata: { supported_encryption: ['curve'] },
};
