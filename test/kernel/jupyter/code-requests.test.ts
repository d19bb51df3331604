import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel } from '../../support/kernel-in-test.ts';

const test = suite('requests about code');

onKernel(test, 'completions come with their types, and nowhere is a place for none', async (frontEnd) => {
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

onKernel(test, 'places in code are counted in code points', async (frontEnd) => {
  const code = '"🎈é𝒳"; ab; "🎈"';
  const completed = await frontEnd.ask('shell', 'complete_request', { code, cursor_pos: 9 });
  assert.equal([completed.cursor_start, completed.cursor_end], [7, 9]);
  assert.equal(completed.matches, ['ab1', 'ab2']);
  const inspected = await frontEnd.ask('shell', 'inspect_request', { code, cursor_pos: 11, detail_level: 1 });
  assert.equal(inspected.data, { 'text/plain': 'source of "🎈"' });
});

onKernel(test, 'an inspection that finds nothing says so', async (frontEnd) => {
  const content = { code: 'a', cursor_pos: 1, detail_level: 0 };
  assert.equal(await frontEnd.ask('shell', 'inspect_request', content), {
    status: 'ok',
    found: false,
    data: {},
    metadata: {},
  });
});

test.run();
