import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel } from '../../support/kernel-in-test.ts';

const test = suite('the protocol');

onKernel(test, 'kernel_info is answered on shell and on control, between busy and idle', async (frontEnd) => {
  for (const channel of ['shell', 'control'] as const) {
    const info = await frontEnd.ask(channel, 'kernel_info_request');
    assert.is(info.status, 'ok');
    assert.is(info.protocol_version, '5.6');
    assert.is(info.implementation, 'echo');
    assert.equal(info.language_info, {
      name: 'echo',
      version: '1.0',
      mimetype: 'text/plain',
      file_extension: '.txt',
      pygments_lexer: 'text',
      codemirror_mode: 'null',
      nbconvert_exporter: 'script',
    });
    assert.equal(info.supported_features, ['kernel subshells']);
  }
});

onKernel(test, 'every message has a fresh id, our session, and a topic on iopub', async (frontEnd) => {
  const id = await frontEnd.send('shell', 'kernel_info_request');
  const busy = await frontEnd.iopub('status', id);
  const reply = await frontEnd.reply('shell', 'kernel_info_reply', id);
  const idle = await frontEnd.iopub('status', id);
  assert.is(new Set([busy, reply, idle].map(({ header }) => header.msg_id)).size, 3);
  assert.is(busy.header.session, reply.header.session);
  assert.is(busy.topic, `kernel.${busy.header.session}.status`);
  assert.not(Number.isNaN(Date.parse(String(busy.header.date))));
  assert.is(busy.header.version, '5.6');
});

onKernel(test, 'the heartbeat echoes', async (frontEnd) => {
  assert.is(await frontEnd.heartbeat('ping 1'), 'ping 1');
  assert.is(await frontEnd.heartbeat(''), '');
});

onKernel(test, 'the small requests get valid replies', async (frontEnd) => {
  assert.equal(await frontEnd.ask('shell', 'comm_info_request', { target_name: 'x' }), {
    status: 'ok',
    comms: {},
  });
  assert.equal(await frontEnd.ask('shell', 'is_complete_request', { code: 'if {' }), {
    status: 'incomplete',
    indent: '  ',
  });
  assert.equal(await frontEnd.ask('shell', 'is_complete_request', { code: 'x' }), { status: 'complete' });
  assert.equal(await frontEnd.ask('shell', 'connect_request'), {
    status: 'ok',
    shell_port: 1,
    iopub_port: 2,
    stdin_port: 3,
    control_port: 4,
    hb_port: 5,
  });
});

onKernel(test, 'a request with a broken field gets an error that names it', async (frontEnd) => {
  const reply = await frontEnd.ask('shell', 'execute_request', { code: 1 });
  assert.is(reply.status, 'error');
  assert.is(reply.ename, 'MessageError');
  assert.is(reply.evalue, 'execute_request: content.code is the number 1; expected a string');
  const history = await frontEnd.ask('shell', 'history_request', { hist_access_type: 'all' });
  assert.is(
    history.evalue,
    'history_request: content.hist_access_type is the string "all"; expected "tail", "range" or "search"',
  );
});

onKernel(
  test,
  'an unknown request is answered with an error, not with silence',
  async (frontEnd, { log }) => {
    const reply = await frontEnd.ask('shell', 'teleport_request');
    assert.is(reply.status, 'error');
    assert.is(reply.evalue, 'this kernel does not know teleport_request');
    assert.equal(log, ['no handler for teleport_request']);
  },
);

onKernel(test, 'shutdown is answered and reported with its restart flag', async (frontEnd, { kernel }) => {
  assert.equal(await frontEnd.ask('control', 'shutdown_request', { restart: true }), {
    status: 'ok',
    restart: true,
  });
  assert.equal(await kernel.shutdownRequested, { restart: true });
});

test.run();
