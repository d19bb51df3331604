import type { Comms } from './comms.ts';
import type { ConnectionInfo } from './connection-file.ts';
import type { Executions } from './executions.ts';
import type { Interpreter } from './interpreter.ts';
import { errorContent, type Iopub } from './iopub.ts';
import type { KernelInfo } from './kernel-info.ts';
import type { JsonObject, Message } from './messages.ts';
import type { Shell, Shells } from './shells.ts';
import type { Stdin } from './stdin.ts';

/** What request handlers work with. */
export interface KernelServices {
  readonly info: KernelInfo;
  readonly connection: ConnectionInfo;
  readonly interpreter: Interpreter;
  readonly iopub: Iopub;
  readonly stdin: Stdin;
  readonly executions: Executions;
  readonly comms: Comms;
  readonly shells: Shells;
  /** Identifies this kernel in `execute_reply`'s metadata. */
  readonly engine: string;
  /** Stops the running cell and every wait for input. */
  interrupt(): Promise<void>;
  /** Takes effect once the current request's reply and idle are out. */
  requestShutdown(restart: boolean): void;
}

export interface Reply {
  readonly content: JsonObject;
  readonly metadata?: JsonObject;
  /** True: the execute requests that wait behind this one, in the same shell, are answered with `aborted`. */
  readonly abortsQueue?: boolean;
}

export interface RequestHandler {
  /** Absent for messages that are never replied to. */
  readonly replyType?: string;
  /** May throw a MessageError for content that isn't what the protocol says: the client gets it as an error reply. */
  handle(request: Message, kernel: KernelServices, shell: Shell): Promise<Reply> | Reply;
}

export function errorReply(ename: string, evalue: string): Reply {
  return { content: { status: 'error', ...errorContent({ ename, evalue, traceback: [] }) } };
}

export function unknownSubshell(id: string): Reply {
  return errorReply('UnknownSubshell', `this kernel has no subshell ${id}; list_subshell_request lists them`);
}
