import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Case, type CaseSection, formatCaseFile, parseCaseFile, sectionBody } from './case-file.ts';
import { repositoryRoot } from './repository-root.ts';

/** What a section's body should be: computed from the case, then compared with what the file says. */
export type Produce = (input: {
  readonly case: Case;
  readonly section: CaseSection;
  /** Relative to the folder given to `runCases`, e.g. `python/loops.txt`. */
  readonly path: string;
}) => string | Promise<string>;

export interface CaseFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly absolutePath: string;
  readonly cases: readonly Case[];
}

/** Reads all `*.txt` case files below a folder; a relative one is named from the repository's root. */
export function readCaseFiles(folder: string): CaseFile[] {
  const root = resolve(repositoryRoot, folder);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.txt'),
  );
  return paths.sort().map((path) => {
    const absolutePath = join(root, path);
    const shown = relative(repositoryRoot, absolutePath);
    return { path, absolutePath, cases: parseCaseFile(readFileSync(absolutePath, 'utf8'), shown) };
  });
}

/**
 * Makes one uvu test of every case below `folder`. A mismatch leaves what was produced beside the file as
 * `*.txt.actual`; `UPDATE=1` rewrites the file instead, and is refused where `CI` is set.
 */
export function runCases(folder: string, produce: Produce): void {
  const { CI, UPDATE } = process.env;
  const update = UPDATE === '1';
  if (update && CI !== undefined && CI !== '' && CI !== 'false') {
    throw new Error('UPDATE=1 rewrites expectations and is not allowed where CI is set');
  }
  const files = readCaseFiles(folder);
  if (files.length === 0) throw new Error(`${folder} has no case files (*.txt)`);
  for (const file of files) runCaseFile(file, produce, update);
}

function runCaseFile(file: CaseFile, produce: Produce, update: boolean): void {
  const test = suite(file.path);
  const actualCases = [...file.cases];
  for (const [index, expected] of file.cases.entries()) {
    test(`${file.path}:${expected.line} ${expected.title}`, async () => {
      const sections: CaseSection[] = [];
      for (const section of expected.sections) {
        const body = await produce({ case: expected, section, path: file.path });
        sections.push({ ...section, body: sectionBody(body) });
      }
      actualCases[index] = { ...expected, sections };
      if (update) return;
      for (const [at, { body }] of sections.entries()) assert.is(body, expected.sections[at]?.body);
    });
  }
  test.after(() => recordActual(file, actualCases, update));
  test.run();
}

function recordActual(file: CaseFile, actualCases: readonly Case[], update: boolean): void {
  const actualPath = `${file.absolutePath}.actual`;
  const actual = formatCaseFile(actualCases);
  const differs = actual !== formatCaseFile(file.cases);
  if (update && actual !== readFileSync(file.absolutePath, 'utf8')) writeFileSync(file.absolutePath, actual);
  if (differs && !update) writeFileSync(actualPath, actual);
  else if (existsSync(actualPath)) rmSync(actualPath);
}
