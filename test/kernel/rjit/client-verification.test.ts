import { createRequire } from 'node:module';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { verifyOnClient } from '../../../kernel/rjit/client-verification.ts';

const verification = suite('verifying modules on the client');

function codeOf(ir: string): string {
  try {
    verifyOnClient(ir);
    return 'sound';
  } catch (error) {
    assert.instance(error, RemoteError);
    return error instanceof RemoteError ? error.code : '';
  }
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('llvm-bindings');
    return true;
  } catch {
    return false;
  }
}

const sound = 'define i64 @f(i64* %a) {\n  %v = load i64, i64* %a\n  ret i64 %v\n}\n';
const broken =
  'define i64 @f(i1 %c) {\nentry:\n  br label %x\nx:\n  %p = phi i64 [ 0, %x ]\n  ret i64 %p\n}\n';

if (isInstalled()) {
  verification('a sound module passes, a broken one and one that is no IR are told apart', () => {
    assert.is(codeOf(sound), 'sound');
    assert.is(codeOf(broken), 'ir-verify');
    assert.is(codeOf('nonsense'), 'ir-parse');
  });
} else {
  verification('without llvm-bindings, asking for it says what is missing and what to do', () => {
    assert.throws(
      () => verifyOnClient(sound),
      /\[unsupported\] --verify needs the package llvm-bindings.*leave --verify out/,
    );
  });
}

verification.run();
