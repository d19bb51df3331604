import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FakeFrontEnd, ReceivedMessage } from '../../support/fake-front-end.ts';
import { type KernelUnderTest, withKernel } from '../../support/kernel-in-test.ts';

const protocol = suite('protocol');
const execution = suite('execute');
const queue = suite('queue');
const security = suite('security');

function onKernel(
  of: typeof protocol,
  name: string,
  body: (frontEnd: FakeFrontEnd, test: KernelUnderTest) => Promise<void>,
): void {
  of(name, () => withKernel((test) => body(test.frontEnd, test)));
}

/** Takes a whole cell with its busy, input and idle; `outputs` takes what is between. */
async function runCell(
  frontEnd: FakeFrontEnd,
  content: Readonly<Record<string, unknown>>,
  outputs: (id: string) => Promise<void> = async () => {},
): Promise<ReceivedMessage> {
  const id = await frontEnd.send('shell', 'execute_request', content);
  await frontEnd.busy(id);
  if (content.silent !== true)
    assert.is((await frontEnd.iopub('execute_input', id)).content.code, content.code);
  await outputs(id);
  const reply = await frontEnd.reply('shell', 'execute_reply', id);
  await frontEnd.idle(id);
  return reply;
}

onKernel(
  protocol,
  'kernel_info is answered on shell and on control, between busy and idle',
  async (frontEnd) => {
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
      assert.equal(info.supported_features, []);
    }
  },
);

