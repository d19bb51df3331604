import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

/** Adds `by` to each of the elements, and returns how many there are and their sum before. */
const SHIFT = `define { i64, double } @shift(double* %a, i64 %n, double %by) nounwind {
entry:
  br label %test
test:
  %i = phi i64 [ 0, %entry ], [ %next, %body ]
  %sum = phi double [ 0.0, %entry ], [ %added, %body ]
  %more = icmp ult i64 %i, %n
  br i1 %more, label %body, label %end
body:
  %p = getelementptr double, double* %a, i64 %i
  %x = load double, double* %p
  %y = fadd double %x, %by
  store double %y, double* %p
  %added = fadd double %sum, %x
  %next = add i64 %i, 1
  br label %test
end:
  %r0 = insertvalue { i64, double } undef, i64 %n, 0
  %r1 = insertvalue { i64, double } %r0, double %sum, 1
  ret { i64, double } %r1
}`;
const SIGNATURE = '(int64, float64)(float64[], float64)';

const FIRST_BYTE = `define i8 @first(i8* %p) nounwind {
  %b = load i8, i8* %p
  store i8 9, i8* %p
  ret i8 %b
}`;

/** As the page about the protocol says: slots, what comes back, the memory. */
function callBytes(slots: readonly (bigint | number)[], returned: number, memory: Uint8Array): Uint8Array {
  const start = 16 * Math.ceil((8 * slots.length) / 16) + 16;
  const bytes = new Uint8Array(start + memory.byteLength);
  const view = new DataView(bytes.buffer);
  for (const [index, slot] of slots.entries()) {
    if (typeof slot === 'bigint') view.setBigUint64(8 * index, slot, true);
    else view.setFloat64(8 * index, slot, true);
  }
  view.setBigUint64(start - 16, BigInt(returned), true);
  bytes.set(memory, start);
  return bytes;
}

function doubles(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer);
}

function read(reply: unknown): readonly number[] {
  const bytes = Uint8Array.from(reply as Uint8Array);
  const view = new DataView(bytes.buffer);
  return [Number(view.getBigInt64(0, true)), ...new Float64Array(bytes.buffer, 8)];
}

for (const { label, library } of llvmChoices()) {
  const memory = suite<{ jit: JitProcess; handle: number }>(`the memory of calls with ${label}`);

  memory.before(async (context) => {
    context.jit = await JitProcess.start(library);
    const { handle } = await context.jit.define('shift', SIGNATURE, SHIFT);
    context.handle = handle;
  });
  memory.after(async ({ jit }) => jit.stop());

  memory(
    'arrays are read and written where they lie, and what was asked for comes back',
    async ({ jit, handle }) => {
      const args = callBytes([16n, 3n, 0.5], 32, doubles(-1, -2, 1, 2, 3, -3));
      const reply = read(await jit.ask({ kind: 'call', handle, args }));
      assert.equal(reply, [3, 6, -1, -2, 1.5, 2.5]);
    },
  );

  memory('nothing comes back that was not asked for', async ({ jit, handle }) => {
    const args = callBytes([0n, 2n, 1], 0, doubles(1, 2));
    assert.equal(read(await jit.ask({ kind: 'call', handle, args })), [2, 3]);
  });

  memory('large memory works as small does, and where it lies badly', async ({ jit, handle }) => {
    const values = Array.from({ length: 20_000 }, (_, index) => index);
    const args = callBytes([0n, 20_000n, 1], 160_000, doubles(...values));
    for (const lead of [0, 3]) {
      const shifted = new Uint8Array(args.byteLength + lead);
      shifted.set(args, lead);
      const reply = read(await jit.ask({ kind: 'call', handle, args: shifted.subarray(lead) }));
      assert.equal(reply, [20_000, 19_999 * 10_000, ...values.map((value) => value + 1)]);
    }
  });

  memory(
    'an array that is not all in the memory is refused before the function runs',
    async ({ jit, handle }) => {
      for (const slots of [
        [0n, 3n, 1],
        [8n, 2n, 1],
        [2n ** 62n, 1n, 1],
        [0n, 2n ** 61n, 1],
      ]) {
        const args = callBytes(slots, 0, doubles(1, 2));
        const { code, detail } = await remoteErrorOf(jit.ask({ kind: 'call', handle, args }));
        assert.is(code, 'bad-argument');
        assert.match(detail, /not all in the 16 bytes of memory/);
      }
    },
  );

  memory('no more comes back than was sent, and arrays need memory', async ({ jit, handle }) => {
    const args = callBytes([0n, 2n, 1], 17, doubles(1, 2));
    assert.match(
      (await remoteErrorOf(jit.ask({ kind: 'call', handle, args }))).detail,
      /17 bytes are to come back of 16/,
    );
    const bare = args.subarray(0, 24);
    assert.match(
      (await remoteErrorOf(jit.ask({ kind: 'call', handle, args: bare }))).detail,
      /came without their elements/,
    );
    const short = args.subarray(0, 40);
    assert.match(
      (await remoteErrorOf(jit.ask({ kind: 'call', handle, args: short }))).detail,
      /40 bytes of arguments arrived/,
    );
  });

  memory('a pointer with bit 63 set is a place in the memory, any other an address', async ({ jit }) => {
    const { handle } = await jit.define('first', 'int8(int8*)', FIRST_BYTE);
    const args = callBytes([2n ** 63n + 1n], 2, Uint8Array.of(5, 7));
    const reply = Uint8Array.from((await jit.ask({ kind: 'call', handle, args })) as Uint8Array);
    assert.equal([reply[0], ...reply.subarray(16)], [7, 5, 9]);
    const outside = callBytes([2n ** 63n + 3n], 0, Uint8Array.of(5, 7));
    assert.is((await remoteErrorOf(jit.ask({ kind: 'call', handle, args: outside }))).code, 'bad-argument');
  });

  memory('a tuple larger than the registers comes back in slots', async ({ jit }) => {
    const members = Array.from({ length: 6 }, () => 'int32').join(', ');
    const type = '{ i32, i32, i32, i32, i32, i32 }';
    const inserts = Array.from({ length: 6 }, (_, index) => {
      const before = index === 0 ? 'undef' : `%r${index - 1}`;
      return `  %r${index} = insertvalue ${type} ${before}, i32 ${index + 10}, ${index}`;
    });
    const ir = `define ${type} @six() nounwind {\n${inserts.join('\n')}\n  ret ${type} %r5\n}`;
    const six = await jit.define('six', `(${members})()`, ir);
    assert.equal(await six.call(), [10, 11, 12, 13, 14, 15]);
  });

  memory.run();
}
