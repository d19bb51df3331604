/**
 * `npm run conformance [-- numba mathdata rbc rbc-server notebooks] [--install]`: compares with the outside world, prints
 * what came out, and, where all groups ran, writes docs/CONFORMANCE.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installRbc } from '../support/rbc-environment.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { type Findings, type Group, MissingPeerError } from './group.ts';
import { mathdataGroup } from './mathdata/run-mathdata.ts';
import { downloadVectorFiles } from './mathdata/vector-files.ts';
import { installNotebookPackages } from './notebooks/packages.ts';
import { notebooksGroup } from './notebooks/run-notebooks.ts';
import { numbaGroup } from './numba/run-numba.ts';
import { installPythonTools } from './python-environment.ts';
import { rbcGroup } from './rbc/run-rbc.ts';
import { rbcServerGroup } from './rbc-server/run-rbc-server.ts';

const groups: readonly Group[] = [numbaGroup, mathdataGroup, rbcGroup, rbcServerGroup, notebooksGroup];

/** More than these are in the details. */
const SHOWN_DIFFERENCES = 40;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { install: { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !groups.some((group) => group.name === name));
  if (unknown !== undefined) {
    const names = groups.map(({ name }) => name).join(', ');
    process.stderr.write(`conformance: there is no group "${unknown}"; expected ${names}\n`);
    return 2;
  }
  const chosen = groups.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (values.install) install(chosen);
  const sections: string[] = [];
  let unexplained = 0;
  for (const group of chosen) {
    const findings = await group.run({ progress: (text) => process.stderr.write(`${text} …\n`) });
    show(group, findings);
    sections.push(findings.markdown);
    unexplained += findings.unexplained.length;
  }
  // A part of the page would drop the rest.
  if (chosen.length === groups.length) writePage(sections);
  return unexplained === 0 ? 0 : 1;
}

function writePage(sections: readonly string[]): void {
  const path = join(repositoryRoot, 'docs', 'CONFORMANCE.md');
  writeFileSync(path, `${HEAD}\n${sections.join('\n')}`);
  process.stdout.write(`written to ${path}\n`);
}

const HEAD = `# Conformance

Compiled Python against what others compute, and other people's notebooks. This page is written by \`npm run conformance -- --install\`, which gets what
it needs (numba from the Python package index and, where no Python has it, CPython's test suite from Debian's) and takes
a few minutes; \`npm run conformance -- numba\`, \`-- mathdata\`, \`-- rbc\`, \`-- rbc-server\` and \`-- notebooks\` are its
parts. Nothing of the tests of others is kept here. A small part of each, on functions and vectors of our own, belongs to \`npm test\`.
`;

function install(chosen: readonly Group[]): void {
  if (chosen.includes(numbaGroup)) installPythonTools();
  if (chosen.includes(rbcServerGroup)) installRbc();
  if (chosen.includes(notebooksGroup)) installNotebookPackages();
  if (chosen.includes(mathdataGroup)) downloadVectorFiles();
}

function show({ name }: Group, { markdown, details, unexplained }: Findings): void {
  const folder = join(repositoryRoot, 'dist', 'conformance');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(details, null, 1)}\n`);
  process.stdout.write(`\n${markdown}\nAll of it: ${path}\n`);
  for (const line of unexplained.slice(0, SHOWN_DIFFERENCES)) process.stdout.write(`unexplained: ${line}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof MissingPeerError)) throw error;
  process.stderr.write(`conformance: ${error.message}\n`);
  process.exitCode = 2;
}
