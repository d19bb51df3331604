import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemoryReference } from '../../../backend/contract/call-memory.ts';
import { GatheredMemory } from '../../../kernel/rjit/gathered-memory.ts';
import { ndarray } from '../../../kernel/rjit/nd-array.ts';

const gathered = suite('the memory of a call');

function referenceOf(memory: GatheredMemory, index: number): MemoryReference {
  const reference = memory.args[index];
  if (reference instanceof MemoryReference) return reference;
  throw new Error(`argument ${index} is no reference`);
}

function gather(args: readonly unknown[], isWritten: readonly boolean[] = []): GatheredMemory {
  return new GatheredMemory(args).layOut(isWritten);
}

/** Doubles every byte that would come back, and writes it back. */
function roundTrip(memory: GatheredMemory): void {
  const bytes = new Uint8Array(memory.byteLength);
  memory.copyTo(bytes);
  memory.writeBack(bytes.subarray(0, memory.returnedByteLength).map((byte) => 2 * byte));
}

gathered('arrays become references with their shapes, other arguments stay', () => {
  const memory = gather([1, ndarray(new Uint8Array(6), [2, 3]), new Int32Array(2)]);
  assert.is(memory.args[0], 1);
  assert.equal(referenceOf(memory, 1).shape, [2, 3]);
  assert.equal(referenceOf(memory, 2).shape, [2]);
  assert.is(referenceOf(memory, 2).byteOffset % 16, 0);
});

gathered('what the function does not write comes last and does not come back', () => {
  const [read, written] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
  const memory = gather([read, written], [false, true]);
  assert.is(memory.returnedByteLength, 2);
  assert.is(referenceOf(memory, 1).byteOffset, 0);
  roundTrip(memory);
  assert.equal([...read, ...written], [1, 2, 6, 8]);
});

gathered('what nobody knows may be written', () => {
  const bytes = Uint8Array.of(1, 2);
  roundTrip(gather([bytes]));
  assert.equal([...bytes], [2, 4]);
});

gathered('arguments that overlap share their bytes, and those that do not, do not', () => {
  const whole = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const memory = gather(
    [whole.subarray(2, 5), whole.subarray(0, 3), whole.subarray(6)],
    [false, true, false],
  );
  assert.is(referenceOf(memory, 0).byteOffset - referenceOf(memory, 1).byteOffset, 2);
  assert.is(memory.returnedByteLength, 5);
  roundTrip(memory);
  assert.equal([...whole], [2, 4, 6, 8, 10, 6, 7, 8]);
});

gathered('the same array twice is one', () => {
  const bytes = Uint8Array.of(1, 2);
  const memory = gather([bytes, bytes], [true, true]);
  assert.is(memory.byteLength, 2);
  assert.equal(referenceOf(memory, 0), referenceOf(memory, 1));
});

gathered('elements stay at multiples of their size', () => {
  const whole = new Float64Array(9);
  const memory = gather([Uint8Array.of(1), whole.subarray(1, 3), whole.subarray(5)]);
  for (const index of [1, 2]) assert.is(referenceOf(memory, index).byteOffset % 8, 0);
});

gathered('empty arrays take nothing', () => {
  const memory = gather([new Float64Array(0), new Float64Array(0)]);
  assert.is(memory.byteLength, 0);
  assert.not(memory.isEmpty);
  roundTrip(memory);
});

gathered('what is frozen is sent as it was', () => {
  const array = Uint8Array.of(1, 2);
  const memory = new GatheredMemory([array]).freeze();
  array.fill(9);
  roundTrip(memory.layOut([true]));
  assert.equal([...array], [2, 4]);
});

gathered('addresses and numbers stay what they are, frozen or not', () => {
  const memory = new GatheredMemory([16n, 1]).freeze();
  assert.ok(memory.isEmpty);
  assert.equal(memory.args, [16n, 1]);
});

gathered('an array that was detached meanwhile is an error, not lost silently', () => {
  const array = new Float64Array(4);
  const memory = gather([array], [true]);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  assert.throws(() => memory.writeBack(new Uint8Array(32)), /an array was detached or became shorter/);
});

gathered.run();
