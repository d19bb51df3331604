import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RemoteErrorCode } from '../../../backend/contract/remote-error.ts';
import { JitProcess, llvmChoices, remoteErrorOf } from '../../support/jit-process.ts';

interface BadModule {
  readonly what: string;
  readonly ir: string;
  readonly code: RemoteErrorCode;
  /** All of these stand in the message. */
  readonly says: readonly RegExp[];
}

/** Each is compiled as `int64 f(int64)`. */
const BAD_MODULES: readonly BadModule[] = [
  {
    what: 'a use of an undefined value names its line and column',
    ir: 'define i64 @f(i64 %a) {\n  ret i64 %b\n}',
    code: 'ir-parse',
    says: [/<ir>:2:11: error: use of undefined value '%b'/, /\n {2}ret i64 %b\n/],
  },
  {
    what: 'an unfinished function is an error of the text, not of what is added to it',
    ir: 'define i64 @f(i64 %a) {\n  ret i64 %a\n',
    code: 'ir-parse',
    says: [/found end of file/],
  },
  {
    what: 'a missing function is named beside those that are there',
    ir: 'define i64 @g(i64 %a) {\n  ret i64 %a\n}\ndefine i64 @h(i64 %a) {\n  ret i64 %a\n}',
    code: 'ir-verify',
    says: [/does not define @f; it defines @g, @h/],
  },
  {
    what: 'a function that is only declared counts as missing',
    ir: 'declare i64 @f(i64)',
    code: 'ir-verify',
    says: [/does not define @f; it defines no function/],
  },
  {
    what: 'another parameter type than the signature has is shown with the one needed',
    ir: 'define i64 @f(i32 %a) {\n  ret i64 0\n}',
    code: 'ir-verify',
    says: [/@f has the type i64 \(i32\), but int64\(int64\) needs i64 \(i64\)/],
  },
  {
    what: 'what breaks the rules of IR is refused in the words of the verifier',
    ir: 'define i64 @f(i64 %a) {\n  br label %x\nx:\n  %r = add i64 %r, 1\n  ret i64 %r\n}',
    code: 'ir-verify',
    says: [/Only PHI nodes may reference their own value/],
  },
  {
    what: 'all symbols that nothing defines are named',
    ir: 'declare i64 @no_such_1(i64)\n@no_such_2 = external global i64\ndefine i64 @f(i64 %a) {\n  %v = load i64, i64* @no_such_2\n  %r = call i64 @no_such_1(i64 %v)\n  ret i64 %r\n}',
    code: 'unresolved-symbol',
    says: [/@no_such_1, @no_such_2/],
  },
  {
    what: 'a module for another architecture is refused',
    ir: 'target triple = "wasm32-unknown-wasi"\ndefine i64 @f(i64 %a) {\n  ret i64 %a\n}',
    code: 'unsupported',
    says: [/wasm32-unknown-wasi/, new RegExp(process.arch === 'x64' ? 'x86_64' : 'aarch64')],
  },
  {
    what: 'code that would run on loading is refused',
    ir: '@llvm.global_ctors = appending global [1 x { i32, void ()*, i8* }] [{ i32, void ()*, i8* } { i32 1, void ()* @start, i8* null }]\ndefine void @start() {\n  ret void\n}\ndefine i64 @f(i64 %a) {\n  ret i64 %a\n}',
    code: 'unsupported',
    says: [/@llvm\.global_ctors/],
  },
  {
    what: 'thread-local variables are refused',
    ir: '@mine = thread_local global i64 0\ndefine i64 @f(i64 %a) {\n  %v = load i64, i64* @mine\n  ret i64 %v\n}',
    code: 'unsupported',
    says: [/@mine is thread_local/],
  },
  {
    what: 'inline assembly that the target refuses does not end the process',
    ir: 'define i64 @f(i64 %a) {\n  call void asm sideeffect "no such instruction", ""()\n  ret i64 %a\n}',
    code: 'compile-failed',
    says: [/no such instruction|invalid instruction/],
  },
];

for (const { label, library } of llvmChoices()) {
  const refused = suite<{ jit: JitProcess }>(`modules refused by ${label}`);

  refused.before(async (context) => {
    context.jit = await JitProcess.start(library);
  });
  refused.after(async ({ jit }) => jit.stop());

  for (const { what, ir, code, says } of BAD_MODULES) {
    refused(what, async ({ jit }) => {
      const error = await remoteErrorOf(jit.compile(ir, [{ symbol: 'f', signature: 'int64(int64)' }]));
      assert.is(error.code, code, error.message);
      for (const pattern of says) assert.match(error.message, pattern);
    });
  }

  refused('a type without a machine form is named', async ({ jit }) => {
    const error = await remoteErrorOf(
      jit.compile('define void @f() {\n  ret void\n}', [{ symbol: 'f', signature: 'void(Column<int64>)' }]),
    );
    assert.is(error.code, 'unsupported');
    assert.match(error.message, /Column<int64>/);
  });

  refused('a request without functions is refused', async ({ jit }) => {
    assert.is((await remoteErrorOf(jit.compile('', []))).code, 'bad-request');
  });

  refused('raises that are no JSON array of messages are refused', async ({ jit }) => {
    const compiled = jit.compile(
      'define void @f() {\n  ret void\n}',
      [{ symbol: 'f', signature: 'void(void)' }],
      {
        raises: '[{"exception": 1}]',
      },
    );
    const error = await remoteErrorOf(compiled);
    assert.is(error.code, 'bad-request');
    assert.match(error.message, /'raises'/);
  });

  refused('after all of this the process still compiles', async ({ jit }) => {
    const well = await jit.define('f', 'int64(int64)', 'define i64 @f(i64 %a) {\n  ret i64 %a\n}');
    assert.is(await well.call(7), 7);
  });

  refused.run();
}
