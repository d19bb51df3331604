import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addCounts,
  type CodeCounts,
  coverageOf,
  parseCoverage,
} from '../../../kernel/client/testing/coverage/code-coverage.ts';
import { runCases } from '../../support/case-runner.ts';
import { SessionInTest, withSession } from '../../support/session-in-test.ts';

/**
 * Parts of a case stand between lines of `---`: a part that begins with `// lib.ts` is a file in the notebook's folder,
 * the others are cells of one session. Shown: each line with how often it has run, in all; then the branches.
 */
runCases('test/kernel/session/coverage', async ({ case: { source } }) => {
  const cwd = mkdtempSync(join(tmpdir(), 'rjit-coverage-'));
  const session = new SessionInTest({ cwd });
  try {
    const texts = new Map<string, string>();
    const counts = new Map<string, CodeCounts>();
    for (const part of source.split(/^---\n/mu)) {
      const [, file] = /^\/\/ (\S+\.ts)$/mu.exec(part) ?? [];
      if (file !== undefined) writeFileSync(join(cwd, file), part);
      else await measure(session, part.replace(/\n$/u, ''), texts, counts);
    }
    const shown = [...counts].map(([name, coverage]) => {
      const text = texts.get(name) ?? (name.startsWith('In[') ? '' : readFileSync(name, 'utf8'));
      return `${name.replace(`${cwd}/`, '')}\n${annotated(text, coverage)}`;
    });
    return shown.join('\n');
  } finally {
    await session.session.shutdown();
    rmSync(cwd, { recursive: true, force: true });
  }
});

async function measure(
  session: SessionInTest,
  code: string,
  texts: Map<string, string>,
  counts: Map<string, CodeCounts>,
): Promise<void> {
  const { coverage } = await session.run(code, { wantsCoverage: true });
  texts.set(`In[${session.lastCell}]`, code);
  for (const { source, ...each } of parseCoverage(coverage ?? [])) {
    counts.set(source, addCounts(counts.get(source), each));
  }
}

function annotated(text: string, sourceCounts: CodeCounts): string {
  const { lines, branches, functions } = coverageOf(sourceCounts);
  const counts = new Map(lines.map(({ line, count }) => [line, count]));
  const source = text.trimEnd().split('\n');
  return [
    ...(text === '' ? lines.map(({ line, count }) => `line ${line}: ${count}`) : []),
    ...(text === ''
      ? []
      : source.map((line, at) => `${String(counts.get(at + 1) ?? '').padStart(4)} | ${line}`)),
    ...branches.map(({ line, arms }) => `branch in line ${line}: ${arms.join(', ')}`),
    ...functions.map(({ name, line, count }) => `function ${name} in line ${line}: ${count}`),
  ].join('\n');
}

const test = suite('coverage of a session');

test(
  'a cell that does not ask for it gets none, and nothing is measured',
  withSession(async (session) => {
    assert.is((await session.run('1 + 1')).coverage, undefined);
  }),
);

test(
  'a cell that ends the process is measured, and so is the next one, in the next session',
  withSession(async (session) => {
    const dead = await session.run('let a = 1;\nprocess.exit(a)', { wantsCoverage: true });
    assert.is(dead.status, 'error');
    assert.equal(parseCoverage(dead.coverage ?? []).map(covered), ['In[1] 1:1 2:1']);
    const alive = await session.run('if (1 > 2)\n  3;', { wantsCoverage: true });
    assert.equal(parseCoverage(alive.coverage ?? []).map(covered), ['In[2] 1:1 2:0']);
  }),
);

test(
  'a cell that is interrupted is measured',
  withSession(async (session) => {
    const running = session.run("console.log('on');\nfor (;;);\n'never';", { wantsCoverage: true });
    await session.until(() => session.text(session.lastCell) !== '', 'the cell to run');
    await session.session.interrupt();
    const [only] = parseCoverage((await running).coverage ?? []);
    assert.is(only?.statements[2]?.count, 0);
    assert.ok((only?.statements[1]?.count ?? 0) > 0);
  }),
);

test(
  'a debugger statement stops nothing',
  withSession(async (session) => {
    assert.is(await session.show('debugger; 7', { wantsCoverage: true }), '7');
  }),
);

function covered({ source, statements }: { source: string } & CodeCounts): string {
  return [source, ...statements.map(({ line, count }) => `${line}:${count}`)].join(' ');
}

test.run();
