import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clangFor } from '../support/left-out.ts';
import { rjitCommand } from '../support/rjit-command.ts';

interface Context {
  folder: string;
}

const compile = suite<Context>('rjit compile', { folder: '' });

compile.before(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'rjit-compile-'));
  await writeFile(join(context.folder, 'foo.py'), 'def foo(a, b):\n    return a + b\n');
  await writeFile(join(context.folder, 'foo.ts'), 'function foo(a, b) {\n  return a / b;\n}\n');
  await writeFile(join(context.folder, 'foo.c'), 'long foo(long a, long b) { return a - b; }\n');
  await writeFile(join(context.folder, 'foo.ll'), 'define i64 @foo(i64 %a) {\n  ret i64 %a\n}\n');
});
compile.after(async ({ folder }) => {
  await rm(folder, { recursive: true, force: true });
});

function rjit({ folder }: Context, input: string, ...args: string[]) {
  return spawnSync(process.execPath, [rjitCommand, 'compile', ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
  });
}

const INTEGERS = ['--signature', 'int64(int64, int64)'];

compile('the tree that was read needs no signature', (context) => {
  const { stdout, status } = rjit(context, '', 'foo.py', '--emit', 'core');
  assert.is(stdout, '(function foo (a b)\n  (return (+ a b)))\n');
  assert.is(status, 0);
});

compile('the typed tree', (context) => {
  const { stdout } = rjit(context, '', 'foo.py', ...INTEGERS, '--emit', 'hir');
  assert.is(
    stdout,
    '(function foo_lallA int64(int64, int64)\n  (parameters a:int64 b:int64)\n  (return (iadd a b)))\n',
  );
});

compile('IR is the default, and is written where it is wanted', async (context) => {
  const { stdout, status } = rjit(context, '', 'foo.py', ...INTEGERS, '-o', 'foo.out');
  assert.equal([stdout, status], ['', 0]);
  assert.match(
    await readFile(join(context.folder, 'foo.out'), 'utf8'),
    'define i64 @foo_lallA(i64 %a, i64 %b)',
  );
});

compile('several signatures, and options', (context) => {
  const signatures = ['--signature', 'double(double, double)', '--signature', 'float32(float32, float32)'];
  const { stdout } = rjit(context, '', 'foo.ts', ...signatures, '--fastmath');
  assert.match(stdout, 'define double @foo_daddA');
  assert.match(stdout, 'define float @foo_faffA');
  assert.match(stdout, 'fdiv fast double');
});

compile('optimised IR and assembly', (context) => {
  assert.match(rjit(context, '', 'foo.py', ...INTEGERS, '--emit', 'opt').stdout, /= add i64 %b, %a/);
  const { stdout, stderr } = rjit(context, '', 'foo.ll', '--emit', 'asm');
  assert.match(stdout, /^foo_lalA:$/m);
  assert.is(stderr, '');
});

compile('a source on standard input, in the language that it shows', (context) => {
  const { stdout } = rjit(context, 'def foo(x):\n    return x\n', '-', '--emit', 'core');
  assert.is(stdout, '(function foo (x)\n  (return x))\n');
});

compile('another compiler', (context) => {
  const command = `${process.execPath} -e "console.log('define double @half(double %x) { ret double %x }')"`;
  const { stdout, stderr } = rjit(context, '', 'foo.c', '--with', command);
  assert.match(stdout, 'define double @half_dadA(double %a0)', stderr);
});

compile('what is wrong with the source is said as in a notebook', (context) => {
  const { status, stderr } = rjit(context, 'def foo(a):\n    return b\n', '-', '--signature', 'int64(int64)');
  assert.is(status, 1);
  assert.match(stderr, ' --> stdin:2:12\n2 |     return b\n  |            ^\n');
});

compile('what is wrong with a signature', (context) => {
  const { status, stderr } = rjit(context, '', 'foo.py', '--signature', 'integer(int64)');
  assert.is(status, 1);
  assert.match(stderr, /^error\[signature\].*integer/);
});

compile('what is wrong with the command line', (context) => {
  const complaint = (...args: string[]) => {
    const { status, stderr } = rjit(context, '', ...args);
    assert.is(status, 2);
    return stderr.trim();
  };
  assert.match(complaint(), 'rjit compile: expected one FILE, found 0');
  assert.match(complaint('foo.py', '--emit', 'exe'), '--emit is "exe"; expected core, hir, ir, opt, asm');
  assert.match(
    complaint('foo.py', '--lang', 'cobol'),
    '--lang is "cobol"; expected python, typescript, c, c++, ir',
  );
  assert.match(complaint('gone.py'), "gone.py can't be read");
  assert.match(complaint('foo.ll', '--emit', 'hir'), '--emit hir is for Python and TypeScript');
  assert.match(complaint('foo.py', '--wat'), '--wat');
});

const clang = clangFor('rjit compile of C');
if (clang) {
  compile('C', (context) => {
    const { stdout, stderr } = rjit(context, '', 'foo.c');
    assert.match(stdout, 'source_filename = "foo.c"', stderr);
    assert.match(stdout, 'define i64 @foo_lallA(i64 %a0, i64 %a1)');
    assert.match(rjit(context, '', 'foo.c', '--emit', 'opt').stdout, /sub nsw i64 %a0, %a1/);
  });
}

compile.run();
