/** Waits for notebooks to change, for `--watch`. */
import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Editors write a file in several steps; what changes within this time is one change. */
const SETTLE_MS = 100;

export class ChangeWatcher {
  readonly #paths: readonly string[];
  readonly #watchers: readonly FSWatcher[];
  readonly #known = new Map<string, string>();
  #wake: () => void = () => {};

  /** Watches folders, for editors replace files by others of the same name. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
    const folders = new Set(paths.map((path) => dirname(resolve(path))));
    this.#watchers = [...folders].map((folder) => watch(folder, () => this.#wake()));
    this.remember();
  }

  /** What the files hold now is no change: a test with `--update` has written it. */
  remember(): void {
    for (const path of this.#paths) this.#known.set(path, fingerprint(path));
  }

  /** Resolves with the files whose contents have changed since they were remembered; empty when `signal` aborts. */
  async changed(signal: AbortSignal): Promise<readonly string[]> {
    while (!signal.aborted) {
      const changed = this.#paths.filter((path) => {
        const now = fingerprint(path);
        // A file that is gone is being replaced, or will be missed by nobody.
        return now !== '' && now !== this.#known.get(path);
      });
      if (changed.length > 0) return changed;
      await this.#event(signal);
    }
    return [];
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
  }

  async #event(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}

/** Empty when the file can't be read. */
function fingerprint(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return '';
  }
}
