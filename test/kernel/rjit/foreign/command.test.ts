import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteJIT } from '../../../../kernel/rjit/remote-jit.ts';
import { clangFor } from '../../../support/left-out.ts';
import { errorOf } from '../../../support/remote-jit.ts';

const jit = new RemoteJIT({ port: 0 });
const commands = suite('cells that a command compiles');
const define = (source: string, command: string, ...signatures: string[]) =>
  jit.define({ source, command, fileName: 'In[4]', signatures });

commands.before(async () => {
  await jit.startServer();
});
commands.after(async () => {
  await jit.close();
});

/** A compiler of its own: `name value` becomes a function that returns the value. */
const compiler = `${process.execPath} -e "
  const [name, value] = require('fs').readFileSync(0, 'utf8').trim().split(' ');
  console.log('; ' + process.env.RJIT_TRIPLE + ' ' + process.env.RJIT_LLVM_MAJOR + ' ' + process.env.RJIT_SIGNATURES);
  console.log('define i64 @' + name + '() { ret i64 ' + value + ' }');
"`;

commands('the source goes in, IR comes out', async () => {
  const [answer] = await define('answer 42', compiler, 'int64()');
  assert.is(answer?.name, 'answer');
  assert.is(answer?.(), 42);
});

commands('the command is told the target and the signatures', async () => {
  const [answer] = await define('answer 42', compiler, 'int64 answer()');
  assert.match(answer?.ir ?? '', /^; x86_64-\S*linux\S* 1\d int64 answer\(void\)$/m);
});

commands('what a command says when it fails is shown', async () => {
  const command = `${process.execPath} -e "console.error('line 1: no'); process.exit(3)"`;
  const error = await errorOf(() => define('whatever', command, 'int64()'));
  assert.match(error.message, `error[command]: ${process.execPath} ended with status 3\n --> In[4]:1:1\n`);
  assert.match(error.message, '= it wrote:\n    line 1: no');
});

commands('a command that writes something else is told what is expected', async () => {
  const error = await errorOf(() => define('int main() {}', 'cat', 'int64()'));
  assert.match(
    error.message,
    'cat wrote no function in LLVM IR to its standard output; found "int main() {}"',
  );
  assert.match(error.message, 'clang -S -emit-llvm -o -');
});

commands('a command that is not there', async () => {
  const error = await errorOf(() => define('x', 'no-such-compiler -', 'int64()'));
  assert.match(error.message, "[compile-failed] no-such-compiler can't be started");
});

commands('types are checked as in cells of LLVM IR', async () => {
  const error = await errorOf(() => define('answer 42', compiler, 'double()'));
  assert.match(error.message, 'the signature is float64(void), but the function is i64 @answer()');
  assert.match(error.message, '1 | answer 42\n  | ^^^^^^\n');
});

const clang = clangFor('cells that clang compiles by command');
if (clang) {
  commands('clang by command: bools, complex numbers and C++ names', async () => {
    const source = `
      double _Complex turn(double _Complex z) { return z * (double _Complex){0, 1}; }
      bool both(bool a, bool b) { return a && b; }`;
    const command = `${clang.command} -x c++ -O1 -fno-exceptions -w -S -emit-llvm -o - -`;
    const [turn, both] = await define(
      source,
      command,
      'complex128 turn(complex128)',
      'bool both(bool, bool)',
    );
    assert.is(String(turn?.(2)), '2j');
    assert.equal([both?.(true, true), both?.(true, false)], [true, false]);
  });
}

commands.run();
