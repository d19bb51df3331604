import type { Definition, ServerChoice, ServerStatus } from '../rjit/remote-jit.ts';

/** What a magic may use of the session it runs in. */
export interface MagicContext {
  readonly jit: Jit;
  /** Makes a variable of the user's session. */
  defineGlobal(name: string, value: unknown): void;
  /** Writes to the cell's output as `print` does, without adding a line break. */
  write(text: string): void;
  /** How types are checked: `off`, `warn` or `strict`; changes it where a mode is given. */
  typeChecks(mode?: string): Promise<string>;
  /** Names the cell in messages, e.g. `In[4]`. */
  readonly fileName: string;
}

export interface CellMagicContext extends MagicContext {
  /** The whole cell, so that messages can show its lines. */
  readonly cell: string;
  /** Offset in `cell` of the arguments. */
  readonly argumentsOffset: number;
  /** 1-based line of `cell` on which the body begins. */
  readonly bodyLine: number;
}

/** What magics use of `RemoteJIT`. */
export interface Jit {
  define(definition: Definition): Promise<readonly DefinedFunction[]>;
  startServer(options: { readonly host?: string; readonly port?: number }): Promise<unknown>;
  stopServer(): Promise<unknown>;
  connect(server: ServerChoice): Promise<unknown>;
  status(): Promise<ServerStatus>;
}

export interface DefinedFunction {
  readonly name: string;
}
