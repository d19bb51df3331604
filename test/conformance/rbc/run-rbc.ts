import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withBackend } from '../../support/backend-process.ts';
import { installRbc, rbcPython, rbcVersion } from '../../support/rbc-environment.ts';
import type { Findings, Group } from '../group.ts';
import { reasonOf } from './expected-failures.ts';
import { parseTestResults, type TestResult } from './test-results.ts';

/** RBC's tests that use RemoteJIT; its others need HeavyDB, CUDA or no server of this kind. */
const FILES = ['test_remotejit', 'test_numpy_rjit', 'test_externals_cmath'] as const;
/** Of a file: numba takes seconds for each test of structs where others use the machine. */
const TIMEOUT_MS = 60 * 60_000;

/**
 * Points RBC's tests at our server without changing them: they listen nowhere, and connect to our port. (RBC replaces
 * `localhost` by an address of the local network, where our server doesn't listen.)
 */
const PLUGIN_NAME = 'rjit_server';
const PLUGIN = `import os, rbc.remotejit as m
init, port = m.RemoteJIT.__init__, int(os.environ['RJIT_PORT'])
m.get_local_ip = lambda: '127.0.0.1'
m.RemoteJIT.__init__ = lambda self, *args, **options: init(self, *args, **{**options, 'port': port})
m.RemoteJIT.start_server = lambda self, background=False: None
`;

/** RBC's own tests, by its own client, on our server. */
export const rbcGroup: Group = {
  name: 'rbc',
  async run({ progress }) {
    installRbc();
    const python = rbcPython();
    if (python === undefined) throw new Error('RBC is not installed in .venv/rbc');
    const results: TestResult[] = [];
    await withBackend(['--rbc'], async (_backend, port) => {
      for (const file of FILES) {
        progress(`RBC's ${file} on our server`);
        results.push(...(await runFile(python, file, port)));
      }
    });
    return findingsOf(results, rbcVersion(python));
  },
};

/** @throws Error with what pytest says when it gives no results */
async function runFile(python: string, file: string, port: number): Promise<readonly TestResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rjit-rbc-'));
  const resultsPath = join(folder, 'results.xml');
  try {
    writeFileSync(join(folder, `${PLUGIN_NAME}.py`), PLUGIN);
    const options = ['-p', PLUGIN_NAME, '-p', 'no:cacheprovider', '-q', `--junit-xml=${resultsPath}`];
    const output = await runPython(python, ['-m', 'pytest', ...options, '--pyargs', `rbc.tests.${file}`], {
      ...process.env,
      PYTHONPATH: folder,
      RJIT_PORT: String(port),
    });
    return parseTestResults(readResults(resultsPath, output), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run with failed tests ends with status 1, which is no failure of ours. */
function runPython(python: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile(python, args, { env, timeout: TIMEOUT_MS, maxBuffer: 2 ** 28 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}

function readResults(path: string, output: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`pytest gave no results:\n${output.slice(-4000)}`, { cause: error });
  }
}

function findingsOf(results: readonly TestResult[], version: string): Findings {
  const count = (file: string, outcome: TestResult['outcome']) =>
    results.filter((each) => each.file === file && each.outcome === outcome).length;
  const rows = FILES.map((file) => {
    const failed = count(file, 'failed');
    return `| ${file} | ${count(file, 'passed')} | ${failed} | ${count(file, 'skipped')} |`;
  });
  const failures = results.filter(({ outcome }) => outcome === 'failed');
  const reasons = new Map<string, string[]>();
  for (const failure of failures) {
    const reason = reasonOf(failure);
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), failure.name]);
  }
  const markdown = [
    "## RBC's own tests on our server",
    `\`npm run conformance -- rbc\`, ${version}: RBC's unmodified client and tests, which a plugin of five lines sends to ` +
      'our port. RBC itself skips what needs HeavyDB or a pointer, and expects a few to fail on any server: these count ' +
      'as skipped. Its other files have no test of RemoteJIT.',
    ['| file | passed | failed | skipped |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ...[...reasons].map(([reason, names]) => {
      const list = names.map((name) => `\`${name}\``).join(', ');
      return `${names.length} fail as expected: ${reason}: ${list}.`;
    }),
  ].join('\n\n');
  const unexplained = failures
    .filter((failure) => reasonOf(failure) === undefined)
    .map(({ file, name, message }) => `${file}::${name}: ${message}`);
  return { markdown: `${markdown}\n`, details: results, unexplained: [...unexplained, ...tooFew(results)] };
}

/** A file that could not be read has no failures either. */
function tooFew(results: readonly TestResult[]): string[] {
  return FILES.filter((file) => !results.some((each) => each.file === file && each.outcome === 'passed')).map(
    (file) => `${file}: no test of it has passed`,
  );
}
