import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nextLine, onKernel, runCell } from '../../support/kernel-in-test.ts';

const test = suite('stdin');

onKernel(
  test,
  'input is asked of the client that sent the cell, and of no other',
  async (frontEnd, { connect }) => {
    const other = await connect();
    // The second subscription's welcome reaches every client that listens to everything.
    await frontEnd.iopub('iopub_welcome');
    for (const [command, password] of [
      ['input', false],
      ['password', true],
    ] as const) {
      const reply = await runCell(frontEnd, { code: `${command} Name?` }, async (id) => {
        const request = await frontEnd.receive('stdin');
        assert.is(request.type, 'input_request');
        assert.is(request.parent.msg_id, id);
        assert.equal(request.content, { prompt: 'Name?', password });
        // Another client's answer doesn't count.
        await other.send('stdin', 'input_reply', { value: 'Mallory' }, request.header);
        await frontEnd.send('stdin', 'input_reply', { value: 'Ada' }, request.header);
        const result = await frontEnd.iopub('execute_result', id);
        assert.equal(result.content.data, { 'text/plain': 'Ada' });
      });
      assert.is(reply.content.status, 'ok');
    }
  },
);

onKernel(test, 'input fails where the client does not allow it', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: 'input Name?', allow_stdin: false }, async (id) => {
    await frontEnd.iopub('error', id);
  });
  assert.is(reply.content.ename, 'InputError');
  assert.match(String(reply.content.evalue), /does not allow it \(allow_stdin is false\)/);
});

onKernel(test, 'an interrupt ends a wait for input', async (frontEnd) => {
  const id = await frontEnd.send('shell', 'execute_request', { code: 'input Name?' });
  await frontEnd.busy(id);
  await frontEnd.iopub('execute_input', id);
  await frontEnd.receive('stdin');
  const interrupt = await frontEnd.send('control', 'interrupt_request');
  await frontEnd.busy(interrupt);
  const reply = await frontEnd.reply('shell', 'execute_reply', id);
  assert.is(reply.content.evalue, 'the wait for input was interrupted');
  assert.is((await frontEnd.reply('control', 'interrupt_reply', interrupt)).content.status, 'ok');
  // The cell's end and the interrupt's run side by side; each has its own.
  const rest = [await nextLine(frontEnd), await nextLine(frontEnd), await nextLine(frontEnd)];
  assert.equal(rest.sort(), [`error ${id}`, `idle ${id}`, `idle ${interrupt}`].sort());
});

test.run();
