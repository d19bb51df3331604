import { NO_PARENT, type ParentJson } from './channels.ts';
import type { CellId } from './interpreter.ts';
import type { Requester } from './messages.ts';
import type { Shell } from './shells.ts';

/** How many cells back late output still finds its own cell; older output goes to the latest cell. */
const REMEMBERED_CELLS = 4096;

export interface Execution {
  readonly cellId: CellId;
  readonly executionCount: number;
  readonly requester: Requester;
  readonly silent: boolean;
  readonly allowStdin: boolean;
  readonly subshellId?: string | undefined;
}

/** Numbers executions and remembers which request each belongs to, so that late output reaches its own cell. */
export class Executions {
  readonly #byCell = new Map<CellId, Execution>();
  #latest: Execution | undefined;
  #lastCellId = 0;

  /** An execution that isn't stored gets the next number too, but leaves it to the next one. */
  begin(
    { identities, headerJson }: Requester,
    options: { readonly silent: boolean; readonly storeHistory: boolean; readonly allowStdin: boolean },
    shell: Shell,
  ): Execution {
    const executionCount = shell.executionCount + 1;
    if (options.storeHistory && !options.silent) shell.executionCount = executionCount;
    this.#lastCellId += 1;
    const { silent, allowStdin } = options;
    // Without the request's content: it would be kept as long as late output may come.
    const requester = { identities, headerJson };
    const execution = {
      cellId: this.#lastCellId,
      executionCount,
      requester,
      silent,
      allowStdin,
      subshellId: shell.id,
    };
    this.#remember(execution);
    if (!silent) this.#latest = execution;
    return execution;
  }

  /** For what a message that is no cell puts out. */
  attach({ identities, headerJson }: Requester): CellId {
    this.#lastCellId += 1;
    const cellId = this.#lastCellId;
    const requester = { identities, headerJson };
    this.#remember({ cellId, executionCount: 0, requester, silent: false, allowStdin: false });
    return cellId;
  }

  #remember(execution: Execution): void {
    this.#byCell.set(execution.cellId, execution);
    this.#byCell.delete(execution.cellId - REMEMBERED_CELLS);
  }

  /** The execution that output belongs to; without a cell, the latest one that isn't silent. */
  find(cellId: CellId | undefined): Execution | undefined {
    return (cellId === undefined ? undefined : this.#byCell.get(cellId)) ?? this.#latest;
  }

  parentOf(cellId: CellId | undefined): ParentJson {
    return this.find(cellId)?.requester.headerJson ?? NO_PARENT;
  }
}
