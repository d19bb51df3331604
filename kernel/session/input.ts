import { currentRun } from './cell-run.ts';
import type { KernelLink } from './kernel-link.ts';

export interface InputOptions {
  /** True to show nothing of what is typed. */
  readonly password?: boolean;
}

export type InputFunction = (prompt?: string, options?: InputOptions) => Promise<string>;

/** The globals `input` and `prompt`: a line of text from the person at the front end. */
export function inputFunction(link: KernelLink): InputFunction {
  return async (prompt = '', options = {}) => {
    const run = currentRun.getStore();
    if (run?.allowStdin === false) {
      throw new Error('input() needs a front end that can ask for text; this one does not allow it');
    }
    const cellId = run === undefined ? {} : { cellId: run.cellId };
    const password = options.password === true;
    return String(await link.ask({ kind: 'input', prompt: String(prompt), password, ...cellId }));
  };
}
