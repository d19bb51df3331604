/**
 * The notebooks of test/notebooks/nbval, tested with what their kernels answered when they were recorded, and their
 * verdicts compared with those that nbval gave. Those for our kernel are tested with it, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Gateway } from '../../kernel/client/gateway/gateway.ts';
import type { KernelConnection } from '../../kernel/client/kernel-connection.ts';
import { startNotebookKernel } from '../../kernel/client/notebook-kernel.ts';
import { readNotebook } from '../../kernel/client/read-notebook.ts';
import { parseSanitizer, sanitizeWith } from '../../kernel/client/testing/sanitizer.ts';
import { parseTestArguments } from '../../kernel/client/testing/test-arguments.ts';
import { testNotebook } from '../../kernel/client/testing/test-notebook.ts';
import { codeCell, notebookOf, result } from '../support/echo-notebooks.ts';
import { quietly } from '../support/quietly.ts';
import { type RecordedCell, ReplayKernel } from '../support/replay-kernel.ts';
import { repositoryRoot } from '../support/repository-root.ts';

interface Recorded {
  readonly options: readonly string[];
  readonly sanitize?: string;
  readonly kernel: string;
  /** nbval's verdicts: passed, failed, skipped, xfailed, xpassed. */
  readonly nbval: readonly string[];
  /** Null for a cell that is not run. */
  readonly cells: readonly (RecordedCell | null)[];
}

/** Where we mean to differ from nbval: its defects, and what it doesn't know. */
const differences: Readonly<Record<string, { readonly why: string; readonly ours: readonly string[] }>> = {
  backspace: { why: 'nbval never applies backspaces', ours: ['passed', 'passed'] },
  'clear-output': { why: 'nbval does not know clear_output', ours: ['passed', 'passed'] },
  'update-display': { why: 'nbval does not know update_display_data', ours: ['passed', 'passed'] },
  'raises-nothing': {
    why: 'nbval does not miss an expected exception that never came',
    ours: ['failed', 'failed', 'failed', 'failed'],
  },
  'kernel-dies': {
    why: 'nbval takes the death for a time-out, and what follows for its consequence',
    ours: ['passed', 'failed', 'failed', 'skipped'],
  },
  'rjit-comments': {
    why: 'nbval reads comments of Python only',
    ours: ['passed', 'skipped', 'passed', 'passed'],
  },
};

const folder = join(repositoryRoot, 'test', 'notebooks', 'nbval');
const recorded: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync(join(folder, 'recorded.json'), 'utf8'),
);

const defaults = {
  lax: false,
  sanitize: (text: string) => text,
  comparisons: [],
  tolerance: { rtol: 0, atol: 0, pixelShare: 0 },
  cellTimeoutMs: 60_000,
};

async function verdicts(name: string, kernel: KernelConnection): Promise<readonly string[]> {
  const { options, sanitize = '' } = recordedOf(name);
  const args = parseTestArguments(options);
  if (args === 'help') throw new Error('no options of a test');
  const { cells } = await testNotebook(readNotebook(join(folder, `${name}.ipynb`)), {
    ...defaults,
    kernel,
    lax: args.test.lax ?? false,
    sanitize: sanitizeWith(parseSanitizer(sanitize, 'recorded.json').values()),
    cellTimeoutMs: args.test.cellTimeoutMs ?? defaults.cellTimeoutMs,
  });
  return cells.map(({ verdict }) => verdict.status);
}

function recordedOf(name: string): Recorded {
  const found = recorded[name];
  if (found === undefined) throw new Error(`${name} is not in recorded.json`);
  return found;
}

function expectedOf(name: string): readonly string[] {
  // pytest's word for an expected failure that did not happen.
  const nbval = recordedOf(name).nbval.map((verdict) => (verdict === 'xpassed' ? 'passed' : verdict));
  return differences[name]?.ours ?? nbval;
}

const corpus = suite('nbval');

corpus('every notebook is recorded, and there are at least forty', () => {
  const names = readdirSync(folder).filter((file) => file.endsWith('.ipynb'));
  assert.ok(names.length >= 40, `${names.length}`);
  assert.equal(names.map((file) => file.replace('.ipynb', '')).sort(), Object.keys(recorded).sort());
});

corpus('where we mean to differ, we do', () => {
  for (const [name, { ours }] of Object.entries(differences))
    assert.not.equal(recordedOf(name).nbval, ours, name);
});

for (const [name, { cells, kernel }] of Object.entries(recorded)) {
  const why = differences[name]?.why;
  const says = why === undefined ? 'has the same verdicts as with nbval' : `differs from nbval: ${why}`;
  corpus(`${name} ${says}`, async () => {
    const run = cells.filter((cell) => cell !== null);
    assert.equal(await verdicts(name, new ReplayKernel(run)), expectedOf(name));
  });
  if (kernel !== 'rjit') continue;
  corpus(`${name} has the same verdicts with the kernel itself`, async () => {
    await judgedBy(name, await startNotebookKernel({ name: 'rjit', cwd: folder }));
  });
  corpus(`${name} has the same verdicts with the kernel behind the gateway`, async () => {
    const gateway = await Gateway.start({ rootDirectory: folder });
    const { url, token } = gateway;
    try {
      await quietly(async () =>
        judgedBy(name, await startNotebookKernel({ name: 'rjit', cwd: folder, server: { url, token } })),
      );
    } finally {
      await gateway.close();
    }
  });
}

async function judgedBy(name: string, kernel: KernelConnection): Promise<void> {
  try {
    assert.equal(await verdicts(name, kernel), expectedOf(name));
  } finally {
    await kernel.shutdown();
  }
}

corpus('parameters take the place of what the cell tagged parameters declares', async () => {
  const kernel = await startNotebookKernel({ name: 'rjit', cwd: folder });
  try {
    const notebook = notebookOf(
      codeCell("const n = 1; const s = 'a'", [], { tags: ['parameters'] }),
      codeCell('s.repeat(n)', [result("'bbb'")]),
    );
    const { cells } = await testNotebook(notebook, { ...defaults, kernel, parameters: { n: 3, s: 'b' } });
    assert.equal(
      cells.map(({ verdict }) => verdict),
      [{ status: 'passed' }, { status: 'passed' }],
    );
  } finally {
    await kernel.shutdown();
  }
});

corpus.run();
