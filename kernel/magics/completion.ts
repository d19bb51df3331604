/** What a magic offers where the user types, and how most magics find it. */

export interface MagicCompletion {
  readonly text: string;
  /** `magic`, `option`, `type`, …: front ends show it. */
  readonly type: string;
  /** One line about it. */
  readonly signature?: string;
}

export interface MagicCompletions {
  /** Half-open range, in the text that was given, of what a match replaces. */
  readonly start: number;
  readonly end: number;
  readonly matches: readonly MagicCompletion[];
}

/** Those of `candidates` that begin as the word before the cursor does; words are what `pattern` matches at its end. */
export function completeWord(
  text: string,
  cursor: number,
  candidates: readonly MagicCompletion[],
  pattern = /[^\s=]*$/u,
): MagicCompletions {
  const word = pattern.exec(text.slice(0, cursor))?.[0] ?? '';
  const matches = candidates.filter(
    (candidate) => candidate.text.startsWith(word) && candidate.text !== word,
  );
  return { start: cursor - word.length, end: cursor, matches };
}

/** `--name` for each option. */
export function optionCompletions(names: readonly string[]): readonly MagicCompletion[] {
  return names.map((name) => ({ text: `--${name}`, type: 'option' }));
}
