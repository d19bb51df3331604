import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readNotebook } from '../../../kernel/client/read-notebook.ts';
import { findNotebooks } from '../../../kernel/client/testing/find-notebooks.ts';
import type { Findings, Group } from '../group.ts';
import {
  environmentVersions,
  type NotebookPackage,
  notebookEnvironment,
  notebooksOf,
  PACKAGES,
} from './packages.ts';
import { namesTheDifference, type TriedNotebook, tryNotebook } from './try-notebook.ts';

/** What differs from run to run by its nature, in nbval's format. */
const SANITIZERS = `[addresses of objects]
regex: 0x[0-9a-f]{6,}
replace: ADDRESS

[the time of day, in seconds and as a date]
regex: \\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?
replace: TIME

[pandas and Jupyter number their widgets and tables at random]
regex: [0-9a-f]{32}
replace: ID

[folders of the machine]
regex: (/[\\w.+-]+)+/(?=[\\w.-]+\\.(py|ipynb|json))
replace: FOLDER/
`;

/** These are tests of what goes wrong, or are not to be run; the text says why they can't be green, the pattern how it shows. */
const EXPECTED: Readonly<Record<string, readonly [why: string, shows: RegExp]>> = {
  'Autokill.ipynb': ['kills its kernel', /the kernel ended \(signal SIGTERM\)/],
  'Check History in Memory.ipynb': ['wants a kernel without a history file', /AssertionError/],
  'Disable Stdin.ipynb': ['asks for input', /StdinNotImplementedError/],
  'Error.ipynb': ['raises, unmarked', /ZeroDivisionError/],
  'Interrupt.ipynb': ['never ends', /did not end within/],
  'Parallel Execute A.ipynb': ['wants a folder of its test', /NBEXECUTE_TEST_PARALLEL_TMPDIR/],
  'Parallel Execute B.ipynb': ['wants a folder of its test', /NBEXECUTE_TEST_PARALLEL_TMPDIR/],
  'Skip Exceptions.ipynb': ['raises, unmarked', /raised an exception|Exception/],
  'allow-errors.ipynb': ['raises, unmarked', /NameError/],
  'code-cells.ipynb': ['downloads, and shows random numbers', /URLError/],
  'configuring-kernels.ipynb': ['wants a kernelspec of its own', /MY_DUMMY_VARIABLE/],
  'gallery/multiple-outputs.ipynb': ['downloads', /URLError/],
  'pre-executed.ipynb': ['sleeps for an hour', /did not end within/],
};

interface Row extends TriedNotebook {
  readonly package: NotebookPackage;
  readonly notebook: string;
}

/** Notebooks of other people's packages with ipykernel: green when up to date, red when an output is changed by hand. */
export const notebooksGroup: Group = {
  name: 'notebooks',
  async run({ progress }) {
    const folder = mkdtempSync(join(tmpdir(), 'rjit-notebooks-'));
    try {
      const sanitizers = join(folder, 'sanitize.cfg');
      writeFileSync(sanitizers, SANITIZERS);
      const rows: Row[] = [];
      for (const each of PACKAGES) {
        const copy = join(folder, each.name);
        cpSync(notebooksOf(each), copy, { recursive: true });
        for (const path of findNotebooks([copy]).filter(hasCode)) {
          const notebook = relative(copy, path);
          progress(`${each.name}: ${notebook}`);
          const options = ['--kernel-name', 'python3', '--sanitize-with', sanitizers, '--cell-timeout', '30'];
          rows.push({
            package: each,
            notebook,
            ...(await tryNotebook(path, options, notebookEnvironment())),
          });
        }
      }
      return findingsOf(rows, environmentVersions());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function hasCode(path: string): boolean {
  if (!readFileSync(path, 'utf8').includes('"code"')) return false;
  return readNotebook(path).cells.some(({ cellType, source }) => cellType === 'code' && source.trim() !== '');
}

function findingsOf(rows: readonly Row[], versions: string): Findings {
  const green = rows.filter(({ green: { status } }) => status === 0);
  const red = green.filter(({ red: change }) => change !== undefined && namesTheDifference(change));
  const packages = PACKAGES.map(({ name, version }) => `${name} ${version}`).join(', ');
  const table = rows.map((row) => {
    const { package: from, notebook, cells } = row;
    return `| ${from.name} | ${notebook} | ${cells} | ${verdict(row)} | ${changed(row)} |`;
  });
  const markdown = [
    '## Notebooks that nobody here wrote',
    `\`npm run conformance -- notebooks\`: those with code in the source distributions of ${packages}, which are not kept ` +
      `here, with ${versions}. \`rjit test --update\` brings each up to date; then \`rjit test\` must be green; then the first ` +
      'text that is compared is changed by hand, and `rjit test` must be red, and name the cell, the key and the difference.',
    `${rows.length} notebooks: ${green.length} green, ${red.length} of them red when changed (one of which no ` +
      `text is compared can't be); ${rows.length - green.length} are tests of what goes wrong, or need what is not there, and ` +
      'fail as they should. Sanitised, since it differs from run to run: addresses of objects, the time of day, random ids, ' +
      'and folders of the machine.',
    ['| package | notebook | cells | verdict | red when changed |', '|---|---|---:|---|---|', ...table].join(
      '\n',
    ),
  ].join('\n\n');
  return { markdown: `${markdown}\n`, details: rows, unexplained: rows.flatMap(unexplained) };
}

function verdict({ notebook, green }: Row): string {
  if (green.status === 0) return 'green';
  const [why] = EXPECTED[notebook] ?? ['**fails**'];
  return why;
}

function changed({ red }: Row): string {
  if (red === undefined) return '';
  return namesTheDifference(red) ? `cell ${red.cell}, ${red.key}` : '**no**';
}

function unexplained({ package: { name }, notebook, green, red }: Row): readonly string[] {
  const [, shows] = EXPECTED[notebook] ?? [];
  if (green.status !== 0 && !(shows?.test(green.output) ?? false)) {
    return [`${name} ${notebook} is not green:\n${green.output}`];
  }
  if (red === undefined || namesTheDifference(red)) return [];
  return [`${name} ${notebook}: cell ${red.cell}, ${red.key} was changed:\n${red.finished.output}`];
}
