import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FakeFrontEnd } from '../../support/fake-front-end.ts';
import { nextLine, onKernel, runCell } from '../../support/kernel-in-test.ts';

const test = suite('subshells');

type Fields = Readonly<Record<string, unknown>>;

async function create(frontEnd: FakeFrontEnd): Promise<string> {
  const { status, subshell_id: id } = await frontEnd.ask('control', 'create_subshell_request');
  assert.is(status, 'ok');
  assert.type(id, 'string');
  return String(id);
}

function sendTo(frontEnd: FakeFrontEnd, subshell: string | null, type: string, content: Fields = {}) {
  return frontEnd.send('shell', type, content, {}, [], { subshell_id: subshell });
}

/** Starts a cell that waits for an interrupt. */
async function startWaiting(frontEnd: FakeFrontEnd, subshell: string | null): Promise<string> {
  const id = await sendTo(frontEnd, subshell, 'execute_request', { code: 'wait' });
  await frontEnd.busy(id);
  await frontEnd.iopub('execute_input', id);
  return id;
}

/** What comes on iopub until each of these requests is idle. */
async function untilIdle(frontEnd: FakeFrontEnd, ids: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  while (!ids.every((id) => lines.includes(`idle ${id}`))) lines.push(await nextLine(frontEnd));
  return lines;
}

async function interrupt(frontEnd: FakeFrontEnd, cells: readonly string[]): Promise<void> {
  const id = await frontEnd.send('control', 'interrupt_request');
  const lines = await untilIdle(frontEnd, [id, ...cells]);
  for (const cell of cells) assert.ok(lines.includes(`error ${cell}`));
  await frontEnd.reply('control', 'interrupt_reply', id);
  for (const _cell of cells) {
    assert.is((await frontEnd.receive('shell')).content.ename, 'KeyboardInterrupt');
  }
}

onKernel(test, 'they are created, listed and deleted', async (frontEnd) => {
  assert.equal(await frontEnd.ask('control', 'list_subshell_request'), { status: 'ok', subshell_id: [] });
  const first = await create(frontEnd);
  const second = await create(frontEnd);
  assert.is.not(first, second);
  const list = async () => (await frontEnd.ask('control', 'list_subshell_request')).subshell_id;
  assert.equal(await list(), [first, second]);
  const deleted = await frontEnd.ask('control', 'delete_subshell_request', { subshell_id: first });
  assert.equal(deleted, { status: 'ok' });
  assert.equal(await list(), [second]);
  const again = await frontEnd.ask('control', 'delete_subshell_request', { subshell_id: first });
  assert.is(again.status, 'error');
  assert.is(again.ename, 'UnknownSubshell');
  assert.is(again.evalue, `this kernel has no subshell ${first}; list_subshell_request lists them`);
  const nameless = await frontEnd.ask('control', 'delete_subshell_request');
  assert.match(String(nameless.evalue), /content\.subshell_id is missing; expected a string/);
});

onKernel(test, 'a request for an unknown subshell gets an error, between busy and idle', async (frontEnd) => {
  for (const type of ['execute_request', 'complete_request', 'kernel_info_request']) {
    const id = await sendTo(frontEnd, 'gone', type, { code: 'stdout never' });
    await frontEnd.busy(id);
    const reply = await frontEnd.reply('shell', type.replace('_request', '_reply'), id);
    assert.is(reply.content.status, 'error');
    assert.is(reply.content.ename, 'UnknownSubshell');
    await frontEnd.idle(id);
  }
  const comm = await sendTo(frontEnd, 'gone', 'comm_msg', { comm_id: 'c', data: {} });
  await frontEnd.busy(comm);
  await frontEnd.idle(comm);
});

onKernel(
  test,
  'cells run beside those of the main shell, whose busy is said again after them',
  async (frontEnd) => {
    const subshell = await create(frontEnd);
    const main = await startWaiting(frontEnd, null);
    // The main shell's cell runs still, and so front ends show busy.
    const side = await sendTo(frontEnd, subshell, 'execute_request', { code: 'stdout x' });
    await frontEnd.busy(side);
    await frontEnd.iopub('execute_input', side);
    assert.is((await frontEnd.iopub('stream', side)).content.text, 'x\n');
    const reply = await frontEnd.reply('shell', 'execute_reply', side);
    assert.is(reply.content.status, 'ok');
    assert.is(reply.parent.subshell_id, subshell);
    await frontEnd.idle(side);
    await frontEnd.busy(main);
    await interrupt(frontEnd, [main]);
  },
);

onKernel(test, 'in one subshell, requests are answered one after the other', async (frontEnd) => {
  const subshell = await create(frontEnd);
  const first = await startWaiting(frontEnd, subshell);
  const second = await sendTo(frontEnd, subshell, 'kernel_info_request');
  // The main shell is free.
  await runCell(frontEnd, { code: '' });
  const stop = await frontEnd.send('control', 'interrupt_request');
  assert.is((await frontEnd.reply('shell', 'execute_reply', first)).content.status, 'error');
  assert.is((await frontEnd.reply('shell', 'kernel_info_reply', second)).content.status, 'ok');
  await frontEnd.reply('control', 'interrupt_reply', stop);
  const lines = await untilIdle(frontEnd, [first, second, stop]);
  assert.ok(lines.indexOf(`idle ${first}`) < lines.indexOf(`busy ${second}`));
});

