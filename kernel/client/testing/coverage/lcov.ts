/** Coverage as editors and CI services read it: https://github.com/linux-test-project/lcov (geninfo, "FILES"). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CodeCoverage } from './code-coverage.ts';
import type { CoveredFile } from './covered-files.ts';

/** Makes the folder, too. */
export function writeLcov(path: string, files: readonly CoveredFile[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lcovText(files));
}

export function lcovText(files: readonly CoveredFile[]): string {
  return files.map(({ path, coverage }) => record(path, coverage)).join('');
}

function record(path: string, { lines, branches, functions }: CodeCoverage): string {
  // Counts of functions are told by name, so no two may have the same.
  const named = functions.map((one, at) => ({ ...one, name: `${one.name}#${at + 1}` }));
  const arms = branches.flatMap(({ line, arms: counts }, block) => {
    // A dash: the place was not reached at all.
    const isReached = counts.some((count) => count > 0);
    return counts.map((count, arm) => `BRDA:${line},${block},${arm},${isReached ? count : '-'}`);
  });
  const taken = branches.flatMap((branch) => branch.arms).filter((count) => count > 0).length;
  return [
    'TN:',
    `SF:${path}`,
    ...named.map(({ name, line }) => `FN:${line},${name}`),
    ...named.map(({ name, count }) => `FNDA:${count},${name}`),
    `FNF:${named.length}`,
    `FNH:${hit(named)}`,
    ...arms,
    `BRF:${arms.length}`,
    `BRH:${taken}`,
    ...lines.map(({ line, count }) => `DA:${line},${count}`),
    `LF:${lines.length}`,
    `LH:${hit(lines)}`,
    'end_of_record\n',
  ].join('\n');
}

function hit(items: readonly { readonly count: number }[]): number {
  return items.filter(({ count }) => count > 0).length;
}