onKernel(protocol, 'every message has a fresh id, our session, and a topic on iopub', async (frontEnd) => {
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

onKernel(protocol, 'the heartbeat echoes', async (frontEnd) => {
  assert.is(await frontEnd.heartbeat('ping 1'), 'ping 1');
  assert.is(await frontEnd.heartbeat(''), '');
});

onKernel(protocol, 'the small requests get valid replies', async (frontEnd) => {
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

onKernel(protocol, 'completions come with their types, and nowhere is a place for none', async (frontEnd) => {
  assert.equal(await frontEnd.ask('shell', 'complete_request', { code: 'a.b', cursor_pos: 2 }), {
    status: 'ok',
    matches: [],
    cursor_start: 2,
    cursor_end: 2,
    metadata: {},
  });
  assert.equal(await frontEnd.ask('shell', 'complete_request', { code: '+ ab' }), {
    status: 'ok',
    matches: ['ab1', 'ab2'],
    cursor_start: 2,
    cursor_end: 4,
    metadata: {
      _jupyter_types_experimental: [
        { start: 2, end: 4, text: 'ab1', type: 'variable', signature: '' },
        { start: 2, end: 4, text: 'ab2', type: 'function', signature: '(x)' },
      ],
    },
  });
});

onKernel(protocol, 'places in code are counted in code points', async (frontEnd) => {
  const code = '"🎈é𝒳"; ab; "🎈"';
  const completed = await frontEnd.ask('shell', 'complete_request', { code, cursor_pos: 9 });
  assert.equal([completed.cursor_start, completed.cursor_end], [7, 9]);
  assert.equal(completed.matches, ['ab1', 'ab2']);
  const inspected = await frontEnd.ask('shell', 'inspect_request', { code, cursor_pos: 11, detail_level: 1 });
  assert.equal(inspected.data, { 'text/plain': 'source of "🎈"' });
});

onKernel(protocol, 'an inspection that finds nothing says so', async (frontEnd) => {
  const content = { code: 'a', cursor_pos: 1, detail_level: 0 };
  assert.equal(await frontEnd.ask('shell', 'inspect_request', content), {
    status: 'ok',
    found: false,
    data: {},
    metadata: {},
  });
});

onKernel(
  queue,
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

onKernel(protocol, 'a request with a broken field gets an error that names it', async (frontEnd) => {
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
  protocol,
  'an unknown request is answered with an error, not with silence',
  async (frontEnd, { log }) => {
    const reply = await frontEnd.ask('shell', 'teleport_request');
    assert.is(reply.status, 'error');
    assert.is(reply.evalue, 'this kernel does not know teleport_request');
    assert.equal(log, ['no handler for teleport_request']);
  },
);

onKernel(
  protocol,
  'a comm to an unknown target is closed, and its messages are harmless',
  async (frontEnd) => {
    const id = await frontEnd.send('shell', 'comm_open', { comm_id: 'c1', target_name: 'nowhere', data: {} });
    await frontEnd.busy(id);
    assert.equal((await frontEnd.iopub('comm_close', id)).content, { comm_id: 'c1', data: {} });
    await frontEnd.idle(id);
    const message = await frontEnd.send('shell', 'comm_msg', { comm_id: 'c1', data: {} });
    await frontEnd.busy(message);
    await frontEnd.idle(message);
  },
);

onKernel(protocol, 'an open comm is listed, its messages come back with their buffers', async (frontEnd) => {
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

onKernel(
  protocol,
  'shutdown is answered and reported with its restart flag',
  async (frontEnd, { kernel }) => {
    assert.equal(await frontEnd.ask('control', 'shutdown_request', { restart: true }), {
      status: 'ok',
      restart: true,
    });
    assert.equal(await kernel.shutdownRequested, { restart: true });
  },
);

onKernel(execution, 'a result comes with the count of its cell', async (frontEnd) => {
  for (const count of [1, 2]) {
    const reply = await runCell(frontEnd, { code: 'result 4' }, async (id) => {
      assert.equal((await frontEnd.iopub('execute_result', id)).content, {
        execution_count: count,
        data: { 'text/plain': '4' },
        metadata: {},
      });
    });
    assert.equal(reply.content, { status: 'ok', execution_count: count, user_expressions: {}, payload: [] });
    assert.not(Number.isNaN(Date.parse(String(reply.metadata.started))));
  }
});

onKernel(execution, 'streams come in order, merged while nothing comes between', async (frontEnd) => {
  const code = 'stdout a\nstdout b\nstderr c\nstdout d\ndisplay e\nstdout f';
  await runCell(frontEnd, { code }, async (id) => {
    const text = async (name: string, expected: string) => {
      let found = '';
      while (found.length < expected.length) {
        const { content } = await frontEnd.iopub('stream', id);
        assert.is(content.name, name);
        found += content.text;
      }
      assert.is(found, expected);
    };
    await text('stdout', 'a\nb\n');
    await text('stderr', 'c\n');
    await text('stdout', 'd\n');
    assert.equal((await frontEnd.iopub('display_data', id)).content, {
      data: { 'text/plain': 'e' },
      metadata: {},
      transient: {},
    });
    await text('stdout', 'f\n');
  });
});

onKernel(execution, 'displays are shown, updated and cleared', async (frontEnd) => {
  await runCell(frontEnd, { code: 'display-as d1 one\nupdate d1 two\nclear wait\nclear' }, async (id) => {
    const shown = await frontEnd.iopub('display_data', id);
    assert.equal(shown.content.transient, { display_id: 'd1' });
    const updated = await frontEnd.iopub('update_display_data', id);
    assert.equal(updated.content, {
      data: { 'text/plain': 'two' },
      metadata: {},
      transient: { display_id: 'd1' },
    });
    assert.equal((await frontEnd.iopub('clear_output', id)).content, { wait: true });
    assert.equal((await frontEnd.iopub('clear_output', id)).content, { wait: false });
  });
});

onKernel(execution, 'an error is published and replied alike', async (frontEnd) => {
  const error = { ename: 'EchoError', evalue: 'no luck', traceback: ['EchoError: no luck'] };
  const reply = await runCell(frontEnd, { code: 'fail no luck' }, async (id) => {
    assert.equal((await frontEnd.iopub('error', id)).content, error);
  });
  assert.equal(reply.content, {
    status: 'error',
    execution_count: 1,
    user_expressions: {},
    payload: [],
    ...error,
  });
});

onKernel(execution, 'user expressions are evaluated into the reply', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: '', user_expressions: { a: '1+1' } });
  assert.equal(reply.content.user_expressions, {
    a: { status: 'ok', data: { 'text/plain': '1+1' }, metadata: {} },
  });
});

onKernel(execution, 'a silent cell shows nothing and leaves count and history alone', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: 'stdout a\nresult 1', silent: true });
  assert.is(reply.content.status, 'ok');
  await runCell(frontEnd, { code: 'fail quietly', silent: true });
  const next = await runCell(frontEnd, { code: '' });
  assert.is(next.content.execution_count, 1);
  const { history } = await frontEnd.ask('shell', 'history_request', { hist_access_type: 'tail', n: 9 });
  assert.equal(history, [[1, 1, '']]);
});

onKernel(execution, 'a cell that is not stored leaves its number to the next one', async (frontEnd) => {
  await runCell(frontEnd, { code: 'stdout x', store_history: false }, async (id) => {
    assert.is((await frontEnd.iopub('stream', id)).content.text, 'x\n');
  });
  assert.is((await runCell(frontEnd, { code: '' })).content.execution_count, 1);
});

onKernel(execution, 'late output goes to the cell that it comes from', async (frontEnd) => {
  let first = '';
  await runCell(frontEnd, { code: 'late from the first' }, async (id) => {
    first = id;
  });
  await runCell(frontEnd, { code: 'now\nstdout mine' }, async (id) => {
    assert.is((await frontEnd.iopub('stream', first)).content.text, 'from the first\n');
    assert.is((await frontEnd.iopub('stream', id)).content.text, 'mine\n');
  });
});

onKernel(execution, 'a flood of output comes whole, in few messages', async (frontEnd) => {
  const lineCount = 100_000;
  const expected = Array.from({ length: lineCount }, (_, line) => `line ${line}\n`).join('');
  let messages = 0;
  await runCell(frontEnd, { code: `flood ${lineCount}` }, async (id) => {
    let found = '';
    while (found.length < expected.length) {
      found += (await frontEnd.iopub('stream', id)).content.text;
      messages += 1;
    }
    assert.ok(found === expected);
  });
  assert.ok(messages < 40, `${messages} messages`);
});

onKernel(
  execution,
  'input is asked of the client that sent the cell, and of no other',
  async (frontEnd, test) => {
    const other = await test.connect();
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

onKernel(execution, 'input fails where the client does not allow it', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: 'input Name?', allow_stdin: false }, async (id) => {
    await frontEnd.iopub('error', id);
  });
  assert.is(reply.content.ename, 'InputError');
  assert.match(String(reply.content.evalue), /does not allow it \(allow_stdin is false\)/);
});

onKernel(execution, 'an interrupt ends a wait for input', async (frontEnd) => {
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
  const rest = [await take(frontEnd), await take(frontEnd), await take(frontEnd)];
  assert.equal(rest.sort(), [`error ${id}`, `idle ${id}`, `idle ${interrupt}`].sort());
});

async function take(frontEnd: FakeFrontEnd): Promise<string> {
  const message = await frontEnd.anyIopub();
  return `${message.content.execution_state ?? message.type} ${message.parent.msg_id}`;
}

onKernel(queue, 'cells run one after the other, control requests beside them', async (frontEnd) => {
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
  while (rest.length < 6) rest.push(await take(frontEnd));
  assert.equal(
    rest.filter((line) => !line.includes(interrupt)),
    [`error ${first}`, `idle ${first}`, `busy ${second}`, `idle ${second}`],
  );
  assert.equal(
    rest.filter((line) => line.includes(interrupt)),
    [`busy ${interrupt}`, `idle ${interrupt}`],
  );
});

onKernel(queue, 'a failing cell aborts the cells behind it, not other requests', async (frontEnd) => {
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

onKernel(queue, 'with stop_on_error false, the cells behind a failing one run', async (frontEnd) => {
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

onKernel(queue, 'history is found by tail, range and search', async (frontEnd) => {
  for (const code of ['result 1', 'stdout x', 'result 1']) {
    await runCell(frontEnd, { code }, async (id) => {
      await frontEnd.iopub(code.startsWith('result') ? 'execute_result' : 'stream', id);
    });
  }
  const ask = async (content: Readonly<Record<string, unknown>>) =>
    (await frontEnd.ask('shell', 'history_request', { output: false, raw: true, ...content })).history;
  assert.equal(await ask({ hist_access_type: 'tail', n: 2 }), [
    [1, 2, 'stdout x'],
    [1, 3, 'result 1'],
  ]);
  assert.equal(await ask({ hist_access_type: 'range', session: 0, start: 1, stop: 3 }), [
    [1, 1, 'result 1'],
    [1, 2, 'stdout x'],
  ]);
  assert.equal(await ask({ hist_access_type: 'range', session: -1, start: 1 }), []);
  assert.equal(await ask({ hist_access_type: 'search', pattern: 're?ult*', unique: true, output: true }), [
    [1, 3, ['result 1', '1']],
  ]);
  assert.equal(await ask({ hist_access_type: 'search', pattern: '*[wx]', output: true }), [
    [1, 2, ['stdout x', null]],
  ]);
  assert.equal(await ask({ hist_access_type: 'search', pattern: 'result' }), []);
});

onKernel(security, 'a message with a wrong signature is ignored', async (frontEnd, { log }) => {
  const header = {
    msg_id: 'evil',
    session: 's',
    msg_type: 'execute_request',
    username: '',
    date: '',
    version: '5.3',
  };
  const parts = [header, {}, {}, { code: 'stdout evil' }].map((part) => JSON.stringify(part));
  const [delimiter = '', signature = ''] = frontEnd.signed(parts);
  const forged = signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await frontEnd.sendFrames('shell', [delimiter, forged, ...parts]);
  await frontEnd.sendFrames('shell', [delimiter, '', ...parts]);
  await frontEnd.sendFrames('shell', ['nonsense']);
  await frontEnd.ask('shell', 'kernel_info_request');
  assert.equal(log, [
    'ignored a message on shell: the signature does not belong to this message and key',
    'ignored a message on shell: the message is not signed; expected an HMAC of the key',
    'ignored a message on shell: no <IDS|MSG> delimiter in a message of 2 frames',
  ]);
});

onKernel(security, 'a message that is sent again is ignored', async (frontEnd, { log }) => {
  const header = {
    msg_id: 'm',
    session: 's',
    msg_type: 'kernel_info_request',
    username: '',
    date: '',
    version: '5.3',
  };
  const frames = frontEnd.signed([header, {}, {}, {}].map((part) => JSON.stringify(part)));
  await frontEnd.sendFrames('shell', frames);
  await frontEnd.sendFrames('shell', frames);
  await frontEnd.busy('m');
  await frontEnd.reply('shell', 'kernel_info_reply', 'm');
  await frontEnd.idle('m');
  await frontEnd.ask('shell', 'kernel_info_request');
  assert.equal(log, ['ignored a message on shell: a message with this signature was received before']);
});

for (const tests of [protocol, execution, queue, security]) tests.run();
