import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { argumentsKey, typeOfArgument, typesOfArguments } from '../../../kernel/rjit/argument-type.ts';
import { ndarray } from '../../../kernel/rjit/nd-array.ts';
import { chooseOverload } from '../../../kernel/rjit/overload-choice.ts';
import { complex, float32, int8, uint64 } from '../../../kernel/rjit/typed-value.ts';

const types = suite('types of arguments');

const INFERRED: readonly (readonly [value: unknown, type: string | undefined])[] = [
  [1, 'int64'],
  [-0, 'int64'],
  [2 ** 70, 'int64'],
  [1.5, 'float64'],
  [Number.NaN, 'float64'],
  [Number.POSITIVE_INFINITY, 'float64'],
  [1n, 'int64'],
  [-(2n ** 63n), 'int64'],
  [2n ** 63n - 1n, 'int64'],
  [2n ** 63n, 'uint64'],
  [true, 'bool'],
  [complex(1, 2), 'complex128'],
  [int8(1), 'int8'],
  [float32(1), 'float32'],
  [uint64(1), 'uint64'],
  ['1', undefined],
  [null, 'void*'],
  [undefined, undefined],
  [{}, undefined],
  [[1], undefined],
  [[1, 2.5], '(int64, float64)'],
  [[1, 'two'], undefined],
  [new Float64Array(1), 'float64[]'],
  [new Uint8ClampedArray(1), 'uint8[]'],
  [new BigUint64Array(1), 'uint64[]'],
  [Buffer.alloc(1), 'uint8[]'],
  [new DataView(new ArrayBuffer(8)), undefined],
  [ndarray(new Float32Array(6), [2, 3]), 'float32[,]'],
  [ndarray(new Float64Array(6), [3], 'complex128'), 'complex128[]'],
  [ndarray(new Uint8Array(6), undefined, 'bool'), 'bool[]'],
];

for (const [value, type] of INFERRED) {
  types(`${typeof value} ${String(value)} is ${type ?? 'no argument'}`, () => {
    const found = typeOfArgument(value);
    assert.is(found && formatType(found), type);
  });
}

types('arguments have the same key exactly when they have the same types', () => {
  assert.is(argumentsKey([1, 2.5, true, 3n]), argumentsKey([-7, Number.NaN, false, 9]));
  const keys = [[1], [1.5], [true], [2n ** 63n], [complex(1)], [int8(1)], [float32(1)], [1, 1], []].map(
    argumentsKey,
  );
  assert.is(new Set(keys).size, keys.length);
});

types('an argument without a type is named, with what is expected', () => {
  const error = errorOf(() => typesOfArguments('foo', [1, 'two']));
  assert.is(error.code, 'bad-argument');
  assert.match(error.message, /argument 2 of foo is "two"; expected a number, a bigint, a boolean/);
  assert.match(
    errorOf(() => typesOfArguments('foo', [[1]])).message,
    /argument 1 of foo is a value of type Array; .* typed array such as Float64Array\.of/,
  );
});

types.run();

const choice = suite('choice of an overload');

const ALL = ['int64(int64, int64)', 'double(double, double)', 'complex128(complex128, complex128)'];

/** Which of the demo's overloads RBC takes. */
const CHOSEN: readonly (readonly [args: readonly unknown[], signature: string])[] = [
  [[1, 3], 'int64(int64, int64)'],
  [[1.2, 3.4], 'float64(float64, float64)'],
  [[1.2, 3], 'float64(float64, float64)'],
  [[1, complex(0, 3.4)], 'complex128(complex128, complex128)'],
  [[true, 1], 'int64(int64, int64)'],
  [[int8(1), 2n], 'int64(int64, int64)'],
  [[float32(1), 2], 'float64(float64, float64)'],
];

for (const [args, signature] of CHOSEN) {
  choice(`(${args.map(String).join(', ')}) takes ${signature}`, () => {
    assert.is(chosen(ALL, args), signature);
  });
}

choice('the narrower integer costs more, the wider nothing', () => {
  assert.is(chosen(['int8(int8)', 'int16(int16)'], [1]), 'int16(int16)');
  assert.is(chosen(['int64(int64)', 'int8(int8)'], [int8(1)]), 'int64(int64)');
});

