/** The language thread: the one place of a session where the TypeScript compiler is loaded. */
import { parentPort } from 'node:worker_threads';
import { transpile } from './transpile.ts';
import type { TranspileRequest, TranspileResponse } from './transpile-protocol.ts';

parentPort?.on('message', (request: TranspileRequest) => {
  parentPort?.postMessage(answer(request));
});

/** The compiler has bugs of its own; one of them must not take the thread along. */
function answer(request: TranspileRequest): TranspileResponse {
  try {
    return transpile(request);
  } catch (error) {
    return {
      id: request.id,
      ok: false,
      message: `the TypeScript compiler failed: ${String(error)}`,
      offset: 0,
    };
  }
}
