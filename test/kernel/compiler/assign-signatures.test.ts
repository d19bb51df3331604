import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { assignSignatures } from '../../../kernel/compiler/assign-signatures.ts';
import { parseModule } from '../../../kernel/compiler/parse-module.ts';

/** `foo: int64(int64)` for each overload, or `code: message` for each diagnostic. */
function assigned(source: string, ...signatures: string[]): string[] {
  const parsed = parseModule({ source, fileName: 'In[1]' });
  if (!parsed.ok) throw new Error(parsed.diagnostics.map(({ message }) => message).join('\n'));
  const result = assignSignatures(
    parsed.value,
    signatures.map((text) => ({ signature: parseSignature(text) })),
  );
  if (!result.ok) return result.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  return result.value.map(({ functionName, signature }) => `${functionName}: ${formatType(signature)}`);
}

const TWO = 'def foo(a, b):\n    return a\n\ndef bar(a):\n    return a\n';

const tests = suite('signatures of a cell');

tests('an unnamed signature goes to every function with as many parameters', () => {
  assert.equal(assigned(TWO, 'int64(int64, int64)'), ['foo: int64(int64, int64)']);
  assert.equal(assigned(TWO, 'int64(int64)', 'float64(float64)'), [
    'bar: int64(int64)',
    'bar: float64(float64)',
  ]);
});

tests('a named signature goes to its function alone', () => {
  const source = 'def foo(a):\n    return a\n\ndef bar(a):\n    return a\n';
  assert.equal(assigned(source, 'int64 bar(int64)'), ['bar: int64(int64)']);
});

tests('a signature given twice counts once', () => {
  assert.equal(assigned(TWO, 'int64(int64)', 'int64 bar(int64)', 'long(long)'), ['bar: int64(int64)']);
});

tests('a signature without a function of its arity is refused', () => {
  assert.equal(assigned(TWO, 'int64(int64, int64, int64)'), [
    'parameter-count: no function of the cell has 3 parameters, as int64(int64, int64, int64) has',
  ]);
});

tests('complete annotations are a signature', () => {
  assert.equal(assigned('def foo(a: int, b: float) -> complex:\n    return a + b\n'), [
    'foo: complex128(int64, float64)',
  ]);
  assert.equal(assigned('function foo(a: number, b: Float32Array): boolean { return a > b[0]; }'), [
    'foo: bool(float64, float32[])',
  ]);
  assert.equal(assigned('function foo(a: number): [int64, bigint] { return [1, 2]; }'), [
    'foo: (int64, int64)(float64)',
  ]);
});

tests('an annotated function takes no unnamed signature that says otherwise', () => {
  const source = 'def foo(a: float) -> float:\n    return a\n\ndef bar(a):\n    return foo(a)\n';
  assert.equal(assigned(source, 'int64(int64)'), ['bar: int64(int64)', 'foo: float64(float64)']);
});

tests('decorators bring signatures', () => {
  assert.equal(assigned("@rjit('int64(int64)', 'double(double)')\ndef foo(a):\n    return a\n"), [
    'foo: int64(int64)',
    'foo: float64(float64)',
  ]);
});

tests('a decorator that is no signature is refused at its text', () => {
  const [first] = assigned("@rjit('int64(int64')\ndef foo(a):\n    return a\n");
  assert.match(first ?? '', /^signature: failed to parse `int64\(int64`/);
});

tests('a cell without any signature is refused', () => {
  assert.equal(assigned(TWO), ['missing-signature: no function of the cell has a signature']);
});

tests.run();
