/**
 * The checks of runtimed's kernel-testbed, under its names and in its order, said more strictly: what it takes for an
 * answer must here be the right one. They run against the real kernel, by sockets and signatures of the test's own.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KernelClient } from '../../kernel/client/kernel-client.ts';
import { eventually } from '../support/eventually.ts';
import type { FakeFrontEnd, ReceivedMessage } from '../support/fake-front-end.ts';
import { connectFrontEnd, rjitKernelspec } from '../support/rjit-kernel.ts';

interface Context {
  kernel: KernelClient;
  frontEnd: FakeFrontEnd;
}

type Fields = Readonly<Record<string, unknown>>;

const checks = suite<Context>('kernel-testbed');

checks.before(async (context) => {
  context.kernel = await KernelClient.launch({ kernelspec: rjitKernelspec });
  // Fails unless the kernel welcomes the subscription.
  context.frontEnd = await connectFrontEnd(context.kernel);
});

checks.after(async ({ kernel, frontEnd }) => {
  frontEnd.close();
  await kernel.kill();
});

/** Everything on iopub from the busy of a request to its idle. */
async function untilIdle(frontEnd: FakeFrontEnd, id: string): Promise<readonly ReceivedMessage[]> {
  const messages: ReceivedMessage[] = [];
  for (;;) {
    const message = await frontEnd.anyIopub();
    if (message.parent.msg_id !== id) continue;
    messages.push(message);
    if (message.type === 'status' && message.content.execution_state === 'idle') return messages;
  }
}

async function execute(frontEnd: FakeFrontEnd, code: string, options: Fields = {}) {
  const id = await frontEnd.send('shell', 'execute_request', { code, ...options });
  const messages = await untilIdle(frontEnd, id);
  const reply = await frontEnd.reply('shell', 'execute_reply', id);
  return { id, reply, messages };
}

function contentsOf(messages: readonly ReceivedMessage[], type: string): readonly Fields[] {
  return messages.filter((message) => message.type === type).map(({ content }) => content);
}

checks('heartbeat_responds', async ({ frontEnd }) => {
  assert.is(await frontEnd.heartbeat('ping'), 'ping');
});

checks('iopub_welcome', async ({ kernel, frontEnd }) => {
  const other = await connectFrontEnd(kernel);
  other.close();
  // It reaches every client that listens to everything.
  assert.equal((await frontEnd.iopub('iopub_welcome')).content, { subscription: '' });
});

checks('kernel_info_reply_valid', async ({ frontEnd }) => {
  const info = await frontEnd.ask('shell', 'kernel_info_request');
  assert.is(info.status, 'ok');
  assert.is(info.implementation, 'rjit');
  assert.type(info.banner, 'string');
});

checks('kernel_info_has_language_info', ({ kernel: { info } }) => {
  const { language_info: language } = info;
  assert.ok(typeof language === 'object' && language !== null && 'name' in language);
  assert.is(language.name, 'typescript');
});

checks('kernel_info_has_protocol_version', ({ kernel: { info } }) => {
  assert.match(String(info.protocol_version), /^5\.\d+$/);
});

checks('execute_stdout', async ({ frontEnd }) => {
  const { messages } = await execute(frontEnd, 'console.log("hello")');
  assert.equal(contentsOf(messages, 'stream'), [{ name: 'stdout', text: 'hello\n' }]);
});

checks('execute_stderr', async ({ frontEnd }) => {
  const { messages } = await execute(frontEnd, 'console.error("error")');
  assert.equal(contentsOf(messages, 'stream'), [{ name: 'stderr', text: 'error\n' }]);
});

checks('execute_reply_ok', async ({ frontEnd }) => {
  const { reply } = await execute(frontEnd, 'const x: number = 1 + 1');
  assert.is(reply.content.status, 'ok');
});

checks('status_busy_idle_lifecycle', async ({ frontEnd }) => {
  const { messages } = await execute(frontEnd, '1 + 1');
  const states = contentsOf(messages, 'status').map(({ execution_state: state }) => state);
  assert.equal(states, ['busy', 'idle']);
  assert.is(messages[0]?.type, 'status');
});

