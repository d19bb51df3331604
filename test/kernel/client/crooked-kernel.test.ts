import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { executeCells } from '../../../kernel/client/execute-notebook.ts';
import { KernelClient } from '../../../kernel/client/kernel-client.ts';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';
import { codeCell, notebookOf } from '../../support/echo-notebooks.ts';

const test = suite('kernels that do not keep to the protocol');

const program = fileURLToPath(new URL('../../support/crooked-kernel.js', import.meta.url));
const kernelspec = {
  ...echoKernelspec,
  name: 'crooked',
  argv: [process.execPath, program, '{connection_file}'],
  registers: false,
};

const cases: Readonly<Record<string, RegExp>> = {
  'wrong signature': /signature/,
  'no JSON': /content is not JSON/,
  'no header': /frames/,
  'noise on iopub': /<IDS\|MSG>/,
};

for (const [code, reason] of Object.entries(cases)) {
  test(`${code}: the run ends at once and says why`, async () => {
    const kernel = await KernelClient.launch({ kernelspec });
    try {
      const { results, failure } = await executeCells(
        notebookOf(codeCell('fine'), codeCell(code), codeCell('fine')),
        {
          kernel,
          allowErrors: true,
        },
      );
      assert.equal(
        results.map(({ outcome }) => outcome.status),
        ['ok', 'died'],
      );
      assert.ok(failure?.outcome.status === 'died');
      assert.is(failure.outcome.error.ename, 'KernelProtocol');
      assert.match(failure.outcome.error.evalue, /^the kernel sent a message that is not valid: /);
      assert.match(failure.outcome.error.evalue, reason);
    } finally {
      await kernel.shutdown();
    }
  });
}

test('the reply to another question is no answer: the cell has failed, and the run goes on', async () => {
  const kernel = await KernelClient.launch({ kernelspec });
  try {
    const { results } = await executeCells(notebookOf(codeCell('another reply'), codeCell('fine')), {
      kernel,
      allowErrors: true,
    });
    assert.equal(
      results.map(({ outcome }) => outcome.status),
      ['error', 'ok'],
    );
  } finally {
    await kernel.shutdown();
  }
});

test.run();
