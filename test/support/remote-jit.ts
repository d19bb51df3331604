import type { RemoteFunction } from '../../kernel/rjit/remote-function.ts';
import { RemoteJIT, type RemoteJITOptions } from '../../kernel/rjit/remote-jit.ts';

/** A client with a server of its own on a free port; both end with `body`, whatever happens. */
export async function withJit(
  body: (jit: RemoteJIT) => Promise<void>,
  options: RemoteJITOptions = {},
): Promise<void> {
  const jit = new RemoteJIT(options);
  try {
    await jit.startServer({ port: 0 });
    await body(jit);
  } finally {
    await jit.close();
  }
}

/** The one function of a Python or TypeScript source. */
export async function defineOne(
  jit: RemoteJIT,
  source: string,
  ...signatures: readonly string[]
): Promise<RemoteFunction> {
  const [defined, ...others] = await jit.define({ source, fileName: 'In[1]', signatures });
  if (!defined || others.length > 0) throw new Error(`${others.length + 1} functions instead of one`);
  return defined;
}

/** What `run` throws or rejects with. */
export async function errorOf(run: () => unknown): Promise<Error> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`not an error: ${String(error)}`);
  }
  throw new Error(`it succeeded: ${String(result)}`);
}

/** Never returns, and can't be proved to: what the optimiser leaves alone. */
export const SPIN = 'def spin(n):\n    i = 1\n    while i > 0:\n        i = i % 7 + n\n    return i\n';
