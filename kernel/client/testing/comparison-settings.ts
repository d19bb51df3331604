/** `KEY=COMPARER` words, from the command line or a cell's marker, to comparers. */
import {
  COMPARER_NAMES,
  type Comparer,
  type ComparerName,
  comparerNamed,
  isComparerName,
  type Tolerance,
} from './comparers.ts';

/** A word that isn't KEY=COMPARER; the text says what was expected. */
export class ComparisonError extends Error {
  override readonly name = 'ComparisonError';
}

/** @throws {ComparisonError} */
export function parseComparisons(
  words: readonly string[],
  tolerance: Tolerance,
): Readonly<Record<string, Comparer>> {
  return Object.fromEntries(
    words.map((word) => {
      const [key, name] = parseComparison(word);
      return [key, comparerNamed(name, tolerance)];
    }),
  );
}

/** The last `=` separates: MIME types have parameters (`text/html;charset=utf-8`). */
function parseComparison(word: string): readonly [key: string, name: ComparerName] {
  const at = word.lastIndexOf('=');
  const name = word.slice(at + 1);
  if (at > 0 && isComparerName(name)) return [word.slice(0, at), name];
  throw new ComparisonError(
    `the comparison is "${word}"; expected KEY=COMPARER, KEY being a MIME type, stdout, stderr, ename or evalue, COMPARER one of ${COMPARER_NAMES.join(', ')}`,
  );
}
