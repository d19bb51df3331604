import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../backend/contract/format-type.ts';
import { parseSignature } from '../../../backend/contract/parse-type.ts';
import { RemoteError } from '../../../backend/contract/remote-error.ts';
import { argumentsKey, typeOfArgument, typesOfArguments } from '../../../kernel/rjit/argument-type.ts';
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
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
  [[1], undefined],
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
    errorOf(() => typesOfArguments('foo', [new Float64Array(2)])).message,
    /foo\.map\(…\) applies/,
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