checks('execute_input_broadcast', async ({ frontEnd }) => {
  const { messages, reply } = await execute(frontEnd, '1 + 1');
  const { execution_count } = reply.content;
  assert.equal(contentsOf(messages, 'execute_input'), [{ code: '1 + 1', execution_count }]);
});

checks('complete_request', async ({ frontEnd }) => {
  await execute(frontEnd, 'const testVariableForCompletion = 42');
  await eventually('the completion', async () => {
    const code = 'testVariableFor';
    const reply = await frontEnd.ask('shell', 'complete_request', { code, cursor_pos: code.length });
    assert.is(reply.status, 'ok');
    assert.equal([reply.cursor_start, reply.cursor_end], [0, code.length]);
    return Array.isArray(reply.matches) && reply.matches.includes('testVariableForCompletion');
  });
});

checks('inspect_request', async ({ frontEnd }) => {
  await execute(frontEnd, 'const testVariableForInspection = 43');
  const question = { code: 'testVariableForInspection', cursor_pos: 5, detail_level: 0 };
  const reply = await frontEnd.ask('shell', 'inspect_request', question);
  assert.is(reply.status, 'ok');
  assert.is(reply.found, true);
  assert.match(JSON.stringify(reply.data), '43');
});

checks('is_complete_complete', async ({ frontEnd }) => {
  const reply = await frontEnd.ask('shell', 'is_complete_request', { code: 'const x = 1 + 1' });
  assert.equal(reply, { status: 'complete' });
});

checks('is_complete_incomplete', async ({ frontEnd }) => {
  const reply = await frontEnd.ask('shell', 'is_complete_request', { code: 'function f() {' });
  assert.equal(reply, { status: 'incomplete', indent: '  ' });
});

checks('history_request', async ({ frontEnd }) => {
  await execute(frontEnd, '"for the history"');
  const question = { hist_access_type: 'tail', n: 1, output: false, raw: true };
  const reply = await frontEnd.ask('shell', 'history_request', question);
  assert.is(reply.status, 'ok');
  assert.ok(Array.isArray(reply.history));
  assert.is(reply.history[0]?.[2], '"for the history"');
});

checks('comm_info_request', async ({ frontEnd }) => {
  assert.equal(await frontEnd.ask('shell', 'comm_info_request'), { status: 'ok', comms: {} });
});

checks('error_handling', async ({ frontEnd }) => {
  const { reply, messages } = await execute(frontEnd, 'const x = ;');
  assert.is(reply.content.status, 'error');
  const [error] = contentsOf(messages, 'error');
  assert.is(error?.ename, 'SyntaxError');
  assert.equal(error?.traceback, reply.content.traceback);
});

checks('display_data', async ({ frontEnd }) => {
  const { messages } = await execute(frontEnd, 'display(html`<b>bold</b>`)');
  const bundle = { 'text/html': '<b>bold</b>', 'text/plain': '<b>bold</b>' };
  assert.equal(contentsOf(messages, 'display_data'), [{ data: bundle, metadata: {}, transient: {} }]);
});

checks('update_display_data', async ({ frontEnd }) => {
  const code = 'display("initial", { id: "u" }); display("updated", { id: "u", update: true })';
  const { messages } = await execute(frontEnd, code);
  const transient = { display_id: 'u' };
  const shown = (text: string) => [{ data: { 'text/plain': text }, metadata: {}, transient }];
  assert.equal(contentsOf(messages, 'display_data'), shown("'initial'"));
  assert.equal(contentsOf(messages, 'update_display_data'), shown("'updated'"));
});

checks('execute_result', async ({ frontEnd }) => {
  const { messages, reply } = await execute(frontEnd, '1 + 1');
  const { execution_count } = reply.content;
  assert.equal(contentsOf(messages, 'execute_result'), [
    { data: { 'text/plain': '2' }, metadata: {}, execution_count },
  ]);
});

checks('rich_execute_result', async ({ frontEnd }) => {
  const { messages } = await execute(
    frontEnd,
    '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>rich</b>", "text/plain": "rich" }) })',
  );
  const [result] = contentsOf(messages, 'execute_result');
  assert.equal(result?.data, { 'text/html': '<b>rich</b>', 'text/plain': 'rich' });
});

