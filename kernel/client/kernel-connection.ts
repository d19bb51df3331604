/** What the notebook runner needs of a kernel, whichever way it is reached. */
import type { JsonObject, Message } from '../jupyter/messages.ts';

export interface ExecuteOptions {
  readonly code: string;
  /** False keeps the cells behind a failing one. */
  readonly stopOnError?: boolean;
  readonly storeHistory?: boolean;
  readonly silent?: boolean;
  readonly userExpressions?: Readonly<Record<string, string>>;
  /** Goes into the request's metadata, as JupyterLab sends the cell's id and tags. */
  readonly metadata?: JsonObject;
  /** Answers the cell's questions; without it the cell may not ask. */
  readonly onInput?: (prompt: string, password: boolean) => Promise<string> | string;
  /** Every iopub message of this request, until long after its end. */
  readonly onMessage?: (message: Message) => void;
}

export interface ExecuteReply {
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | undefined;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
  readonly content: JsonObject;
  readonly metadata: JsonObject;
}

export interface KernelConnection {
  /** Content of `kernel_info_reply`. */
  readonly info: JsonObject;
  /** Resolves once the reply and the request's idle status have come. @throws {KernelDiedError} @throws {KernelProtocolError} @throws {ReplyLostError} */
  execute(options: ExecuteOptions): Promise<ExecuteReply>;
  interrupt(): Promise<void>;
  /** Asks the kernel to end, and makes sure that it does. */
  shutdown(): Promise<void>;
  /** Ends the kernel without asking. */
  kill(): Promise<void>;
}

/** The kernel ended, or can't be reached any more; the text says how, with the end of its stderr. */
export class KernelDiedError extends Error {
  override readonly name = 'KernelDiedError';
}

/** The kernel sent what isn't a Jupyter message, so that it can't be known which request it has answered. */
export class KernelProtocolError extends Error {
  override readonly name = 'KernelProtocolError';
}

/** The kernel has run the cell and goes on, but how the cell ended can't be known. */
export class ReplyLostError extends Error {
  override readonly name = 'ReplyLostError';
}

/** The kernel is alive but has not answered in time. */
export class KernelTimeoutError extends Error {
  override readonly name = 'KernelTimeoutError';
}
