import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nextLine, onKernel, runCell } from '../../support/kernel-in-test.ts';

const test = suite('dispatch');

onKernel(
  test,
  'what a person who types waits for is answered while a cell runs',
  async (frontEnd, { kernel }) => {
    const cell = await frontEnd.send('shell', 'execute_request', { code: 'wait' });
    await frontEnd.busy(cell);
    await frontEnd.iopub('execute_input', cell);
    for (const [type, content] of [
      ['complete_request', { code: 'ab' }],
      ['inspect_request', { code: 'ab', cursor_pos: 0 }],
      ['is_complete_request', { code: 'ab' }],
      ['comm_info_request', {}],
      ['history_request', { hist_access_type: 'tail' }],
    ] as const) {
      assert.is((await frontEnd.ask('shell', type, content)).status === 'error', false, type);
      // The last status that a front end has got is still that of the cell.
      await frontEnd.busy(cell);
    }
    await kernel.interrupt();
    await frontEnd.iopub('error', cell);
    await frontEnd.reply('shell', 'execute_reply', cell);
    await frontEnd.idle(cell);
  },
);

onKernel(test, 'cells run one after the other, control requests beside them', async (frontEnd) => {
  const first = await frontEnd.send('shell', 'execute_request', { code: 'wait' });
  const second = await frontEnd.send('shell', 'kernel_info_request');
  await frontEnd.busy(first);
  await frontEnd.iopub('execute_input', first);
  await frontEnd.ask('control', 'kernel_info_request');
  const interrupt = await frontEnd.send('control', 'interrupt_request');
  await frontEnd.reply('control', 'interrupt_reply', interrupt);
  const reply = await frontEnd.reply('shell', 'execute_reply', first);
  assert.is(reply.content.ename, 'KeyboardInterrupt');
  await frontEnd.reply('shell', 'kernel_info_reply', second);
  const rest: string[] = [];
  while (rest.length < 6) rest.push(await nextLine(frontEnd));
  assert.equal(
    rest.filter((line) => !line.includes(interrupt)),
    [`error ${first}`, `idle ${first}`, `busy ${second}`, `idle ${second}`],
  );
  assert.equal(
    rest.filter((line) => line.includes(interrupt)),
    [`busy ${interrupt}`, `idle ${interrupt}`],
  );
});

onKernel(test, 'a failing cell aborts the cells behind it, not other requests', async (frontEnd) => {
  const failing = await frontEnd.send('shell', 'execute_request', { code: 'fail' });
  const behind = await frontEnd.send('shell', 'execute_request', { code: 'stdout never' });
  const info = await frontEnd.send('shell', 'kernel_info_request');
  await frontEnd.busy(failing);
  await frontEnd.iopub('execute_input', failing);
  await frontEnd.iopub('error', failing);
  assert.is((await frontEnd.reply('shell', 'execute_reply', failing)).content.status, 'error');
  await frontEnd.idle(failing);
  await frontEnd.busy(behind);
  assert.is((await frontEnd.reply('shell', 'execute_reply', behind)).content.status, 'aborted');
  await frontEnd.idle(behind);
  await frontEnd.busy(info);
  assert.is((await frontEnd.reply('shell', 'kernel_info_reply', info)).content.status, 'ok');
  await frontEnd.idle(info);
  // A cell that is sent after the failure's reply runs.
  assert.is((await runCell(frontEnd, { code: '' })).content.status, 'ok');
});

onKernel(test, 'with stop_on_error false, the cells behind a failing one run', async (frontEnd) => {
  const failing = await frontEnd.send('shell', 'execute_request', { code: 'fail', stop_on_error: false });
  const behind = await frontEnd.send('shell', 'execute_request', { code: 'result 1' });
  await frontEnd.busy(failing);
  await frontEnd.iopub('execute_input', failing);
  await frontEnd.iopub('error', failing);
  await frontEnd.reply('shell', 'execute_reply', failing);
  await frontEnd.idle(failing);
  await frontEnd.busy(behind);
  await frontEnd.iopub('execute_input', behind);
  await frontEnd.iopub('execute_result', behind);
  assert.is((await frontEnd.reply('shell', 'execute_reply', behind)).content.status, 'ok');
  await frontEnd.idle(behind);
});

test.run();
