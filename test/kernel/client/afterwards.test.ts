import { setImmediate } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Afterwards } from '../../../kernel/client/afterwards.ts';

const test = suite('work that the next cell need not wait for');

test('is done in order, not at once', async () => {
  const afterwards = new Afterwards();
  const done: number[] = [];
  afterwards.do(() => done.push(1));
  afterwards.do(() => done.push(2));
  await Promise.resolve();
  assert.equal(done, []);
  await setImmediate();
  assert.equal(done, [1, 2]);
});

test('is done at once when asked for, and once', async () => {
  const afterwards = new Afterwards();
  const done: number[] = [];
  afterwards.do(() => done.push(1));
  afterwards.flush();
  assert.equal(done, [1]);
  await setImmediate();
  assert.equal(done, [1]);
});

test.run();
