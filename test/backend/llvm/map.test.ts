import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Copies into memory aligned as the array wants it. */
const doublesOf = (bytes: unknown) => new Float64Array(Uint8Array.from(bytes as Uint8Array).buffer);

const SCALE = `define double @scale(double %x, double %by) nounwind {
  %r = fmul double %x, %by
  ret double %r
}`;

for (const { label, library } of llvmChoices()) {
  const map = suite<{ jit: JitProcess }>(`map with ${label}`);

  map.before(async (context) => {
    context.jit = await JitProcess.start(library);
  });
  map.after(async ({ jit }) => jit.stop());

  map('columns of equal length are combined element by element', async ({ jit }) => {
    const { handle } = await jit.define('scale', 'float64(float64, float64)', SCALE);
    for (const length of [0, 1, 2, 7, 8, 9, 31, 1000]) {
      const left = Float64Array.from({ length }, (_, index) => index);
      const right = Float64Array.from({ length }, (_, index) => index / 2);
      const columns = [bytesOf(left), bytesOf(right)];
      const result = doublesOf(await jit.ask({ kind: 'map', handle, length, columns }));
      assert.equal(
        result,
        left.map((value, index) => value * (right[index] ?? 0)),
        `length ${length}`,
      );
    }
  });

  map('one element stands for a whole column, over more than one block', async ({ jit }) => {
    const { handle } = await jit.define('scale', 'float64(float64, float64)', SCALE);
    for (const length of [1, 4095, 4096, 4097, 10_000]) {
      const left = Float64Array.from({ length }, (_, index) => index);
      const columns = [bytesOf(left), bytesOf(Float64Array.of(3))];
      const result = doublesOf(await jit.ask({ kind: 'map', handle, length, columns }));
      assert.equal(
        result,
        left.map((value) => value * 3),
        `length ${length}`,
      );
    }
  });

  map('columns of every width go in and out at their natural size, aligned or not', async ({ jit }) => {
    const { handle } = await jit.define(
      'pick',
      'int16(bool, int8, int16, complex64)',
      `define i16 @pick(i8 %use, i8 %a, i16 %b, { float, float } %z) nounwind {
         %wide = sext i8 %a to i16
         %im = extractvalue { float, float } %z, 1
         %bonus = fptosi float %im to i16
         %yes = icmp ne i8 %use, 0
         %chosen = select i1 %yes, i16 %wide, i16 %b
         %r = add i16 %chosen, %bonus
         ret i16 %r
       }`,
    );
    const odd = new Uint8Array(1 + 6);
    odd.set(bytesOf(Int16Array.of(100, 200, -300)), 1);
    const columns = [
      Uint8Array.of(1, 0, 0),
      bytesOf(Int8Array.of(-1, -2, -3)),
      odd.subarray(1),
      bytesOf(Float32Array.of(0, 10, 0, 20, 0, 30)),
    ];
    const result = (await jit.ask({ kind: 'map', handle, length: 3, columns })) as Uint8Array;
    assert.equal([...new Int16Array(Uint8Array.from(result).buffer)], [9, 220, -270]);
  });

  map(
    'a function of no arguments fills its result, one of no result runs for its effect',
    async ({ jit }) => {
      const { functions } = await jit.compile(
        `@count = internal global i64 0
       define i64 @next() nounwind {
         %old = load i64, i64* @count
         %new = add i64 %old, 1
         store i64 %new, i64* @count
         ret i64 %new
       }
       define void @skip(i64 %by) nounwind {
         %old = load i64, i64* @count
         %new = add i64 %old, %by
         store i64 %new, i64* @count
         ret void
       }`,
        [
          { symbol: 'next', signature: 'int64(void)' },
          { symbol: 'skip', signature: 'void(int64)' },
        ],
      );
      const [next, skip] = functions.map(({ handle }) => handle);
      const skipped = await jit.ask({
        kind: 'map',
        handle: skip ?? 0,
        length: 2,
        columns: [bytesOf(BigInt64Array.of(10n, 20n))],
      });
      assert.is((skipped as Uint8Array).byteLength, 0);
      const filled = (await jit.ask({
        kind: 'map',
        handle: next ?? 0,
        length: 3,
        columns: [],
      })) as Uint8Array;
      assert.equal([...new BigInt64Array(Uint8Array.from(filled).buffer)], [31n, 32n, 33n]);
      assert.is(await jit.function(next ?? 0, 'int64(void)').call(), 34);
    },
  );

  map('sine over a column is within 4 units in the last place of libm', async ({ jit }) => {
    const { handle, call } = await jit.define(
      'wave',
      'float64(float64)',
      `declare double @llvm.sin.f64(double)
       define double @wave(double %a) nounwind {
         %r = call double @llvm.sin.f64(double %a)
         ret double %r
       }`,
    );
    const angles = Float64Array.from({ length: 1001 }, (_, index) => index / 7 - 70);
    const columns = [bytesOf(angles)];
    const mapped = doublesOf(await jit.ask({ kind: 'map', handle, length: angles.length, columns }));
    for (const index of [0, 1, 500, 999, 1000]) {
      const expected = Number(await call(angles[index]));
      const difference = Math.abs((mapped[index] ?? Number.NaN) - expected);
      assert.ok(difference <= 4 * Number.EPSILON * Math.abs(expected), `sin(${angles[index]})`);
    }
  });

  map('a raise at one element ends the map', async ({ jit }) => {
    const { handle } = await jit.define(
      'positive',
      'int64(int64)',
      `declare void @rjit_raise(i32, i32) noreturn cold
       define i64 @positive(i64 %a) nounwind {
         %good = icmp sgt i64 %a, 0
         br i1 %good, label %well, label %bad
       bad:
         call void @rjit_raise(i32 15, i32 4)
         unreachable
       well:
         ret i64 %a
       }`,
    );
    const columns = [bytesOf(BigInt64Array.of(3n, 2n, 1n, 0n))];
    const error = await remoteErrorOf(jit.ask({ kind: 'map', handle, length: 4, columns }));
    assert.is(error.name, 'ValueError');
    assert.is(error.line, 4);
  });

  map('a cancelled map ends between or inside blocks', async ({ jit }) => {
    const { handle } = await jit.define(
      'spin',
      'int64(int64)',
      `define i64 @spin(i64 %a) nounwind {
         %counter = alloca i64
         br label %again
       again:
         %n = load volatile i64, i64* %counter
         store volatile i64 %n, i64* %counter
         br label %again
       }`,
    );
    const columns = [bytesOf(BigInt64Array.of(1n))];
    const ending = remoteErrorOf(jit.ask({ kind: 'map', handle, length: 100_000, columns }));
    jit.cancel((await jit.untilRunning()).sequence);
    assert.is((await ending).code, 'cancelled');
  });

  map('columns that do not fit are refused with the sizes needed', async ({ jit }) => {
    const { handle } = await jit.define('scale', 'float64(float64, float64)', SCALE);
    const short = await remoteErrorOf(
      jit.ask({ kind: 'map', handle, length: 3, columns: [new Uint8Array(24), new Uint8Array(17)] }),
    );
    assert.is(
      short.message,
      '[bad-argument] column 2 has 17 bytes; 3 elements of 8 bytes, or one, are needed',
    );
    const few = await remoteErrorOf(
      jit.ask({ kind: 'map', handle, length: 3, columns: [new Uint8Array(24)] }),
    );
    assert.match(few.message, /1 columns arrived, but the function takes 2 arguments/);
    const negative = await remoteErrorOf(jit.ask({ kind: 'map', handle, length: -1, columns: [] }));
    assert.is(negative.code, 'bad-argument');
    const huge = await remoteErrorOf(
      jit.ask({ kind: 'map', handle, length: 2 ** 50, columns: [new Uint8Array(8), new Uint8Array(8)] }),
    );
    assert.is(huge.code, 'too-large');
  });

  map.run();
}
