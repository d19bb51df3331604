import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Vigil } from '../../../backend/service/vigil.ts';
import { eventually } from '../../support/eventually.ts';

const vigil = suite('a worker between two calls');

vigil('stays awake after a call, and not for ever', async () => {
  const one = new Vigil(2);
  assert.is(one.isAwake, false);
  one.answered();
  assert.is(one.isAwake, true);
  await eventually('it sleeps', () => !one.isAwake);
});

vigil('sleeps at once where there is one processor for all', () => {
  const one = new Vigil(1);
  one.answered();
  assert.is(one.isAwake, false);
});

vigil('leaves its processor to others when it had to wait for it', () => {
  const one = new Vigil(2);
  one.answered();
  const end = performance.now() + 1;
  while (performance.now() < end);
  one.arrived();
  assert.is(one.isAwake, false);
  one.answered();
  assert.is(one.isAwake, false);
});

vigil('stops trying when calls are rare', async () => {
  const one = new Vigil(2);
  let tries = 0;
  for (let call = 0; call < 40; call += 1) {
    one.answered();
    if (one.isAwake) tries += 1;
    await eventually('it sleeps', () => !one.isAwake);
  }
  assert.ok(tries <= 4, `${tries} tries`);
});

vigil.run();
