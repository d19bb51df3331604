/** What of a source has run, as our kernel tells it with its replies. */
import { isJsonObject, type JsonValue } from '../../../jupyter/messages.ts';

/** Lines are 1-based. */
export interface CodeCoverage extends Places {
  /** On which statements begin, ascending; the others hold types, comments or nothing. */
  readonly lines: readonly LineCoverage[];
}

/** Counts that add up. */
export interface CodeCounts extends Places {
  readonly statements: readonly LineCoverage[];
}

interface Places {
  readonly branches: readonly BranchCoverage[];
  readonly functions: readonly FunctionCoverage[];
}

export interface LineCoverage {
  readonly line: number;
  readonly count: number;
}

export interface BranchCoverage {
  readonly line: number;
  /** How often each way was taken. */
  readonly arms: readonly number[];
}

export interface FunctionCoverage extends LineCoverage {
  readonly name: string;
}

export interface CoveredSource extends CodeCounts {
  /** `In[3]`, `In[3]/1`, or the path of a file. */
  readonly source: string;
}

/** Entries of another form are left out: a kernel that isn't ours may mean something else. */
export function parseCoverage(value: JsonValue | undefined): readonly CoveredSource[] {
  return objects(value).flatMap(({ source, statements, branches, functions }) => {
    if (typeof source !== 'string') return [];
    return {
      source,
      statements: objects(statements).map(({ line, count }) => ({
        line: numberOf(line),
        count: numberOf(count),
      })),
      branches: objects(branches).map(({ line, arms }) => ({
        line: numberOf(line),
        arms: Array.isArray(arms) ? arms.map(numberOf) : [],
      })),
      functions: objects(functions).map(({ name, line, count }) => ({
        name: typeof name === 'string' ? name : '',
        line: numberOf(line),
        count: numberOf(count),
      })),
    };
  });
}

/** Counts of the same code, one after the other. Where it has changed in between, the later ones. */
export function addCounts(before: CodeCounts | undefined, after: CodeCounts): CodeCounts {
  if (before === undefined || shapeOf(before) !== shapeOf(after)) return after;
  const plus = <T extends LineCoverage>(one: T, other: T | undefined): T => ({
    ...one,
    count: one.count + (other?.count ?? 0),
  });
  return {
    statements: before.statements.map((one, at) => plus(one, after.statements[at])),
    functions: before.functions.map((one, at) => plus(one, after.functions[at])),
    branches: before.branches.map(({ line, arms }, at) => ({
      line,
      arms: arms.map((count, arm) => count + (after.branches[at]?.arms[arm] ?? 0)),
    })),
  };
}

/** Of one source, that may have parts, such as a cell and the code that a magic runs for it. */
export function coverageOf(...parts: readonly CodeCounts[]): CodeCoverage {
  const lines = new Map<number, number>();
  for (const { line, count } of parts.flatMap((part) => part.statements)) {
    // Of several statements on a line, the one that has run most often: the line was reached.
    lines.set(line, Math.max(lines.get(line) ?? 0, count));
  }
  return {
    lines: [...lines].sort(([a], [b]) => a - b).map(([line, count]) => ({ line, count })),
    branches: parts.flatMap(({ branches }) => branches),
    functions: parts.flatMap(({ functions }) => functions),
  };
}

function shapeOf({ statements, branches, functions }: CodeCounts): string {
  return JSON.stringify([
    statements.map(({ line }) => line),
    branches.map(({ line, arms }) => [line, arms.length]),
    functions.map(({ name, line }) => [name, line]),
  ]);
}

function objects(value: JsonValue | undefined) {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}
