import { existsSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Complex } from '../../../backend/contract/complex.ts';
import type { TargetDescription } from '../../../backend/llvm/target.ts';
import type { MemoryGrowth } from '../../support/jit-messages.ts';
import { JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

/** Where Debian and Ubuntu have it, on x86-64 only. */
const LIBMVEC = '/lib/x86_64-linux-gnu/libmvec.so.1';

for (const { label, library } of llvmChoices()) {
  const compile = suite<{ jit: JitProcess }>(`compile with ${label}`);

  compile.before(async (context) => {
    context.jit = await JitProcess.start(library);
  });
  compile.after(async ({ jit }) => jit.stop());

  compile('integers of every width come back as they went in', async ({ jit }) => {
    for (const bits of [8, 16, 32, 64]) {
      const identity = `define i${bits} @same${bits}(i${bits} %a) {\n  ret i${bits} %a\n}\n`;
      const signed = await jit.define(`same${bits}`, `int${bits}(int${bits})`, identity);
      assert.is(await signed.call(-5), -5);
      const unsigned = await jit.define(`same${bits}`, `uint${bits}(uint${bits})`, identity);
      assert.is(await unsigned.call(200), 200);
    }
    const wide = await jit.define('wide', 'uint64(uint64)', 'define i64 @wide(i64 %a) {\n  ret i64 %a\n}\n');
    assert.is(await wide.call(18446744073709551615n), 18446744073709551615n);
  });

  compile('arguments of different widths keep their places', async ({ jit }) => {
    const mixed = await jit.define(
      'mixed',
      'float64(int8, float32, bool, complex128, uint16)',
      `define double @mixed(i8 %a, float %b, i8 %c, { double, double } %d, i16 %e) {
         %fa = sitofp i8 %a to double
         %fb = fpext float %b to double
         %fc = uitofp i8 %c to double
         %re = extractvalue { double, double } %d, 0
         %im = extractvalue { double, double } %d, 1
         %fe = uitofp i16 %e to double
         %s1 = fadd double %fa, %fb
         %s2 = fadd double %s1, %fc
         %s3 = fadd double %s2, %re
         %s4 = fsub double %s3, %im
         %s5 = fadd double %s4, %fe
         ret double %s5
       }`,
    );
    assert.is(await mixed.call(-3, 0.5, true, new Complex(10, 4), 1000), 1004.5);
  });

  compile('complex numbers of both widths are passed and returned', async ({ jit }) => {
    for (const [name, part, signature] of [
      ['swap64', 'float', 'complex64(complex64)'],
      ['swap128', 'double', 'complex128(complex128)'],
    ] as const) {
      const swap = await jit.define(
        name,
        signature,
        `define { ${part}, ${part} } @${name}({ ${part}, ${part} } %z) {
           %re = extractvalue { ${part}, ${part} } %z, 0
           %im = extractvalue { ${part}, ${part} } %z, 1
           %one = insertvalue { ${part}, ${part} } undef, ${part} %im, 0
           %two = insertvalue { ${part}, ${part} } %one, ${part} %re, 1
           ret { ${part}, ${part} } %two
         }`,
      );
      assert.equal(await swap.call(new Complex(1.5, -2)), new Complex(-2, 1.5));
    }
  });

  compile('a function may take and return nothing', async ({ jit }) => {
    const nothing = await jit.define('nothing', 'void(void)', 'define void @nothing() {\n  ret void\n}\n');
    assert.is(await nothing.call(), undefined);
  });

  compile('local variables behind typed pointers are read', async ({ jit }) => {
    const local = await jit.define(
      'local',
      'float64(float64)',
      `define double @local(double %a) {
         %x = alloca double
         store double %a, double* %x
         %v = load double, double* %x
         %r = fmul double %v, %v
         ret double %r
       }`,
    );
    assert.is(await local.call(3), 9);
  });

  compile('opaque pointers are read by every version that knows them', async ({ jit }) => {
    const ir = `define double @opaque(double %a) {
      %x = alloca double
      store double %a, ptr %x
      %v = load double, ptr %x
      ret double %v
    }`;
    if (jit.major < 15) {
      const error = await remoteErrorOf(jit.define('opaque', 'float64(float64)', ir));
      assert.is(error.code, 'ir-parse');
    } else {
      assert.is(await (await jit.define('opaque', 'float64(float64)', ir)).call(2.5), 2.5);
    }
  });

  compile('functions of libm and of the module itself can be called', async ({ jit }) => {
    const { functions } = await jit.compile(
      `declare double @sin(double)
       declare double @llvm.sqrt.f64(double)
       define double @root(double %a) {
         %r = call double @llvm.sqrt.f64(double %a)
         ret double %r
       }
       define double @wave(double %a) {
         %r = call double @root(double %a)
         %s = call double @sin(double %r)
         ret double %s
       }`,
      [
        { symbol: 'root', signature: 'float64(float64)' },
        { symbol: 'wave', signature: 'float64(float64)' },
      ],
    );
    const [root, wave] = functions.map(({ handle }) => jit.function(handle, 'float64(float64)'));
    assert.is(await root?.call(16), 4);
    assert.is(await wave?.call(4), Math.sin(2));
  });

  compile('a 128-bit division, which LLVM calls a library for, works', async ({ jit }) => {
    const divide = await jit.define(
      'divide',
      'int64(int64, int64)',
      `define i64 @divide(i64 %a, i64 %b) {
         %wa = sext i64 %a to i128
         %wb = sext i64 %b to i128
         %shifted = shl i128 %wa, 40
         %q = sdiv i128 %shifted, %wb
         %r = trunc i128 %q to i64
         ret i64 %r
       }`,
    );
    assert.is(await divide.call(3_000_000_000, 2 ** 41), 1_500_000_000);
  });

  compile('two versions of a function live side by side until the first is dropped', async ({ jit }) => {
    const body = (operation: string) =>
      `define i64 @foo(i64 %a, i64 %b) {\n  %r = ${operation} i64 %a, %b\n  ret i64 %r\n}\n`;
    const sum = await jit.define('foo', 'int64(int64, int64)', body('add'));
    const product = await jit.define('foo', 'int64(int64, int64)', body('mul'));
    assert.is(await sum.call(3, 4), 7);
    assert.is(await product.call(3, 4), 12);
    await jit.ask({ kind: 'drop', handles: [sum.handle] });
    assert.is((await remoteErrorOf(sum.call(3, 4))).code, 'unknown-function');
    assert.is(await product.call(3, 4), 12);
  });

  compile('the same module compiled again shares the code of the first', async ({ jit }) => {
    const ir = 'define i64 @twice(i64 %a) {\n  %r = add i64 %a, %a\n  ret i64 %r\n}\n';
    const spec = [{ symbol: 'twice', signature: 'int64(int64)' }];
    const first = await jit.compile(ir, spec);
    const second = await jit.compile(ir, spec);
    assert.is(first.cached, false);
    assert.is(second.cached, true);
    const [one, two] = [first, second].map(({ functions }) => functions[0]?.handle ?? 0);
    assert.is.not(one, two);
    await jit.ask({ kind: 'drop', handles: [one ?? 0] });
    assert.is(await jit.function(two ?? 0, 'int64(int64)').call(21), 42);
  });

  compile('each load of a module has variables of its own', async ({ jit }) => {
    const ir = `@count = internal global i64 0
      define i64 @next(i64 %by) {
        %old = load i64, i64* @count
        %new = add i64 %old, %by
        store i64 %new, i64* @count
        ret i64 %new
      }`;
    const first = await jit.define('next', 'int64(int64)', ir);
    const second = await jit.define('next', 'int64(int64)', ir);
    assert.is(await first.call(1), 1);
    assert.is(await first.call(1), 2);
    assert.is(await second.call(5), 5);
  });

  compile('a report tells how long each phase took', async ({ jit }) => {
    const { phaseMicroseconds } = await jit.compile('define i64 @one() {\n  ret i64 1\n}\n', [
      { symbol: 'one', signature: 'int64(void)' },
    ]);
    for (const phase of ['parse', 'verify', 'optimize', 'codegen', 'link', 'total']) {
      assert.ok((phaseMicroseconds[phase] ?? 0) > 0, phase);
    }
  });

  compile('optimised IR and assembly show the function under its own name', async ({ jit }) => {
    const shown = await jit.define(
      'shown',
      'int64(int64)',
      'define i64 @shown(i64 %a) {\n  %b = add i64 %a, 0\n  %c = mul i64 %b, 2\n  ret i64 %c\n}\n',
    );
    const optimised = String(await jit.ask({ kind: 'emit', handle: shown.handle, form: 'opt' }));
    assert.match(optimised, /define .*i64 @shown\(i64 .*%a\)/);
    assert.not.match(optimised, /add i64/);
    const assembly = String(await jit.ask({ kind: 'emit', handle: shown.handle, form: 'asm' }));
    assert.match(assembly, /^shown:$/m);
    assert.match(assembly, /ret/);
  });

  compile('functions without a branch are inlined and folded as well as others', async ({ jit }) => {
    const shown = await jit.define(
      'shown',
      'float64(float64, int64)',
      `declare double @llvm.sqrt.f64(double)
       define internal double @square(double %x) {
         %p = alloca double
         store double %x, double* %p
         %a = load double, double* %p
         %b = load double, double* %p
         %c = fmul double %a, %b
         ret double %c
       }
       define double @shown(double %x, i64 %n) {
         %s1 = call double @llvm.sqrt.f64(double %x)
         %s2 = call double @llvm.sqrt.f64(double %x)
         %sum = fadd double %s1, %s2
         %small = and i64 %n, 255
         %rest = srem i64 %small, 1000
         %float = sitofp i64 %rest to double
         %square = call double @square(double %sum)
         %result = fadd double %square, %float
         ret double %result
       }`,
    );
    const optimised = String(await jit.ask({ kind: 'emit', handle: shown.handle, form: 'opt' }));
    assert.is(optimised.match(/call double/g)?.length, 1, 'one root is left, and no square');
    assert.not.match(optimised, /alloca|store|load|srem/);
    assert.is(await shown.call(6.25, 300), 25 + 44);
  });

  compile('a loop over sines calls libmvec where glibc has it', async ({ jit }) => {
    const { functions } = await jit.compile(
      `declare double @llvm.sin.f64(double)
       define void @waves(double* noalias %in, double* noalias %out, i64 %n) nounwind {
       entry:
         br label %loop
       loop:
         %i = phi i64 [ 0, %entry ], [ %next, %loop ]
         %p = getelementptr double, double* %in, i64 %i
         %x = load double, double* %p
         %y = call double @llvm.sin.f64(double %x)
         %q = getelementptr double, double* %out, i64 %i
         store double %y, double* %q
         %next = add i64 %i, 1
         %more = icmp ult i64 %next, %n
         br i1 %more, label %loop, label %done
       done:
         ret void
       }`,
      [{ symbol: 'waves', signature: 'void(float64*, float64*, int64)' }],
    );
    const handle = functions[0]?.handle ?? 0;
    const assembly = String(await jit.ask({ kind: 'emit', handle, form: 'asm' }));
    assert.match(assembly, existsSync(LIBMVEC) ? /_ZGV\w+_sin/ : /\bsin\b/);
  });

  compile('the target is this machine', async ({ jit }) => {
    const target = (await jit.ask({ kind: 'target' })) as TargetDescription;
    assert.match(target.triple, process.arch === 'x64' ? /^x86_64-/ : /^aarch64-/);
    assert.match(target.dataLayout, /^e-m:e-/);
    assert.is(target.llvmMajor, jit.major);
    assert.is.not(target.cpu, '');
  });

  if (process.arch === 'x64') {
    compile('instructions that this processor lacks are not used', async ({ jit }) => {
      // Only AMD's processors of 2011 to 2016 have FMA4.
      const has = /\bfma4\b/.test(readFileSync('/proc/cpuinfo', 'latin1'));
      const found = (await jit.ask({ kind: 'retarget', features: '+fma4,-fma' })) as TargetDescription;
      assert.is(found.cpu === 'x86-64', !has);
      assert.is(found.features, has ? '+fma4,-fma' : '');
    });
  }

  compile('a second Jit in the process gives the first its signals back', async ({ jit }) => {
    const read = await jit.define(
      'read',
      'int64(int64)',
      'define i64 @read(i64 %a) {\n  %p = inttoptr i64 %a to i64*\n  %v = load i64, i64* %p\n  ret i64 %v\n}\n',
    );
    await jit.ask({ kind: 'retarget', features: '' });
    assert.is((await remoteErrorOf(read.call(4096))).signalName, 'SIGSEGV');
  });

  compile('hundreds of recompilations leave no memory behind', async ({ jit }) => {
    const growth = (await jit.ask({
      kind: 'recompile',
      ir: 'define i64 @again(i64 %a) {\n  ret i64 %a\n}\n',
      functions: [{ symbol: 'again', signature: 'int64(int64)' }],
      count: 600,
    })) as MemoryGrowth;
    assert.ok(growth.allocatedBytes < 300 * 2000, `${growth.allocatedBytes} bytes over 300 compilations`);
    assert.ok(growth.mappings < 30, `${growth.mappings} mappings over 300 compilations`);
  });

  compile.run();
}
