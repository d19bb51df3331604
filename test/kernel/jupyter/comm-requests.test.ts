import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel } from '../../support/kernel-in-test.ts';

const test = suite('comms');

onKernel(test, 'a comm to an unknown target is closed, and its messages are harmless', async (frontEnd) => {
  const id = await frontEnd.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'nowhere', data: {} });
  await frontEnd.busy(id);
  assert.equal((await frontEnd.iopub('comm_close', id)).content, { comm_id: 'c1', data: {} });
  await frontEnd.idle(id);
  const message = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c1', data: {} });
  await frontEnd.busy(message);
  await frontEnd.idle(message);
});

onKernel(test, 'an open comm is listed, its messages come back with their buffers', async (frontEnd) => {
  const open = await frontEnd.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'echo', data: {} });
  await frontEnd.busy(open);
  await frontEnd.idle(open);
  const listed = { status: 'ok', comms: { c1: { target_name: 'echo' } } };
  assert.equal(await frontEnd.ask('shell', 'comm_info_request'), listed);
  assert.equal(await frontEnd.ask('shell', 'comm_info_request', { target_name: 'echo' }), listed);
  const buffers = [new Uint8Array([0, 255, 10]), new Uint8Array()];
  const id = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c1', data: { n: 1 } }, {}, buffers);
  await frontEnd.busy(id);
  const echoed = await frontEnd.iopub('comm_msg', id);
  assert.equal(echoed.content, { comm_id: 'c1', data: { n: 1 } });
  assert.equal(
    echoed.buffers.map((bytes) => [...bytes]),
    [[0, 255, 10], []],
  );
  await frontEnd.idle(id);
  const close = await frontEnd.send('shell', 'comm_close', { comm_id: 'c1', data: {} });
  await frontEnd.busy(close);
  await frontEnd.idle(close);
  assert.equal(await frontEnd.ask('shell', 'comm_info_request'), { status: 'ok', comms: {} });
});

test.run();
