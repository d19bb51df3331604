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

tests.run();
