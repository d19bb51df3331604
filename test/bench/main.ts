/** `npm run bench [-- GROUP… --install-peers]`: measures, prints the tables, writes docs/BENCHMARKS.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installRbc } from '../support/rbc-environment.ts';
import { repositoryRoot } from '../support/repository-root.ts';
import { codegenRows } from './codegen-rows.ts';
import { frontEndRows } from './front-end-rows.ts';
import { kernelRows } from './kernel-rows.ts';
import { describeMachine } from './machine.ts';
import { notebookRows } from './notebook-rows.ts';
import { installPeers } from './peers.ts';
import { type Measured, renderReport, renderTable } from './report.ts';
import { rpcRows } from './rpc-rows.ts';

const groups = [kernelRows, rpcRows, frontEndRows, codegenRows, notebookRows];

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { 'install-peers': { type: 'boolean' } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !groups.some((group) => group.name === name));
  if (unknown !== undefined) {
    const names = groups.map(({ name }) => name).join(', ');
    process.stderr.write(`bench: there is no group "${unknown}"; expected ${names}\n`);
    return 2;
  }
  if (values['install-peers']) {
    installPeers();
    installRbc();
  }
  delete process.env.NODE_EXTRA_CA_CERTS;
  const measured: Measured[] = [];
  for (const group of groups) {
    if (positionals.length > 0 && !positionals.includes(group.name)) continue;
    const rows = await group.measure({ progress: (text) => process.stderr.write(`${text} …\n`) });
    process.stdout.write(`\n${group.title}\n\n${renderTable(rows)}\n\n`);
    measured.push({ group, rows });
  }
  // A part of the table would drop the rest.
  if (positionals.length === 0) save(measured, argv);
  return 0;
}

function save(measured: readonly Measured[], argv: readonly string[]): void {
  const path = join(repositoryRoot, 'docs', 'BENCHMARKS.md');
  const command = ['npm run bench', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ');
  writeFileSync(path, renderReport(measured, command, describeMachine()));
  process.stdout.write(`written to ${path}\n`);
}
