/** Which comms are open, whoever opened them (messaging spec, "Custom Messages"). */
import type { CommMessage } from './interpreter.ts';
import type { JsonObject } from './messages.ts';

export class Comms {
  /** Target names by comm id. */
  readonly #open = new Map<string, string>();

  /** Takes every message about a comm, of either side. */
  see(message: CommMessage): void {
    if (message.type === 'comm_open') this.#open.set(message.commId, message.targetName ?? '');
    if (message.type === 'comm_close') this.#open.delete(message.commId);
  }

  isOpen(commId: string): boolean {
    return this.#open.has(commId);
  }

  /** As `comm_info_reply` lists them; those of one target, or all. */
  list(targetName: string | undefined): JsonObject {
    const entries = [...this.#open].filter(([, name]) => targetName === undefined || name === targetName);
    return Object.fromEntries(entries.map(([id, name]) => [id, { target_name: name }]));
  }

  /** Forgets all; returns their ids. */
  closeAll(): readonly string[] {
    const ids = [...this.#open.keys()];
    this.#open.clear();
    return ids;
  }
}
