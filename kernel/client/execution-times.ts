/** When a cell ran, in the words in which JupyterLab and nbclient record it in the cell's metadata. */
import type { JsonObject, Message } from '../jupyter/messages.ts';

export class ExecutionTimes {
  readonly #times = new Map<string, string>();

  /** Takes any iopub message of the cell. */
  apply({ header, content }: Message): void {
    const { messageType } = header;
    if (messageType === 'execute_input') this.#set('iopub.execute_input', header.date);
    if (messageType === 'status') this.#set(`iopub.status.${String(content.execution_state)}`, header.date);
  }

  replied(): void {
    this.#set('shell.execute_reply', new Date().toISOString());
  }

  /** The metadata with the times as its `execution`, in place of those of an earlier run. */
  addTo(metadata: JsonObject): JsonObject {
    return this.#times.size === 0 ? metadata : { ...metadata, execution: Object.fromEntries(this.#times) };
  }

  #set(key: string, date: string): void {
    this.#times.set(key, date === '' ? new Date().toISOString() : date);
  }
}