choice('of equals the oldest is taken', () => {
  assert.is(chosen(['int64(int64)', 'double(int64)'], [1]), 'int64(int64)');
  assert.is(chosen(['double(int64)', 'int64(int64)'], [1]), 'float64(int64)');
});

choice('no overload is an error with the very text of RBC', () => {
  const error = errorOf(() => chosen(['int64(int64, int64)'], [1.2, 3.4]));
  assert.is(error.code, 'no-match');
  assert.is(
    error.message,
    'found no matching function signature to given argument types:\n' +
      '    (float64, float64) -> ...\n' +
      '  available function signatures:\n' +
      '    int64(int64, int64)',
  );
});

choice('each available signature has its line', () => {
  const error = errorOf(() => chosen(ALL, [1]));
  assert.ok(
    error.message.endsWith(
      '\n    int64(int64, int64)\n    float64(float64, float64)\n    complex128(complex128, complex128)',
    ),
  );
});

choice('a bool is no float, as in RBC', () => {
  assert.is(errorOf(() => chosen(['double(double)'], [true])).code, 'no-match');
});

choice('an array goes where its lengths are kept, else where a pointer of its type is taken', () => {
  const array = new Float64Array(2);
  assert.is(chosen(['void(void*)', 'void(double*)', 'void(double[])'], [array]), 'void(float64[])');
  assert.is(chosen(['void(void*)', 'void(double*)'], [array]), 'void(float64*)');
  assert.is(chosen(['void(float*)', 'void(void*)'], [array]), 'void(void*)');
});

choice('an integer is an address where nothing else takes it', () => {
  assert.is(chosen(['void(int64*)', 'void(double)'], [4096]), 'void(float64)');
  assert.is(chosen(['void(int64*, double)'], [4096n, 1]), 'void(int64*, float64)');
  assert.is(errorOf(() => chosen(['void(int64*)'], [1.5])).code, 'no-match');
});

/** What is given, what is taken, what the error says to write instead. */
const HINTS: readonly (readonly [given: unknown, taken: string, hint: string])[] = [
  [new Float32Array(1), 'float64[]', 'argument 1 is float32[]; convert it: Float64Array.from(a)'],
  [new Int32Array(1), 'int64*', 'argument 1 is int32[]; convert it: BigInt64Array.from(a)'],
  [new Float64Array(1), 'uint8[]', 'argument 1 is float64[]; convert it: Uint8Array.from(a)'],
  [new Float64Array(1), 'float64[,]', 'give it a shape: ndarray(data, [rows, columns])'],
  [ndarray(new Float64Array(1), [1, 1]), 'float64[]', 'give it a shape: ndarray(data, [length])'],
  [new Float64Array(2), 'complex128[]', "takes ndarray(pairs, [length], 'complex128')"],
  [new Uint8Array(2), 'bool[,]', "takes ndarray(bytes, [rows, columns], 'bool')"],
  [new Float64Array(2), 'float64', 'takes one float64: call it for each element with .map(…)'],
  [[1, 2, 3], 'float64[]', 'argument 1 is a plain array; write Float64Array.from(…)'],
];

for (const [given, taken, hint] of HINTS) {
  choice(`what to write where ${taken} is needed: ${hint}`, () => {
    const { code, message } = errorOf(() => chosen([`void(${taken})`], [given]));
    assert.is(code, 'no-match');
    assert.ok(message.includes(`\n  = hint: `), message);
    assert.ok(message.endsWith(hint), message);
  });
}

choice.run();

function chosen(signatures: readonly string[], args: readonly unknown[]): string {
  const overloads = signatures.map((text) => ({ signature: parseSignature(text) }));
  return formatType(chooseOverload(overloads, typesOfArguments('foo', args)).signature);
}

function errorOf(run: () => unknown): RemoteError {
  try {
    run();
  } catch (error) {
    assert.instance(error, RemoteError);
    return error as RemoteError;
  }
  throw new Error('it succeeded');
}
