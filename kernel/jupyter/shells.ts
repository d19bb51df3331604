/**
 * The main shell and its subshells (JEP 91). Each answers its requests one after the other, beside those of the
 * others, and has an execution count and a history of its own.
 */
import { randomUUID } from 'node:crypto';
import type { History } from './history/history.ts';
import { MemoryHistory } from './history/memory-history.ts';
import type { Message } from './messages.ts';

export interface Queued {
  readonly request: Message;
  /** Set when a cell before this one failed with `stop_on_error`. */
  aborted: boolean;
}

export class Shell {
  /** Absent: the main shell. */
  readonly id: string | undefined;
  /** Counts the subshells of a kernel's life; 0 is the main shell. */
  readonly number: number;
  readonly history: History;
  readonly queue: Queued[] = [];
  /** The request of the queue that is being answered. */
  running: Message | undefined;
  /** The number of the latest execution that was stored in history; 0 before the first. */
  executionCount = 0;
  isDeleted = false;

  constructor(history: History, number = 0, id?: string) {
    this.history = history;
    this.number = number;
    this.id = id;
  }
}

export class Shells {
  readonly main: Shell;
  readonly #subshells = new Map<string, Shell>();
  #created = 0;

  constructor(mainHistory: History) {
    this.main = new Shell(mainHistory);
  }

  /** The shell that a request's header names; undefined when there is none of that id. */
  find(id: string | undefined): Shell | undefined {
    return id === undefined ? this.main : this.#subshells.get(id);
  }

  /** Ids are never used again, not by another kernel either: a client may not have noticed a restart. */
  create(): string {
    this.#created += 1;
    const id = randomUUID();
    this.#subshells.set(id, new Shell(new MemoryHistory(), this.#created, id));
    return id;
  }

  /** What runs in it goes on to its end; what waits finds no subshell. False when there is none of that id. */
  delete(id: string): boolean {
    const shell = this.#subshells.get(id);
    if (shell !== undefined) shell.isDeleted = true;
    return this.#subshells.delete(id);
  }

  list(): readonly string[] {
    return [...this.#subshells.keys()];
  }
}
