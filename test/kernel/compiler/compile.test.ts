import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { type CompiledModule, type CompileRequest, compileModule } from '../../../kernel/compiler/compile.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';

const TARGET = { triple: 'x86_64-pc-linux-gnu' };

function requestOf(source: string, ...signatures: string[]): CompileRequest {
  const parsed = parseModule({ source, fileName: 'In[1]' });
  if (!parsed.ok) throw new Error('the source does not parse');
  const overloads = signatures.map((text) => {
    const signature = parseSignature(text);
    return { functionName: signature.label ?? 'foo', signature };
  });
  return { module: parsed.value, overloads, target: TARGET };
}

function compiled(request: CompileRequest): CompiledModule {
  const result = compileModule(request);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.value;
}

const ADD = 'def foo(a, b):\n    return a + b\n';

const tests = suite('compileModule');

tests('names each function by RBC’s mangling, in the order of the overloads', () => {
  const { functions } = compiled(requestOf(ADD, 'int64(int64, int64)', 'complex128(complex128, complex128)'));
  assert.equal(
    functions.map(({ name, symbol }) => [name, symbol]),
    [
      ['foo', 'foo_lallA'],
      ['foo', 'foo_DaDDA'],
    ],
  );
});

tests('writes the target as the server announced it', () => {
  const target = { triple: 'aarch64-unknown-linux-gnu', dataLayout: 'e-m:e-i64:64' };
  const { ir } = compiled({ ...requestOf(ADD, 'int64(int64, int64)'), target });
  assert.match(ir, 'source_filename = "In[1]"\n');
  assert.match(ir, 'target datalayout = "e-m:e-i64:64"\ntarget triple = "aarch64-unknown-linux-gnu"\n');
});

tests('lists what the module itself raises, each once', () => {
  const source = [
    'def foo(a):',
    '    assert a > 0, "positive"',
    '    assert a > 1, "positive"',
    '    raise KeyError("no")',
    '',
  ].join('\n');
  const { raises } = compiled(requestOf(source, 'int64(int64)', 'float64(float64)'));
  assert.equal(raises, [
    { exception: 'AssertionError', message: 'positive' },
    { exception: 'KeyError', message: 'no' },
  ]);
});

tests('keeps private functions inside the module', () => {
  const source = 'def square(x):\n    return x * x\n\ndef foo(a):\n    return square(a)\n';
  const { ir, functions } = compiled(requestOf(source, 'int64(int64)'));
  assert.match(ir, /define internal i64 @square/);
  assert.equal(
    functions.map(({ name }) => name),
    ['foo'],
  );
});

tests('leaves out specialisations that only were tried on the way', () => {
  // The first pass over foo thinks that s is an int64.
  const source = [
    'def half(x):',
    '    return x / 2',
    '',
    'def foo(n):',
    '    s = n',
    '    for i in range(3):',
    '        s = half(s)',
    '    return s',
    '',
  ].join('\n');
  const { ir } = compiled(requestOf(source, 'float64(int64)'));
  assert.equal(ir.match(/define internal .*/g)?.length, 1);
});

tests('quotes names that LLVM does not take as they are', () => {
  const source = 'def foo(länge):\n    größe = länge + 1\n    return größe\n';
  const { ir } = compiled(requestOf(source, 'int64(int64)'));
  assert.match(ir, 'i64 %"l\\C3\\A4nge"');
  assert.match(ir, '%"gr\\C3\\B6\\C3\\9Fe.addr" = alloca i64');
});

function unrolledLoops(...body: string[]): number {
  const source = ['def foo(a, n):', '    s = 0.0', ...body.map((line) => `    ${line}`), '    return s', ''];
  const { ir } = compiled(requestOf(source.join('\n'), 'float64(float64[], int64)'));
  assert.equal(/!"llvm.loop.unroll.full"/.test(ir), / !llvm.loop /.test(ir));
  return ir.match(/ !llvm.loop /g)?.length ?? 0;
}

tests('has LLVM unroll loops of a few rounds', () => {
  assert.equal(unrolledLoops('for i in range(8):', '    s += a[i]'), 1);
  assert.equal(unrolledLoops('for i in range(7, -1, -1):', '    s += a[i]'), 1);
  assert.equal(unrolledLoops('for i in range(4):', '    for j in range(4):', '        s += a[4 * i + j]'), 2);
});

tests('has LLVM unroll a loop around one that ends at a constant', () => {
  assert.equal(unrolledLoops('for i in range(4):', '    for j in range(i, 4):', '        s += a[j]'), 1);
});

tests('leaves loops to LLVM whose rounds are many or not known, and that would become long', () => {
  assert.equal(unrolledLoops('for i in range(9):', '    s += a[i]'), 0);
  assert.equal(unrolledLoops('for i in range(n):', '    s += a[i]'), 0);
  assert.equal(unrolledLoops('for i in range(n, 8):', '    s += a[i]'), 0);
  assert.equal(unrolledLoops('for i in range(4):', '    for j in range(n):', '        s += a[j]'), 0);
  assert.equal(unrolledLoops('for i in range(3):', '    s = foo(a, i)'), 0);
  assert.equal(unrolledLoops('for i in range(8):', ...Array.from({ length: 50 }, () => '    s += a[i]')), 0);
});

tests('leaves a loop to LLVM whose counter is written in it', () => {
  const foo = (body: string) => `function foo(a: Float64Array) { let s = 0.5; ${body} return s; }`;
  const loops = (source: string) =>
    compiled(requestOf(source, 'float64(float64[])')).ir.match(/ !llvm.loop /g)?.length ?? 0;
  assert.equal(loops(foo('for (let i = 0; i < 8; i++) s += a[i];')), 1);
  assert.equal(loops(foo('for (let i = 0; i <= 7; i += 1) s += a[i];')), 1);
  assert.equal(loops(foo('for (let i = 0; i < 8; i++) { s += a[i]; if (s > 1) i += 1; }')), 0);
  assert.equal(loops(foo('let i = 0; while (i < 8) { s += a[i]; i += 1; }')), 0);
});

tests.run();
