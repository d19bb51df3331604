import type { Session } from './session.ts';

/** A client that lost its connection may take this long to come back to its functions. */
const lingerMs = 60_000;
/** What all ended sessions together may hold; beyond it the oldest are forgotten. */
const maxIrByteLength = 64 * 1024 * 1024;

/** Sessions whose client has gone, kept for a moment without worker or connection: only what they had compiled. */
export class EndedSessions {
  readonly #sessions = new Map<string, { readonly session: Session; readonly timer: NodeJS.Timeout }>();

  add(session: Session): void {
    if (session.irByteLength === 0) return;
    const timer = setTimeout(() => this.take(session.id), lingerMs);
    timer.unref();
    this.#sessions.set(session.id, { session, timer });
    for (const id of this.#sessions.keys()) {
      if (this.#irByteLength() <= maxIrByteLength) return;
      this.take(id);
    }
  }

  take(id: string): Session | undefined {
    const found = this.#sessions.get(id);
    if (found === undefined) return undefined;
    clearTimeout(found.timer);
    this.#sessions.delete(id);
    return found.session;
  }

  #irByteLength(): number {
    let total = 0;
    for (const { session } of this.#sessions.values()) total += session.irByteLength;
    return total;
  }
}
