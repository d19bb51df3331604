/** Two texts line by line, and two lines character by character: the longest common subsequence of each. */

export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly items: readonly string[];
}

/** Above this many comparisons what lies between the common start and end counts as replaced. */
const MAX_TABLE_SIZE = 4_000_000;

/** What takes `before` to `after`, in order; removed comes before added. */
export function diffSequences(before: readonly string[], after: readonly string[]): readonly DiffPart[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const shorter = Math.min(before.length, after.length) - start;
  while (end < shorter && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middleBefore = before.slice(start, before.length - end);
  const middleAfter = after.slice(start, after.length - end);
  return [
    { kind: 'same', items: before.slice(0, start) } as const,
    ...diffMiddle(middleBefore, middleAfter),
    { kind: 'same', items: before.slice(before.length - end) } as const,
  ].filter(({ items }) => items.length > 0);
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly DiffPart[] {
  const columns = after.length + 1;
  if ((before.length + 1) * columns > MAX_TABLE_SIZE) {
    return [
      { kind: 'removed', items: before },
      { kind: 'added', items: after },
    ];
  }
  // lengths[i * columns + j]: of the longest common subsequence of before[i…] and after[j…].
  const lengths = new Uint32Array((before.length + 1) * columns);
  const length = (row: number, column: number) => lengths[row * columns + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      lengths[row * columns + column] =
        before[row] === after[column]
          ? length(row + 1, column + 1) + 1
          : Math.max(length(row + 1, column), length(row, column + 1));
    }
  }
  return walk(before, after, length);
}

function walk(
  before: readonly string[],
  after: readonly string[],
  length: (row: number, column: number) => number,
): readonly DiffPart[] {
  const parts: { kind: DiffPart['kind']; items: string[] }[] = [];
  const add = (kind: DiffPart['kind'], item: string) => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.items.push(item);
    else parts.push({ kind, items: [item] });
  };
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const removed = before[row];
    const added = after[column];
    if (removed !== undefined && removed === added) {
      add('same', removed);
      row += 1;
      column += 1;
    } else if (
      removed !== undefined &&
      (added === undefined || length(row + 1, column) >= length(row, column + 1))
    ) {
      add('removed', removed);
      row += 1;
    } else if (added !== undefined) {
      add('added', added);
      column += 1;
    }
  }
  return parts;
}
