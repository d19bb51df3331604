import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSignature, parseType } from '../../../backend/contract/parse-type.ts';
import { checkModule } from '../../../kernel/compiler/compile.ts';
import {
  createInterpreter,
  type Interpreter,
  interpretOverload,
  memoryOf,
  RaisedException,
  type TypedArray,
  type Value,
} from '../../../kernel/compiler/interpret.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';

function moduleOf(source: string) {
  const parsed = parseModule({ source, fileName: 'In[1]' });
  if (!parsed.ok) throw new Error('the source does not parse');
  return parsed.value;
}

function interpreterOf(source: string, signature: string, maxTicks?: number): Interpreter {
  const overloads = [{ functionName: 'foo', signature: parseSignature(signature) }];
  const checked = checkModule({ module: moduleOf(source), overloads });
  if (!checked.ok) throw new Error(checked.diagnostics.map(({ message }) => message).join('\n'));
  return createInterpreter(checked.value, maxTicks === undefined ? {} : { maxTicks });
}

function view(array: TypedArray, element: string, ...shape: number[]): Value {
  return { memory: memoryOf(array, parseType(element)), offset: 0, shape };
}

const tests = suite('interpreter');

tests('runs an overload of a module in one call', () => {
  const module = moduleOf('def foo(a, b):\n    return a * b\n');
  const overload = { functionName: 'foo', signature: parseSignature('int64(int64, int64)') };
  const result = interpretOverload({ module, overloads: [overload] }, overload, [6n, 7n]);
  assert.equal(result, { ok: true, value: 42n });
});

tests('returns the diagnostics of a module that is wrong', () => {
  const overload = { functionName: 'foo', signature: parseSignature('int64(int64)') };
  const module = moduleOf('def foo(a):\n    return b\n');
  const result = interpretOverload({ module, overloads: [overload] }, overload, [1n]);
  assert.is(result.ok, false);
});

tests('reads and writes typed arrays in place', () => {
  const interpreter = interpreterOf(
    'def foo(a):\n    for i in range(len(a)):\n        a[i] *= 2\n',
    'void(float32[])',
  );
  const array = Float32Array.of(1.5, 2.25);
  interpreter.call('foo_va_V5VArrayrfRA', [view(array, 'float32', 2)]);
  assert.equal([...array], [3, 4.5]);
});

tests('reads complex numbers from pairs of floats, and 64-bit integers from bigints', () => {
  const sum = interpreterOf('def foo(a):\n    return a[0] + a[1]\n', 'complex128(complex128[])');
  const pairs = Float64Array.of(1, 2, 3, 4);
  assert.equal(sum.call('foo_Da_V5VArrayrDRA', [view(pairs, 'complex128', 2)]), { re: 4, im: 6 });
  const last = interpreterOf('def foo(a):\n    return a[-1]\n', 'uint64(uint64[])');
  const words = BigUint64Array.of(1n, 2n ** 64n - 1n);
  assert.is(last.call('foo_La_V5VArrayrLRA', [view(words, 'uint64', 2)]), 2n ** 64n - 1n);
});

tests('raises with the name, the message and the line of the program', () => {
  const interpreter = interpreterOf(
    'def foo(a):\n    if a:\n        raise ValueError("no")\n    return a\n',
    'int64(int64)',
  );
  try {
    interpreter.call('foo_lalA', [1n]);
    assert.unreachable('it returned');
  } catch (error) {
    assert.instance(error, RaisedException);
    if (!(error instanceof RaisedException)) return;
    assert.equal([error.name, error.message, error.line], ['ValueError', 'no', 3]);
  }
});

tests('stops an endless loop after the steps it is given', () => {
  const interpreter = interpreterOf('def foo(a):\n    while True:\n        a += 1\n', 'int64(int64)', 1000);
  assert.throws(
    () => interpreter.call('foo_lalA', [1n]),
    (error: unknown) => error instanceof RangeError && /too many steps/.test(error.message),
  );
});

tests.run();
