import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MAX_SPARE_BYTES, SpareMemory } from '../../../backend/service/spare-memory.ts';

const spares = suite('spare memory');

spares('memory that was given back is taken again, whole', () => {
  const spareMemory = new SpareMemory();
  const first = spareMemory.take(1000);
  assert.ok(first.byteLength >= 1000);
  spareMemory.giveBack(first.subarray(100, 200));
  const second = spareMemory.take(800);
  assert.is(second.buffer, first.buffer);
  assert.is(second.byteLength, first.byteLength);
});

spares('nobody gets memory that another has', () => {
  const spareMemory = new SpareMemory();
  const first = spareMemory.take(1000);
  spareMemory.giveBack(first);
  const second = spareMemory.take(1000);
  const third = spareMemory.take(1000);
  assert.is(second.buffer, first.buffer);
  assert.is.not(third.buffer, second.buffer);
});

spares('what is too small, or more than twice too large, is left for another', () => {
  const spareMemory = new SpareMemory();
  const small = spareMemory.take(100);
  const large = spareMemory.take(10_000);
  spareMemory.giveBack(small);
  spareMemory.giveBack(large);
  const middle = spareMemory.take(1000);
  assert.ok(![small.buffer, large.buffer].includes(middle.buffer));
  assert.is(spareMemory.take(5000).buffer, large.buffer);
  assert.is(spareMemory.take(100).buffer, small.buffer);
});

spares('only a few are kept, the latest, and none that is large', () => {
  const spareMemory = new SpareMemory();
  const all = Array.from({ length: 6 }, () => spareMemory.take(1000));
  for (const one of all) spareMemory.giveBack(one);
  const again = Array.from({ length: 6 }, () => spareMemory.take(1000).buffer);
  assert.is(again.filter((buffer) => all.some((one) => one.buffer === buffer)).length, 4);
  assert.ok(!again.includes(all[0]?.buffer ?? new ArrayBuffer(0)));
  const huge = spareMemory.take(MAX_SPARE_BYTES + 1);
  spareMemory.giveBack(huge);
  assert.is.not(spareMemory.take(MAX_SPARE_BYTES + 1).buffer, huge.buffer);
});

spares.run();
