import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RAISES } from '../../../backend/contract/raise-kinds.ts';
import type { MemoryGrowth } from '../../support/jit-messages.ts';
import { type JitProcess as Jit, JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

/** Functions that fail when called with 0, and answer their argument otherwise; `count_to` always does. */
const FAULTS = `
declare void @rjit_raise(i32, i32) noreturn cold
declare void @abort()
declare void @llvm.trap()

define i64 @read(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  %p = inttoptr i64 4096 to i64*
  %v = load volatile i64, i64* %p
  ret i64 %v
well:
  ret i64 %a
}

define i64 @recurse(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  %v = call i64 @deeper(i64 %a)
  ret i64 %v
well:
  ret i64 %a
}

define internal i64 @deeper(i64 %a) noinline nounwind {
  %next = add i64 %a, 1
  %v = call i64 @deeper(i64 %next)
  %product = mul i64 %v, %next
  %r = xor i64 %product, %a
  ret i64 %r
}

define i64 @large(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  %frame = alloca [16777216 x i8]
  %p = getelementptr [16777216 x i8], [16777216 x i8]* %frame, i64 0, i64 %a
  store volatile i8 1, i8* %p
  %v = load volatile i8, i8* %p
  %w = zext i8 %v to i64
  ret i64 %w
well:
  ret i64 %a
}

define i64 @trap(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  call void @llvm.trap()
  unreachable
well:
  ret i64 %a
}

define i64 @give_up(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  call void @abort()
  unreachable
well:
  ret i64 %a
}

define i64 @raise(i64 %kind, i64 %line) nounwind {
  %k = trunc i64 %kind to i32
  %l = trunc i64 %line to i32
  %good = icmp eq i64 %kind, 0
  br i1 %good, label %well, label %bad
bad:
  call void @rjit_raise(i32 %k, i32 %l)
  unreachable
well:
  ret i64 %line
}

define i64 @endless(i64 %a) nounwind {
  %good = icmp ne i64 %a, 0
  br i1 %good, label %well, label %bad
bad:
  %counter = alloca i64
  br label %again
again:
  %n = load volatile i64, i64* %counter
  %m = add i64 %n, 1
  store volatile i64 %m, i64* %counter
  br label %again
well:
  ret i64 %a
}

define i64 @count_to(i64 %a) nounwind {
  %counter = alloca i64
  store volatile i64 0, i64* %counter
  br label %again
again:
  %n = load volatile i64, i64* %counter
  %m = add i64 %n, 1
  store volatile i64 %m, i64* %counter
  %more = icmp slt i64 %m, %a
  br i1 %more, label %again, label %done
done:
  ret i64 %a
}
`;

/** An integer division that faults on x86-64; aarch64 answers 0. */
const DIVISION = `
define i64 @divide(i64 %a) nounwind {
  %r = sdiv i64 1000, %a
  ret i64 %r
}
`;

interface GuardContext {
  jit: Jit;
  handles: ReadonlyMap<string, number>;
}

for (const { label, library } of llvmChoices()) {
  const guard = suite<GuardContext>(`faults under ${label}`);
  const packed = (value: number) => new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);

  guard.before(async (context) => {
    context.jit = await JitProcess.start(library);
    const unary = ['read', 'recurse', 'large', 'trap', 'give_up', 'endless', 'count_to'];
    const report = await context.jit.compile(
      FAULTS,
      [
        ...unary.map((symbol) => ({ symbol, signature: 'int64(int64)' })),
        { symbol: 'raise', signature: 'int64(int64, int64)' },
      ],
      { raises: JSON.stringify([{ exception: 'KeyError', message: "'left'" }]) },
    );
    context.handles = new Map(report.functions.map(({ symbol, handle }) => [symbol, handle]));
  });
  guard.after(async ({ jit }) => jit.stop());

  const named = ({ jit, handles }: GuardContext, symbol: string) =>
    jit.function(handles.get(symbol) ?? 0, symbol === 'raise' ? 'int64(int64, int64)' : 'int64(int64)');

  guard('a bad memory access names signal, function and address', async (context) => {
    const read = named(context, 'read');
    const error = await remoteErrorOf(read.call(0));
    assert.is(error.message, '[jit-crash] SIGSEGV in read at 0x1000');
    assert.is(error.functionName, 'read');
    assert.is(error.signalName, 'SIGSEGV');
    assert.is(error.address, 4096n);
    assert.is(await read.call(5), 5);
  });

  guard(
    'an integer division by zero that the compiler did not check is a SIGFPE on x86-64',
    async ({ jit }) => {
      const divide = await jit.define('divide', 'int64(int64)', DIVISION);
      if (process.arch === 'x64') {
        const error = await remoteErrorOf(divide.call(0));
        assert.is(error.code, 'jit-crash');
        assert.is(error.signalName, 'SIGFPE');
      }
      assert.is(await divide.call(-4), -250);
    },
  );

  guard('a stack overflow is told from other bad accesses', async (context) => {
    const recurse = named(context, 'recurse');
    const error = await remoteErrorOf(recurse.call(0));
    assert.match(error.message, /^\[jit-crash\] stack overflow in recurse \(SIGSEGV at 0x[0-9a-f]+\)/);
    assert.is(await recurse.call(5), 5);
  });

  guard('a frame larger than the stack does not step over its guard page', async (context) => {
    const error = await remoteErrorOf(named(context, 'large').call(0));
    assert.match(error.message, /^\[jit-crash\] stack overflow in large/);
  });

  guard('a trap is an illegal instruction on x86-64 and a breakpoint on aarch64', async (context) => {
    const error = await remoteErrorOf(named(context, 'trap').call(0));
    assert.is(error.signalName, process.arch === 'x64' ? 'SIGILL' : 'SIGTRAP');
  });

  guard('abort() ends the call, not the process', async (context) => {
    const error = await remoteErrorOf(named(context, 'give_up').call(0));
    assert.is(error.message, '[jit-crash] SIGABRT in give_up');
    assert.is(error.address, undefined);
    assert.is(await named(context, 'give_up').call(3), 3);
  });

  guard('a raise carries its exception and the line of the source', async (context) => {
    const raise = named(context, 'raise');
    for (const { kind, exception, message } of Object.values(RAISES)) {
      const error = await remoteErrorOf(raise.call(kind, 12));
      assert.is(error.code, 'jit-raise');
      assert.is(error.name, exception);
      assert.is(error.message, message);
      assert.is(error.line, 12);
      assert.is(error.functionName, 'raise');
    }
    assert.is(await raise.call(0, 12), 12);
  });

  guard("a module's own raises are found by their place", async (context) => {
    const error = await remoteErrorOf(named(context, 'raise').call(1000, 3));
    assert.is(error.name, 'KeyError');
    assert.is(error.message, "'left'");
  });

  guard('a raise of a kind that nobody knows says so', async (context) => {
    const error = await remoteErrorOf(named(context, 'raise').call(1001, 3));
    assert.is(error.name, 'RuntimeError');
    assert.match(error.message, /unknown kind 1001/);
  });

  guard('an endless loop ends when its call is cancelled, and the next call runs', async (context) => {
    const endless = named(context, 'endless');
    const ending = remoteErrorOf(endless.call(0));
    const { sequence, functionName } = await context.jit.untilRunning();
    assert.is(functionName, 'endless');
    context.jit.cancel(sequence);
    const error = await ending;
    assert.is(error.code, 'cancelled');
    assert.is(error.functionName, 'endless');
    assert.is(await endless.call(9), 9);
    assert.is(context.jit.record.state, 'idle');
  });

  guard('a cancellation of an earlier call leaves the current one alone', async (context) => {
    await named(context, 'read').call(1);
    const earlier = context.jit.record.sequence;
    const ending = remoteErrorOf(named(context, 'endless').call(0));
    const { sequence } = await context.jit.untilRunning();
    assert.is.not(sequence, earlier);
    context.jit.cancel(earlier);
    await context.jit.untilDelivered('SIGUSR2');
    assert.is(context.jit.record.state, 'running');
    assert.is(context.jit.record.sequence, sequence);
    context.jit.cancel(sequence);
    assert.is((await ending).code, 'cancelled');
  });

  guard('SIGUSR2 while nothing runs is ignored', async (context) => {
    context.jit.cancel(context.jit.record.sequence);
    context.jit.kill('SIGUSR2');
    assert.is(await named(context, 'read').call(4), 4);
  });

  guard('a storm of signals ends the calls that are named to end, and no others', async (context) => {
    const { jit } = context;
    const handle = context.handles.get('count_to') ?? 0;
    const named = new Set<number>();
    let answered = false;
    const cancelled = jit.ask({ kind: 'endure', handle, args: packed(20_000), count: 5000 }).finally(() => {
      answered = true;
    });
    while (!answered) {
      const { state, sequence } = jit.record;
      if (state === 'running') {
        named.add(sequence);
        jit.cancel(sequence);
      } else {
        jit.kill('SIGUSR2');
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const numbers = (await cancelled) as readonly number[];
    assert.ok(numbers.length > 0);
    assert.equal(
      numbers.filter((number) => !named.has(number)),
      [],
    );
  });

  guard('thousands of faults leave no memory behind', async ({ jit, handles }) => {
    const handle = handles.get('read') ?? 0;
    assertFlat(await jit.ask({ kind: 'crash', handle, args: packed(0), count: 20_000 }));
  });

  guard('hundreds of stack overflows leave no memory behind', async ({ jit, handles }) => {
    const handle = handles.get('recurse') ?? 0;
    assertFlat(await jit.ask({ kind: 'crash', handle, args: packed(0), count: 400 }));
  });

  guard.run();
}

function assertFlat(answer: unknown): void {
  const growth = answer as MemoryGrowth;
  assert.ok(growth.allocatedBytes < 200_000, `${growth.allocatedBytes} bytes more are allocated`);
  assert.ok(growth.mappings < 10, `${growth.mappings} more mappings`);
}

const death = suite<{ jit: Jit }>('what the call record says after a death');

death.before.each(async (context) => {
  context.jit = await JitProcess.start();
});
death.after.each(async ({ jit }) => jit.stop());

death('a killed process leaves the name of the function it ran', async ({ jit }) => {
  const { functions } = await jit.compile(FAULTS, [{ symbol: 'endless', signature: 'int64(int64)' }]);
  const [endless] = functions;
  const call = jit.function(endless?.handle ?? 0, 'int64(int64)').call(0);
  const failed = call.then(
    () => 'returned',
    (error: unknown) => String(error),
  );
  await jit.untilRunning();
  jit.kill('SIGKILL');
  assert.is(await jit.ended(), 'SIGKILL');
  assert.match(await failed, /the process ended: SIGKILL/);
  assert.is(jit.record.state, 'running');
  assert.is(jit.record.functionName, 'endless');
  assert.is(jit.record.handle, endless?.handle);
  assert.is(jit.record.signal, 0);
});

death(
  'a fault outside of any call ends the process by its signal and leaves its address',
  async ({ jit }) => {
    const failed = jit.ask({ kind: 'fault' }).then(
      () => 'returned',
      (error: unknown) => String(error),
    );
    assert.is(await jit.ended(), 'SIGSEGV');
    assert.match(await failed, /the process ended: SIGSEGV/);
    assert.is(jit.record.state, 'idle');
    assert.is(jit.record.signal, 11);
    assert.is(jit.record.faultAddress, 8n);
  },
);

death('a fault that was sent, not met, ends the process too', async ({ jit }) => {
  jit.kill('SIGBUS');
  assert.is(await jit.ended(), 'SIGBUS');
});

death('a fatal error of LLVM leaves its last words', async ({ jit }) => {
  const failed = jit
    .define(
      'f',
      'int64(int64)',
      `define i64 @f(i64 %a) {
         %r = call i64 @llvm.read_register.i64(metadata !0)
         ret i64 %r
       }
       declare i64 @llvm.read_register.i64(metadata)
       !0 = !{!"no such register"}`,
    )
    .then(
      () => 'returned',
      (error: unknown) => String(error),
    );
  assert.match(await failed, /the process ended: /);
  assert.is(jit.record.state, 'compiling');
  assert.is(jit.record.functionName, 'f');
  assert.match(jit.record.message, /[Ii]nvalid register name/);
});

death.run();
