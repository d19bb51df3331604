import type { Definition, ServerChoice, ServerStatus } from '../rjit/remote-jit.ts';

/** MIME type → representation; all of it JSON. */
export type Bundle = JsonObject;

type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
interface JsonObject {
  readonly [key: string]: JsonValue;
}

export interface SessionVariable {
  readonly name: string;
  readonly value: unknown;
}

/** What a magic may use of the session it runs in. */
export interface MagicContext {
  readonly jit: Jit;
  /** Makes a variable of the user's session. */
  defineGlobal(name: string, value: unknown): void;
  /** Writes to the cell's output as `print` does, without adding a line break. */
  write(text: string): void;
  writeError(text: string): void;
  /** Shows a MIME bundle. */
  display(bundle: Readonly<Record<string, unknown>>): void;
  /** Shows a MIME bundle in the front end's pager. */
  page(bundle: Bundle): void;
  /** Puts code into the front end's next cell. */
  setNextInput(code: string): void;
  /**
   * Runs TypeScript in the session as if it were a cell; resolves with its value, undefined where a cell would show
   * none. `fileName` names it in stack traces.
   */
  evaluate(code: string, fileName?: string): Promise<unknown>;
  /** The variables that cells and magics have made and given a value, by name. */
  variables(): readonly SessionVariable[];
  /** The text of earlier cells by their number. */
  inputs(): readonly (string | undefined)[];
  /** What is known of a name, as a MIME bundle. */
  inspect(expression: string, wantsSource: boolean): Promise<Bundle | undefined>;
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
