/** The coverage of all notebooks that were tested, file by file: notebooks first, then what they import. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { addCounts, type CodeCounts, type CodeCoverage, coverageOf } from './code-coverage.ts';
import type { NotebookCoverage } from './notebook-coverage.ts';
import { sourceLines } from './source-lines.ts';

export interface CoveredFile {
  readonly path: string;
  /** In lines of the file. */
  readonly coverage: CodeCoverage;
  /** Which lines have not run, in words. */
  readonly missing: string;
}

export interface MeasuredNotebook {
  readonly path: string;
  readonly coverage: NotebookCoverage;
}

export function coveredFiles(notebooks: readonly MeasuredNotebook[]): readonly CoveredFile[] {
  const imported = new Map<string, CodeCounts>();
  for (const [path, coverage] of notebooks.flatMap((one) => [...one.coverage.files])) {
    imported.set(path, addCounts(imported.get(path), coverage));
  }
  const files = [...imported].map(([path, counts]): CoveredFile => {
    const coverage = coverageOf(counts);
    return { path: shownPath(path), coverage, missing: ranges(missingLines(coverage)) };
  });
  return [...notebooks.map(notebookFile), ...files.sort((a, b) => (a.path < b.path ? -1 : 1))];
}

function notebookFile({ path, coverage }: MeasuredNotebook): CoveredFile {
  const places = sourceLines(readFileSync(path, 'utf8'));
  const cells = [...coverage.cells].sort(([a], [b]) => a - b);
  const inFile = cells.map(([index, cell]) => countsInFile(cell, places[index] ?? []));
  const missing = cells.flatMap(([index, cell]) => {
    const lines = ranges(missingLines(cell));
    return lines === '' ? [] : `cell ${index + 1}: ${lines}`;
  });
  return { path, coverage: coverageOf(...inFile), missing: missing.join('; ') };
}

/** From lines of a cell to lines of its file. */
function countsInFile({ lines, branches, functions }: CodeCoverage, places: readonly number[]): CodeCounts {
  const move = <T extends { readonly line: number }>(items: readonly T[]): readonly T[] =>
    items.flatMap((item) => {
      const line = places[item.line - 1];
      return line === undefined ? [] : { ...item, line };
    });
  return { statements: move(lines), branches: move(branches), functions: move(functions) };
}

function missingLines({ lines }: CodeCoverage): readonly { line: number; isMissing: boolean }[] {
  return lines.map(({ line, count }) => ({ line, isMissing: count === 0 }));
}

/** `4–7, 9`: lines that hold no statement don't interrupt a range. */
function ranges(lines: readonly { line: number; isMissing: boolean }[]): string {
  const found: [first: number, last: number][] = [];
  let isOpen = false;
  for (const { line, isMissing } of lines) {
    const current = found.at(-1);
    if (isMissing && isOpen && current !== undefined) current[1] = line;
    else if (isMissing) found.push([line, line]);
    isOpen = isMissing;
  }
  return found.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(', ');
}

/** Short where the file is below the current folder. */
function shownPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
}
