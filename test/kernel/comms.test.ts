import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelClient } from '../../kernel/client/kernel-client.ts';
import type { FakeFrontEnd, ReceivedMessage } from '../support/fake-front-end.ts';
import { connectFrontEnd, runCell, withRjitKernel } from '../support/rjit-kernel.ts';

const test = suite('comms');

async function withFrontEnd(
  body: (kernel: KernelClient, frontEnd: FakeFrontEnd) => Promise<void>,
): Promise<void> {
  await withRjitKernel(async (kernel) => {
    const frontEnd = await connectFrontEnd(kernel);
    try {
      await body(kernel, frontEnd);
    } finally {
      frontEnd.close();
    }
  });
}

/** What comes on iopub up to the idle of the request, without statuses. */
async function until(frontEnd: FakeFrontEnd, isLast: (message: ReceivedMessage) => boolean) {
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const message = await frontEnd.anyIopub();
    if (message.type !== 'status') messages.push(message);
    if (isLast(message)) return messages;
  }
}

const idleOf =
  (id: string) =>
  ({ type, parent, content }: ReceivedMessage) =>
    type === 'status' && parent.msg_id === id && content.execution_state === 'idle';

const counter = `
jupyter.comms.registerTarget('counter', (comm, { data }) => {
  let n = data.start
  comm.onMessage = ({ data, buffers }) => {
    n += data.by
    print('now', n)
    comm.send({ n }, { buffers: [new Uint8Array([n, ...(buffers[0] ?? [])])] })
  }
  comm.onClose = () => print('closed at', n)
})`;

test('a front end talks to code in a cell, both ways, with buffers; the output belongs to the message', () =>
  withFrontEnd(async (kernel, frontEnd) => {
    await runCell(kernel, counter);
    const open = { comm_id: 'c', target_name: 'counter', data: { start: 5 } };
    await until(frontEnd, idleOf(await frontEnd.send('shell', 'comm_open', open)));
    const buffers = [new Uint8Array([7, 8])];
    const id = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c', data: { by: 2 } }, {}, buffers);
    const messages = await until(frontEnd, idleOf(id));
    assert.equal(
      messages.map(({ type, content, parent }) => [type, content, parent.msg_id === id]),
      [
        ['stream', { name: 'stdout', text: 'now 7\n' }, true],
        ['comm_msg', { comm_id: 'c', data: { n: 7 } }, true],
      ],
    );
    assert.equal(Array.from(messages[1]?.buffers[0] ?? []), [7, 7, 8]);
    const close = await frontEnd.send('shell', 'comm_close', { comm_id: 'c', data: {} });
    assert.equal((await until(frontEnd, idleOf(close)))[0]?.content.text, 'closed at 7\n');
  }));

test('a cell that waits gets the messages that it waits for', () =>
  withFrontEnd(async (kernel, frontEnd) => {
    const cell = runCell(
      kernel,
      `const slider = jupyter.comms.open('slider', { value: 1 }, { id: 's' })
      const moved = await new Promise((resolve) => { slider.onMessage = ({ data }) => resolve(data.value) })
      slider.close()
      moved`,
    );
    const opened = (await until(frontEnd, ({ type }) => type === 'comm_open')).at(-1);
    assert.equal(opened?.content, { comm_id: 's', target_name: 'slider', data: { value: 1 } });
    await frontEnd.send('shell', 'comm_msg', { comm_id: 's', data: { value: 42 } });
    assert.equal(await cell, { status: 'ok', outputs: ['execute_result: 42'] });
    assert.equal((await until(frontEnd, ({ type }) => type === 'comm_close')).at(-1)?.content.comm_id, 's');
  }));

test('an error in the code of a comm is shown, and the comm goes on', () =>
  withFrontEnd(async (kernel, frontEnd) => {
    await runCell(
      kernel,
      "jupyter.comms.registerTarget('t', (comm) => { comm.onMessage = () => { throw new RangeError('too much') } })",
    );
    await until(
      frontEnd,
      idleOf(await frontEnd.send('shell', 'comm_open', { comm_id: 'c', target_name: 't', data: {} })),
    );
    for (let times = 0; times < 2; times++) {
      const id = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c', data: {} });
      const [error] = await until(frontEnd, idleOf(id));
      assert.equal([error?.type, error?.content.evalue], ['error', 'too much']);
    }
  }));

test('when the session ends, the front end hears that its comms are closed', () =>
  withFrontEnd(async (kernel, frontEnd) => {
    await runCell(kernel, "jupyter.comms.open('x', {}, { id: 'lost' })");
    await until(frontEnd, ({ type }) => type === 'comm_open');
    const cell = runCell(kernel, 'process.exit(1)');
    const closed = (await until(frontEnd, ({ type }) => type === 'comm_close')).at(-1);
    assert.is(closed?.content.comm_id, 'lost');
    assert.is((await cell).status, 'error');
  }));

test('a cell can send messages of any type', () =>
  withFrontEnd(async (kernel, frontEnd) => {
    const cell = runCell(
      kernel,
      "await jupyter.broadcast('display_data', { data: { 'text/plain': 'x' }, metadata: {}, transient: {} })",
    );
    const sent = (await until(frontEnd, ({ type }) => type === 'display_data')).at(-1);
    assert.equal(sent?.content.data, { 'text/plain': 'x' });
    assert.equal(await cell, { status: 'ok', outputs: ['display_data: x'] });
  }));

test.run();
