/** The language thread: the one place of a session where the TypeScript compiler is loaded. */
import { parentPort } from 'node:worker_threads';
import { transpile } from './transpile.ts';
import type { TranspileRequest } from './transpile-protocol.ts';

parentPort?.on('message', (request: TranspileRequest) => {
  parentPort?.postMessage(transpile(request));
});
