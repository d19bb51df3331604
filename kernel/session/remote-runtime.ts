import type { Jit } from '../magics/context.ts';

/** What cells need to compile and call remote functions. */
export interface RemoteRuntime {
  readonly jit: Jit;
}
