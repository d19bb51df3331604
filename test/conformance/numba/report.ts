import type { Findings } from '../group.ts';
import type { CheckedFunction } from './check-function.ts';
import type { Judged } from './judge.ts';

export interface NumbaResults {
  readonly checked: readonly CheckedFunction[];
  readonly notApplicable: readonly { readonly reason: string }[];
  readonly judged: readonly Judged[];
  readonly versions: string;
}

/** Reasons of fewer functions are summed up. */
const LISTED_REASONS = 25;

export function numbaFindings(results: NumbaResults): Findings {
  const { checked, judged } = results;
  const unexplained = judged.filter(({ reason }) => reason === undefined);
  return {
    markdown: markdown(results),
    details: {
      notCompiled: checked.filter(({ problem }) => problem !== undefined).map(placeAndProblem),
      disagreements: judged.map(describe),
    },
    unexplained: unexplained.map((one) => JSON.stringify(describe(one))),
  };
}

function placeAndProblem({ function: { file, line, name }, problem }: CheckedFunction): string {
  return `${file}:${line} ${name}: ${problem ?? ''}`;
}

function describe(one: Judged): unknown {
  const { function: lifted, signature, call, outcome, model, numba, reason } = one;
  const { file, line, name, source } = lifted;
  const found =
    outcome.kind === 'value'
      ? String(outcome.value)
      : outcome.kind === 'raised'
        ? `${outcome.exception}: ${outcome.message}`
        : String(outcome.error);
  const expected = call.raises === undefined ? call.value : `${call.raises}: ${call.message ?? ''}`;
  const place = `${file}:${line} ${name}`;
  return { reason, place, signature, arguments: call.arguments, expected, found, model, numba, source };
}

function markdown({ checked, notApplicable, judged, versions }: NumbaResults): string {
  const compiled = checked.filter(({ problem }) => problem === undefined);
  const agreeing = sum(compiled.map((one) => one.agreeing));
  const signatures = sum(compiled.map((one) => one.signatures.length));
  const unexplained = judged.filter(({ reason }) => reason === undefined).length;
  return `## The functions of numba's tests

\`lift.py\` takes every plain function out of the tests of the installed numba, with the helpers, constants and imports
that it needs. CPython calls each with numbers of each type and, where it indexes, with arrays. The types for which it
neither complains nor returns what is no number are the signatures to compile for; the calls are made again through the
backend. What differs from CPython must have a reason: a rule of [LANGUAGE.md](LANGUAGE.md) that holds for the call; that
CPython computes the same once its ints have 64 bits and its float32 are float32 (\`model.py\`); or that numba does the same.

${versions}. Results agree to the last bit but for functions of the mathematics library (4 units in the last place).

| | |
|---|---:|
| Functions found in numba's tests, each counted once | ${checked.length + notApplicable.length} |
| CPython runs them with numbers, and the result is one | ${checked.length} |
| **rjit compiles them** | **${compiled.length}** |
| for so many signatures | ${signatures} |
| Calls that agree with CPython | ${agreeing} |
| Calls that rightly differ | ${judged.length - unexplained} |
| Calls that differ without a reason | ${unexplained} |

Why calls rightly differ:

${table('Reason', countBy(judged.flatMap(({ reason }) => reason ?? [])))}

Why ${checked.length - compiled.length} functions don't compile:

${table('Diagnostic', shortened(countBy(checked.flatMap(({ problem }) => (problem === undefined ? [] : generalised(problem))))))}

Why ${notApplicable.length} functions are not for numbers:

${table('CPython', shortened(countBy(notApplicable.map(({ reason }) => generalised(reason)))))}
`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function countBy(items: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function shortened(counts: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  const rest = counts.slice(LISTED_REASONS);
  if (rest.length === 0) return counts;
  return [...counts.slice(0, LISTED_REASONS), [`${rest.length} others`, sum(rest.map(([, count]) => count))]];
}

/** A message without what differs from function to function. */
function generalised(problem: string): string {
  return problem
    .replace(/^(uses) .*/, '$1 what is not plain Python')
    .replace(/\b(float|int|uint|complex)\d+(\[,?\])?/g, 'T$2')
    .replace(/\([^()]*T[^()]*\)/g, '(…)');
}

function table(head: string, rows: readonly (readonly [string, number])[]): string {
  const lines = rows.map(([text, count]) => `| ${text.replaceAll('|', '\\|')} | ${count} |`);
  return [`| ${head} | |`, '|---|---:|', ...lines].join('\n');
}
