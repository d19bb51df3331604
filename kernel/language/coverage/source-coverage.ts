/** From what V8 counts, in ranges of the code that ran, to lines and branches of the TypeScript it came from. */
import type { Position, PositionMap } from '../position-map.ts';
import type { CoveragePoints, Extent } from './coverage-points.ts';

/** V8's: half-open, in UTF-16 offsets. A range within another one says more exactly how often its own part ran. */
export interface CountedRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Lines are 1-based. A type and not an interface, so that it counts as JSON. */
export type SourceCoverage = {
  /** In the order of the program; several may begin on one line. */
  readonly statements: readonly { readonly line: number; readonly count: number }[];
  readonly branches: readonly { readonly line: number; readonly arms: readonly number[] }[];
  readonly functions: readonly { readonly name: string; readonly line: number; readonly count: number }[];
};

/** @param ranges Those of all functions of the script, inner functions behind outer ones. */
export function sourceCoverage(
  code: string,
  points: CoveragePoints,
  ranges: readonly CountedRange[],
  map: PositionMap | undefined,
): SourceCoverage {
  const countAt = counter(ranges);
  const lineAt = liner(code, map);
  return {
    statements: points.statements.flatMap((statement) => {
      const line = lineAt(statement);
      return line === undefined ? [] : { line, count: countAt(statement.start) };
    }),
    branches: points.branches.flatMap((branch) => {
      const { arms, otherwise } = branch;
      const line = lineAt(branch);
      if (line === undefined) return [];
      const rest =
        otherwise === undefined ? [] : [Math.max(0, countAt(otherwise.of) - countAt(otherwise.without))];
      return { line, arms: [...arms.map(countAt), ...rest] };
    }),
    functions: points.functions.flatMap((one) => {
      const line = lineAt(one);
      return line === undefined ? [] : { name: one.name, line, count: countAt(one.body) };
    }),
  };
}

/** The count of the innermost range; what V8 says nothing about has not run since it was asked last. */
function counter(ranges: readonly CountedRange[]): (offset: number) => number {
  return (offset) => {
    let innermost: CountedRange | undefined;
    for (const range of ranges) {
      if (range.startOffset > offset || range.endOffset <= offset) continue;
      if (innermost === undefined || length(range) <= length(innermost)) innermost = range;
    }
    return innermost?.count ?? 0;
  };
}

function length({ startOffset, endOffset }: CountedRange): number {
  return endOffset - startOffset;
}

/** The line in the source on which something begins; undefined for what was added to it. */
function liner(code: string, map: PositionMap | undefined): (extent: Extent) => number | undefined {
  const starts = [0, ...[...code.matchAll(/\n/gu)].map(({ index }) => index + 1)];
  const positionAt = (offset: number): Position => {
    const next = starts.findIndex((start) => start > offset);
    const line = next === -1 ? starts.length : next;
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
  return ({ start, end }) => {
    if (map === undefined) return positionAt(start).line;
    // What was put in front of a statement, such as a call around an `await`, is on no line.
    for (let offset = start; offset < end; offset++) {
      const position = map(positionAt(offset));
      if (position !== undefined) return position.line;
    }
    return undefined;
  };
}
