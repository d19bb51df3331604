import { describeJson, MessageError } from '../messages.ts';
import type { History, HistoryEntry, HistorySearch } from './history.ts';

/** The history of this kernel's life; its session number is always 1. */
export class MemoryHistory implements History {
  readonly #entries: HistoryEntry[] = [];

  append(line: number, input: string, output: string | undefined): void {
    this.#entries.push({ session: 1, line, input, output });
  }

  tail(count: number): readonly HistoryEntry[] {
    return count <= 0 ? [] : this.#entries.slice(-count);
  }

  range(session: number, start: number, stop: number | undefined): readonly HistoryEntry[] {
    if (session !== 0 && session !== 1) return [];
    return this.#entries.filter(({ line }) => line >= start && (stop === undefined || line < stop));
  }

  search({ pattern, count, unique }: HistorySearch): readonly HistoryEntry[] {
    const expression = globToRegExp(pattern);
    let found = this.#entries.filter(({ input }) => expression.test(input));
    if (unique) {
      const newest = new Map(found.map((entry) => [entry.input, entry]));
      found = found.filter((entry) => newest.get(entry.input) === entry);
    }
    if (count === undefined) return found;
    return count <= 0 ? [] : found.slice(-count);
  }

  async close(): Promise<void> {}
}

/** SQLite's GLOB, which Jupyter's history search is defined by: the whole text must match, case matters. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replace(/\[(\^?)([^\]]+)\]|[\s\S]/gu, (piece, negation?: string, members?: string) => {
    if (members !== undefined) return `[${negation ?? ''}${members.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (piece === '*') return '[\\s\\S]*';
    if (piece === '?') return '[\\s\\S]';
    return piece.replace(/[\\^$.+()[\]{}|/]/g, '\\$&');
  });
  try {
    return new RegExp(`^${source}$`, 'u');
  } catch {
    throw new MessageError(`history_request: content.pattern is ${describeJson(glob)}; expected a glob`);
  }
}
