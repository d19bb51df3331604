/** Coverage on the terminal: a line a file, with what has not run. */
import type { Palette } from '../palette.ts';
import type { CodeCoverage } from './code-coverage.ts';
import type { CoveredFile } from './covered-files.ts';

interface Share {
  readonly hit: number;
  readonly of: number;
}

interface Shares {
  readonly lines: Share;
  readonly branches: Share;
  readonly functions: Share;
}

const HEAD = ['coverage', 'lines', 'branches', 'functions'];

/** @param unmeasured Notebooks whose kernel tells nothing. */
export function coverageTable(
  files: readonly CoveredFile[],
  unmeasured: readonly string[],
  colours: Palette,
): string {
  const none = unmeasured.map(
    (path) =>
      `${path}: no coverage: only the rjit kernel measures it, and this notebook ran in another one\n`,
  );
  if (files.length === 0) return `\n${none.map(colours.yellow).join('')}`;
  const shares = files.map(({ coverage }) => sharesOf(coverage));
  const all = files.length > 1 ? [['all', ...cells(sumOf(shares))]] : [];
  const rows = [HEAD, ...files.map(({ path }, at) => [path, ...cells(shares[at] ?? sumOf([]))]), ...all];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row, at) => {
    const text = row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ');
    const missing = files[at - 1]?.missing ?? '';
    if (at === 0) return colours.bold(text);
    return missing === '' ? colours.green(text) : `${colours.yellow(text)}  not run: ${missing}`;
  });
  return `\n${lines.map((line) => `${line.trimEnd()}\n`).join('')}${none.map(colours.yellow).join('')}`;
}

function cells({ lines, branches, functions }: Shares): readonly string[] {
  return [lines, branches, functions].map(({ hit, of }) => {
    // Rounded down: 100 % is all of it.
    const percent = of === 0 ? '' : `${String(Math.floor((100 * hit) / of)).padStart(4)} %`;
    return `${hit}/${of}${percent}`;
  });
}

function pad(text: string, width: number, column: number): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

function sharesOf({ lines, branches, functions }: CodeCoverage): Shares {
  const share = (counts: readonly number[]): Share => ({
    hit: counts.filter((count) => count > 0).length,
    of: counts.length,
  });
  return {
    lines: share(lines.map(({ count }) => count)),
    branches: share(branches.flatMap(({ arms }) => arms)),
    functions: share(functions.map(({ count }) => count)),
  };
}

function sumOf(shares: readonly Shares[]): Shares {
  const sum = (of: keyof Shares): Share => ({
    hit: shares.reduce((total, each) => total + each[of].hit, 0),
    of: shares.reduce((total, each) => total + each[of].of, 0),
  });
  return { lines: sum('lines'), branches: sum('branches'), functions: sum('functions') };
}
