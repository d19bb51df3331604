/**
 * What a language brings to the kernel. `kernel/jupyter` speaks the protocol and knows nothing of TypeScript;
 * `kernel/main.ts` plugs the session in here.
 */
import type { JsonObject, MimeBundle } from './messages.ts';

/** Opaque: links output, also late output, to the request that caused it. */
export type CellId = number;

export interface ExecuteRequest {
  readonly cellId: CellId;
  readonly code: string;
  readonly executionCount: number;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly allowStdin: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  /** How often the code has run is to be measured. */
  readonly wantsCoverage?: boolean;
  /** The number of the subshell that the cell is for; absent: the main shell. */
  readonly subshell?: number;
}

export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  /** ANSI-coloured lines, ready to print. */
  readonly traceback: readonly string[];
}

export type ExecuteOutcome = (
  | {
      readonly status: 'ok';
      /** What `execute_result` shows; absent when there is nothing to show. */
      readonly result?: MimeBundle;
      readonly metadata?: JsonObject;
      readonly userExpressions: JsonObject;
      readonly payload: readonly JsonObject[];
    }
  | ({ readonly status: 'error' } & ErrorReport)
) & {
  /** Of what has run since the outcome before, also of other cells and files; where it was asked for. */
  readonly coverage?: readonly JsonObject[];
};

/** Of either side of a comm (messaging spec, "Custom Messages"). */
export interface CommMessage {
  readonly type: 'comm_open' | 'comm_msg' | 'comm_close';
  readonly commId: string;
  /** Of one that opens a comm. */
  readonly targetName?: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

export type Output =
  | { readonly kind: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly kind: 'display';
      readonly data: MimeBundle;
      readonly metadata: JsonObject;
      readonly displayId?: string;
      /** True for `update_display_data`. */
      readonly update: boolean;
    }
  | { readonly kind: 'clear'; readonly wait: boolean }
  | { readonly kind: 'comm'; readonly message: CommMessage }
  /** A message of the user's own making. */
  | {
      readonly kind: 'broadcast';
      readonly messageType: string;
      readonly content: JsonObject;
      readonly metadata: JsonObject;
      readonly buffers: readonly Uint8Array[];
    }
  /** An error outside any cell's own reply, such as an unhandled rejection. */
  | ({ readonly kind: 'error' } & ErrorReport);

export type IsComplete =
  | { readonly status: 'complete' | 'invalid' | 'unknown' }
  | { readonly status: 'incomplete'; readonly indent: string };

export interface CodePlace {
  readonly code: string;
  /** UTF-16 offset in `code`. */
  readonly cursor: number;
}

export interface Completion {
  /** What stands between `start` and `end` afterwards. */
  readonly text: string;
  /** `function`, `variable`, `magic`, …: front ends show it, and an icon for those they know. */
  readonly type: string;
  readonly signature?: string;
}

export interface Completions {
  /** UTF-16 offsets of what a match replaces. */
  readonly start: number;
  readonly end: number;
  readonly matches: readonly Completion[];
}

export interface InspectRequest extends CodePlace {
  /** Show the source, too, where there is one. */
  readonly wantsSource: boolean;
}

export interface InterpreterEvents {
  /** `cellId` is absent for output that belongs to no cell, such as a child process started by nobody we know. */
  readonly onOutput: (output: Output, cellId: CellId | undefined) => void;
  /** Asks the front end that sent the cell; resolves with what was typed, rejects when stdin isn't allowed. */
  readonly onInput: (prompt: string, password: boolean, cellId: CellId | undefined) => Promise<string>;
  /** The user's code has lost all its state, and with it its end of every comm. */
  readonly onRestart: () => void;
}

export interface Interpreter {
  /**
   * Resolves only when all output the cell wrote has been delivered to `onOutput`. Never rejects. Each shell has one
   * cell running at most, and waits for no other shell.
   */
  execute(request: ExecuteRequest): Promise<ExecuteOutcome>;
  /** Stops the running cells of all shells, keeping their state; harmless when nothing runs. */
  interrupt(): Promise<void>;
  /**
   * Takes a message of a front end to the user's code; resolves when that has dealt with it, false when a comm is to
   * be opened to a target that it does not have. What comes of it is output of `cellId`. `subshell` is 0 for the main
   * shell. Never rejects.
   */
  comm(message: CommMessage, cellId: CellId, subshell: number): Promise<boolean>;
  isComplete(code: string): Promise<IsComplete>;
  /** Also while a cell runs. */
  complete(place: CodePlace): Promise<Completions>;
  /** What is known of what stands at the cursor; undefined for nothing. Also while a cell runs. */
  inspect(request: InspectRequest): Promise<MimeBundle | undefined>;
  /**
   * Front ends are slower than the output: true asks to deliver none for now and to let the user's code wait, false
   * to go on. Without it, output that nobody has read yet is kept in memory.
   */
  holdOutput?(held: boolean): void;
  /** Ends the session and everything it started. */
  shutdown(): Promise<void>;
}
