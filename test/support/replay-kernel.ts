/** A kernel that answers each cell with the messages that another kernel answered it with when it was recorded. */
import {
  type ExecuteOptions,
  type ExecuteReply,
  type KernelConnection,
  KernelDiedError,
} from '../../kernel/client/kernel-connection.ts';
import type { JsonObject, Message } from '../../kernel/jupyter/messages.ts';

export interface RecordedMessage {
  readonly type: string;
  readonly content: JsonObject;
}

export interface RecordedCell {
  readonly before: readonly RecordedMessage[];
  /** What came only after an interrupt. */
  readonly after?: readonly RecordedMessage[];
  /** The kernel ended in this cell. */
  readonly died?: boolean;
  readonly reply?: JsonObject;
}

export class ReplayKernel implements KernelConnection {
  readonly info: JsonObject = {};
  readonly #cells: RecordedCell[];
  #interrupt: () => void = () => {};

  /** The cells that are run, in their order. */
  constructor(cells: readonly RecordedCell[]) {
    this.#cells = [...cells];
  }

  async execute({ onMessage }: ExecuteOptions): Promise<ExecuteReply> {
    const cell = this.#cells.shift();
    if (cell === undefined) throw new Error('more cells were run than were recorded');
    for (const message of cell.before) onMessage?.(toMessage(message));
    if (cell.died) throw new KernelDiedError('the kernel ended (recorded)');
    if (cell.after !== undefined) {
      await new Promise<void>((resolve) => {
        this.#interrupt = resolve;
      });
      for (const message of cell.after) onMessage?.(toMessage(message));
    }
    return toReply(cell.reply ?? {});
  }

  async interrupt(): Promise<void> {
    this.#interrupt();
  }

  async shutdown(): Promise<void> {}

  async kill(): Promise<void> {}
}

function toMessage({ type, content }: RecordedMessage): Message {
  const header = { messageId: '', session: '', username: '', date: '', messageType: type, version: '5.3' };
  return { identities: [], header, headerJson: '{}', parentHeader: {}, metadata: {}, content, buffers: [] };
}

function toReply(content: JsonObject): ExecuteReply {
  const { status, ename, evalue, traceback } = content;
  return {
    status: status === 'ok' ? 'ok' : 'error',
    executionCount: undefined,
    ename: String(ename ?? ''),
    evalue: String(evalue ?? ''),
    traceback: Array.isArray(traceback) ? traceback.map(String) : [],
    content,
    metadata: {},
  };
}