onKernel(test, 'an interrupt stops the cells of all shells', async (frontEnd) => {
  const [one, two] = [await create(frontEnd), await create(frontEnd)];
  const cells = [
    await startWaiting(frontEnd, null),
    await startWaiting(frontEnd, one),
    await startWaiting(frontEnd, two),
  ];
  await interrupt(frontEnd, cells);
});

onKernel(test, 'a failing cell aborts the cells behind it in its own subshell only', async (frontEnd) => {
  const subshell = await create(frontEnd);
  const main = await startWaiting(frontEnd, null);
  const behindMain = await sendTo(frontEnd, null, 'execute_request', { code: '' });
  const failing = await sendTo(frontEnd, subshell, 'execute_request', { code: 'fail' });
  const behind = await sendTo(frontEnd, subshell, 'execute_request', { code: 'stdout never' });
  await untilIdle(frontEnd, [failing, behind]);
  await frontEnd.busy(main);
  assert.is((await frontEnd.reply('shell', 'execute_reply', failing)).content.status, 'error');
  assert.is((await frontEnd.reply('shell', 'execute_reply', behind)).content.status, 'aborted');
  const shutdown = await frontEnd.send('control', 'interrupt_request');
  await frontEnd.reply('control', 'interrupt_reply', shutdown);
  await untilIdle(frontEnd, [shutdown, main, behindMain]);
  assert.is((await frontEnd.reply('shell', 'execute_reply', main)).content.status, 'error');
  assert.is((await frontEnd.reply('shell', 'execute_reply', behindMain)).content.status, 'aborted');
});

onKernel(test, "execution count and history are each subshell's own", async (frontEnd) => {
  const subshell = await create(frontEnd);
  await runCell(frontEnd, { code: 'stdout main' }, async (id) => {
    await frontEnd.iopub('stream', id);
  });
  await runCell(frontEnd, { code: '' });
  const id = await sendTo(frontEnd, subshell, 'execute_request', { code: 'result 5' });
  await untilIdle(frontEnd, [id]);
  assert.is((await frontEnd.reply('shell', 'execute_reply', id)).content.execution_count, 1);
  const historyOf = async (shell: string | null) => {
    const content = { hist_access_type: 'tail', n: 9 };
    const request = await sendTo(frontEnd, shell, 'history_request', content);
    await untilIdle(frontEnd, [request]);
    return (await frontEnd.reply('shell', 'history_reply', request)).content.history;
  };
  assert.equal(await historyOf(subshell), [[1, 1, 'result 5']]);
  assert.equal(await historyOf(null), [
    [1, 1, 'stdout main'],
    [1, 2, ''],
  ]);
});

onKernel(
  test,
  'what waits in a subshell that is deleted gets an error; what runs goes on',
  async (frontEnd) => {
    const subshell = await create(frontEnd);
    const running = await startWaiting(frontEnd, subshell);
    const waiting = await sendTo(frontEnd, subshell, 'execute_request', { code: 'stdout never' });
    await frontEnd.ask('control', 'delete_subshell_request', { subshell_id: subshell });
    const stop = await frontEnd.send('control', 'interrupt_request');
    await untilIdle(frontEnd, [running, waiting, stop]);
    await frontEnd.reply('control', 'interrupt_reply', stop);
    assert.is((await frontEnd.reply('shell', 'execute_reply', running)).content.ename, 'KeyboardInterrupt');
    assert.not.equal((await frontEnd.reply('shell', 'execute_reply', waiting)).content.status, 'ok');
  },
);

onKernel(test, 'each asks for input on its own, and gets the answer to its question', async (frontEnd) => {
  const subshell = await create(frontEnd);
  const main = await sendTo(frontEnd, null, 'execute_request', { code: 'input A?' });
  const asked = await frontEnd.receive('stdin');
  const side = await sendTo(frontEnd, subshell, 'execute_request', { code: 'input B?' });
  const askedSide = await frontEnd.receive('stdin');
  assert.equal([asked.parent.msg_id, askedSide.parent.msg_id], [main, side]);
  assert.is(askedSide.parent.subshell_id, subshell);
  // By the parent of the answer, or by its subshell where it has no parent.
  await frontEnd.send('stdin', 'input_reply', { value: 'b' }, {}, [], { subshell_id: subshell });
  assert.is((await frontEnd.reply('shell', 'execute_reply', side)).content.status, 'ok');
  await frontEnd.send('stdin', 'input_reply', { value: 'a' }, asked.header);
  assert.is((await frontEnd.reply('shell', 'execute_reply', main)).content.status, 'ok');
  const lines = await untilIdle(frontEnd, [main, side]);
  assert.is(lines.filter((line) => line.startsWith('execute_result')).length, 2);
});

test.run();
