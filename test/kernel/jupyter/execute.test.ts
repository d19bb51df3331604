import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel, runCell } from '../../support/kernel-in-test.ts';

const test = suite('execute');

onKernel(test, 'a result comes with the count of its cell', async (frontEnd) => {
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

onKernel(test, 'streams come in order, merged while nothing comes between', async (frontEnd) => {
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

onKernel(test, 'displays are shown, updated and cleared', async (frontEnd) => {
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

onKernel(test, 'an error is published and replied alike', async (frontEnd) => {
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

onKernel(test, 'user expressions are evaluated into the reply', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: '', user_expressions: { a: '1+1' } });
  assert.equal(reply.content.user_expressions, {
    a: { status: 'ok', data: { 'text/plain': '1+1' }, metadata: {} },
  });
});

onKernel(test, 'a silent cell shows nothing and leaves count and history alone', async (frontEnd) => {
  const reply = await runCell(frontEnd, { code: 'stdout a\nresult 1', silent: true });
  assert.is(reply.content.status, 'ok');
  await runCell(frontEnd, { code: 'fail quietly', silent: true });
  const next = await runCell(frontEnd, { code: '' });
  assert.is(next.content.execution_count, 1);
  const { history } = await frontEnd.ask('shell', 'history_request', { hist_access_type: 'tail', n: 9 });
  assert.equal(history, [[1, 1, '']]);
});

onKernel(test, 'a cell that is not stored leaves its number to the next one', async (frontEnd) => {
  await runCell(frontEnd, { code: 'stdout x', store_history: false }, async (id) => {
    assert.is((await frontEnd.iopub('stream', id)).content.text, 'x\n');
  });
  assert.is((await runCell(frontEnd, { code: '' })).content.execution_count, 1);
});

onKernel(test, 'late output goes to the cell that it comes from', async (frontEnd) => {
  let first = '';
  await runCell(frontEnd, { code: 'late from the first' }, async (id) => {
    first = id;
  });
  await runCell(frontEnd, { code: 'now\nstdout mine' }, async (id) => {
    assert.is((await frontEnd.iopub('stream', first)).content.text, 'from the first\n');
    assert.is((await frontEnd.iopub('stream', id)).content.text, 'mine\n');
  });
});

onKernel(test, 'a flood of output comes whole, in few messages', async (frontEnd) => {
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

test.run();
