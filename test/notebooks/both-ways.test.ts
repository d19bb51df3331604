/** All notebooks of the repository as `rjit test` tests them, through a Jupyter server; directly, each has a suite of its own. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Gateway } from '../../kernel/client/gateway/gateway.ts';
import { startNotebookKernel } from '../../kernel/client/notebook-kernel.ts';
import { testNotebook } from '../../kernel/client/testing/test-notebook.ts';
import { committedNotebook } from '../support/committed-notebook.ts';
import { onFreePort } from '../support/free-port.ts';
import { clangFor } from '../support/left-out.ts';
import { quietly } from '../support/quietly.ts';
import { repositoryRoot } from '../support/repository-root.ts';

const folder = join(repositoryRoot, 'notebooks');
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
/** Their first cells are in C. */
const needsClang: ReadonlySet<string> = new Set(['languages.ipynb']);

const test = suite('notebooks through a Jupyter server');

test('there are at least eight notebooks', () => {
  assert.ok(names.length >= 8, names.join(', '));
});

for (const name of names) {
  if (needsClang.has(name) && !clangFor(name)) continue;
  test(`${name} gives what is committed`, () =>
    quietly(async () => {
      const gateway = await Gateway.start({ rootDirectory: folder });
      try {
        const { url, token } = gateway;
        const kernel = await startNotebookKernel({ name: 'rjit', cwd: folder, server: { url, token } });
        const { cells } = await testNotebook(await onFreePort(committedNotebook(name)), {
          kernel,
          lax: false,
          sanitize: (text) => text,
          comparisons: [],
          tolerance: { rtol: 0, atol: 0, pixelShare: 0 },
          cellTimeoutMs: 60_000,
        });
        await kernel.shutdown();
        const failed = cells.flatMap(({ index, verdict }) =>
          verdict.status === 'failed' ? [{ cell: index + 1, failure: verdict.failure }] : [],
        );
        assert.equal(failed, []);
      } finally {
        await gateway.close();
      }
    }));
}

test.run();
