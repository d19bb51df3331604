import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { executeCells } from '../../../kernel/client/execute-notebook.ts';
import { Gateway } from '../../../kernel/client/gateway/gateway.ts';
import { KernelClient } from '../../../kernel/client/kernel-client.ts';
import { ServerKernel } from '../../../kernel/client/server-kernel.ts';
import { echoKernelspec } from '../../support/echo-kernelspec.ts';
import { codeCell, notebookOf, withEchoFolder } from '../../support/echo-notebooks.ts';
import { quietly } from '../../support/quietly.ts';

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
  'too long': /more than 256 MB/,
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

test('through a gateway, too', () =>
  withEchoFolder(({ env }) =>
    quietly(async () => {
      const { JUPYTER_PATH } = process.env;
      const folder = join(env.JUPYTER_PATH ?? '', 'kernels', 'crooked');
      mkdirSync(folder);
      const spec = { argv: kernelspec.argv, display_name: 'Crooked', language: 'none' };
      writeFileSync(join(folder, 'kernel.json'), JSON.stringify(spec));
      process.env.JUPYTER_PATH = env.JUPYTER_PATH;
      const gateway = await Gateway.start();
      try {
        const { url, token } = gateway;
        const kernel = await ServerKernel.start({ server: { url, token }, name: 'crooked' });
        const { failure } = await executeCells(notebookOf(codeCell('noise on iopub')), { kernel });
        await kernel.shutdown();
        assert.ok(failure?.outcome.status === 'died');
        assert.is(failure.outcome.error.ename, 'KernelDied');
        assert.match(failure.outcome.error.evalue, /sent a message that is not valid: .*<IDS\|MSG>/);
      } finally {
        process.env.JUPYTER_PATH = JUPYTER_PATH;
        await gateway.close();
      }
    }),
  ));

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
