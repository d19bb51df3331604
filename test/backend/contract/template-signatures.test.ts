import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { SignatureError } from '../../../backend/contract/signature-error.ts';
import { parseSignatures, type Templates } from '../../../backend/contract/template-signatures.ts';

const templates = suite('template signatures');

const made = (text: string, given?: Templates): string[] => parseSignatures(text, given).map(formatType);

function errorOf(text: string, given?: Templates): string {
  try {
    parseSignatures(text, given);
  } catch (error) {
    if (error instanceof SignatureError) return `${error.message} @${text.slice(error.start, error.end)}`;
    throw error;
  }
  throw new Error('it was read');
}

templates('give a variable one type throughout a signature', () => {
  assert.equal(made('T(T, T), T = [int32, float64]'), ['int32(int32, int32)', 'float64(float64, float64)']);
  assert.equal(made('T(T*), T=[int8]'), ['int8(int8*)']);
  assert.equal(made('void(T[], T), T = [float32, float64]'), [
    'void(float32[], float32)',
    'void(float64[], float64)',
  ]);
});

templates('make every combination of several variables, the first changing slowest', () => {
  assert.equal(made('T1(T2), T1 = [int32, int64], T2 = [float32, float64]'), [
    'int32(float32)',
    'int32(float64)',
    'int64(float32)',
    'int64(float64)',
  ]);
  assert.equal(made('T(U, T), U = [bool, int8], T = [float32]'), [
    'float32(bool, float32)',
    'float32(int8, float32)',
  ]);
});

templates('may stand for other variables', () => {
  assert.equal(made('T(U), T = [U, U*], U = [int8, int16]'), [
    'int8(int8)',
    'int16(int16)',
    'int8*(int8)',
    'int16*(int16)',
  ]);
  assert.match(errorOf('T(U), T = [U], U = [T]'), 'T stands for itself');
});

templates('come from outside the text, too, where it does not say them itself', () => {
  assert.equal(made('T(T)', { T: ['int32', 'double'] }), ['int32(int32)', 'float64(float64)']);
  assert.equal(made('T(T), T = [int8]', { T: ['int32'] }), ['int8(int8)']);
  assert.equal(made('int64(int64)', { T: ['int32'] }), ['int64(int64)']);
});

templates('keep names, and make each signature once', () => {
  const [one, ...others] = parseSignatures('T foo(T a), T = [int, int32, i32]');
  assert.equal([one?.label, one && formatType(one), others.length], ['foo', 'int32 foo(int32 a)', 0]);
  assert.equal(made('T(T), T = [int64[], float64[,]]'), ['int64[](int64[])', 'float64[,](float64[,])']);
});

templates('that are wrong are shown where they are written', () => {
  assert.match(errorOf('T(T)'), /unknown type `T`.*@T$/);
  assert.match(errorOf('T(U), T = [int32, float64]'), /unknown type `U`.*@U$/);
  assert.match(errorOf('float64(T, wrong), T = [int8, int16]'), /unknown type `wrong`.*@wrong$/);
  assert.match(errorOf('T(T), T = []'), /T has no types to choose from @.*T = \[\]$/);
  assert.match(errorOf('T(T), T = [int32, flaot64]'), /unknown type `flaot64`.* @flaot64$/);
  assert.match(
    errorOf('T(T), T = int32'),
    /is a list; write for example T\(T\), T = \[int32, float64\] @int32$/,
  );
  assert.match(errorOf('T(T), T = [int32'), 'is a list');
  assert.match(errorOf('T(T), T = [int32] x'), 'is a list');
  assert.match(errorOf('int32(int32), int32 = [int8]'), /int32 is a type itself.* @int32$/);
  const letters = [...'ABCDEFGHI'];
  const many = `void(${letters.join(', ')}), ${letters.map((one) => `${one} = [int8, int16]`).join(', ')}`;
  assert.match(errorOf(many), 'more than 256 signatures');
});

templates.run();
