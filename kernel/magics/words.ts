import { closestName } from '../compiler/closest-name.ts';
import { UsageError } from './usage-error.ts';

/** A word of a magic's arguments. */
export interface Word {
  /** Without its quotes. */
  readonly text: string;
  /** Half-open range in the text that was split, quotes included. */
  readonly start: number;
  readonly end: number;
}

/** Splits arguments at blanks; quotes keep blanks: `--name 'a b'`, `--name="a b"`. There are no escapes. */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)) {
    const unquoted = match[0].replace(
      /"([^"]*)"|'([^']*)'/g,
      (_, double = '', single = '') => double + single,
    );
    words.push({ text: unquoted, start: match.index, end: match.index + match[0].length });
  }
  return words;
}

export interface ParsedOptions {
  /** By name, without the dashes. */
  readonly values: ReadonlyMap<string, string>;
  /** The words that are neither options nor their values. */
  readonly rest: readonly Word[];
  /** The words that are. */
  readonly taken: readonly Word[];
}

/**
 * Takes `--name VALUE`, `--name=VALUE` and the flags, which have no value, out of the words. Throws UsageError for
 * names that are in neither list.
 */
export function takeOptions(
  magic: string,
  words: readonly Word[],
  known: readonly string[],
  flags: readonly string[] = [],
): ParsedOptions {
  const values = new Map<string, string>();
  const rest: Word[] = [];
  const taken: Word[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const [, name, equals, inline = ''] = /^--([^=]+)(=(.*))?$/s.exec(word.text) ?? [];
    if (name === undefined) {
      rest.push(word);
      continue;
    }
    if (flags.includes(name) && equals === undefined) {
      values.set(name, '');
      taken.push(word);
      continue;
    }
    if (flags.includes(name)) throw new UsageError(`${magic}: --${name} takes no value; found ${word.text}`);
    if (!known.includes(name)) throw unknownOption(magic, name, [...known, ...flags]);
    const next = equals === undefined ? words[++index] : undefined;
    if (equals === undefined && (next === undefined || next.text.startsWith('--'))) {
      throw new UsageError(`${magic}: --${name} needs a value, as in --${name}=VALUE`);
    }
    values.set(name, next?.text ?? inline);
    taken.push(word, ...(next === undefined ? [] : [next]));
  }
  return { values, rest, taken };
}

function unknownOption(magic: string, name: string, known: readonly string[]): UsageError {
  const meant = closestName(name, known);
  const hint =
    meant === undefined
      ? `it knows ${known.map((option) => `--${option}`).join(', ')}`
      : `did you mean --${meant}?`;
  return new UsageError(`${magic} has no option --${name}; ${hint}`);
}