checks('stdin_input_request', async ({ frontEnd }) => {
  const content = { code: 'await input("Enter: ")', allow_stdin: true };
  const id = await frontEnd.send('shell', 'execute_request', content);
  const request = await frontEnd.receive('stdin');
  assert.is(request.type, 'input_request');
  assert.equal(request.content, { prompt: 'Enter: ', password: false });
  assert.is(request.parent.msg_id, id);
  await frontEnd.send('stdin', 'input_reply', { value: 'test_input_42' }, request.header);
  const [result] = contentsOf(await untilIdle(frontEnd, id), 'execute_result');
  assert.equal(result?.data, { 'text/plain': "'test_input_42'" });
  assert.is((await frontEnd.reply('shell', 'execute_reply', id)).content.status, 'ok');
});

checks('comms_lifecycle', async ({ frontEnd }) => {
  const unknown = { comm_id: 'none', target_name: 'jupyter.kernel_testbed.test', data: {} };
  const refused = await frontEnd.send('shell', 'comm_open', unknown);
  assert.equal(contentsOf(await untilIdle(frontEnd, refused), 'comm_close'), [{ comm_id: 'none', data: {} }]);
  await execute(
    frontEnd,
    'jupyter.comms.registerTarget("echo", (comm) => { comm.onMessage = ({ data }) => comm.send(data) })',
  );
  const known = { comm_id: 'c', target_name: 'echo', data: {} };
  await untilIdle(frontEnd, await frontEnd.send('shell', 'comm_open', known));
  const sent = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c', data: { n: 1 } });
  const [echoed] = contentsOf(await untilIdle(frontEnd, sent), 'comm_msg');
  assert.equal(echoed, { comm_id: 'c', data: { n: 1 } });
  await untilIdle(frontEnd, await frontEnd.send('shell', 'comm_close', { comm_id: 'c', data: {} }));
  assert.equal(await frontEnd.ask('shell', 'comm_info_request'), { status: 'ok', comms: {} });
});

checks('interrupt_request', async ({ frontEnd }) => {
  await execute(frontEnd, 'let kept = 1');
  const loop = await frontEnd.send('shell', 'execute_request', {
    code: 'console.log("go"); while (true) {}',
  });
  while ((await frontEnd.anyIopub()).type !== 'stream') {
    // Until the loop runs.
  }
  const id = await frontEnd.send('control', 'interrupt_request');
  assert.equal((await frontEnd.reply('control', 'interrupt_reply', id)).content, { status: 'ok' });
  const { content } = await frontEnd.reply('shell', 'execute_reply', loop);
  assert.equal([content.status, content.ename], ['error', 'KeyboardInterrupt']);
  const { messages } = await execute(frontEnd, 'kept');
  assert.equal(contentsOf(messages, 'execute_result')[0]?.data, { 'text/plain': '1' });
});

checks('execution_count_increments', async ({ frontEnd }) => {
  const first = await execute(frontEnd, '1');
  const second = await execute(frontEnd, '2');
  assert.is(second.reply.content.execution_count, Number(first.reply.content.execution_count) + 1);
});

checks('parent_header_correlation', async ({ frontEnd }) => {
  const { id, reply, messages } = await execute(frontEnd, 'console.log("hello"); 1');
  assert.is(reply.parent.msg_id, id);
  assert.is(reply.parent.session, frontEnd.session);
  assert.equal(
    messages.map(({ type, parent }) => [type, parent.msg_type]),
    ['status', 'execute_input', 'stream', 'execute_result', 'status'].map((type) => [
      type,
      'execute_request',
    ]),
  );
});

checks('shutdown_reply', async ({ kernel, frontEnd }) => {
  const id = await frontEnd.send('control', 'shutdown_request', { restart: false });
  const { content } = await frontEnd.reply('control', 'shutdown_reply', id);
  assert.equal(content, { status: 'ok', restart: false });
  assert.is((await kernel.died).reason, 'exit code 0');
});

checks.run();
