import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onKernel, runCell } from '../../support/kernel-in-test.ts';

const test = suite('history_request');

onKernel(test, 'history is found by tail, range and search', async (frontEnd) => {
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

test.run();
