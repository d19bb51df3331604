/** Type names that can be called: `int64(x)`, `np.float32(x)`, Python's `int(x)`, TypeScript's `Number(x)`. */
import type { Type } from '../../../backend/contract/types.ts';
import type { Language } from '../core.ts';
import {
  BOOL,
  COMPLEX64,
  COMPLEX128,
  FLOAT32,
  FLOAT64,
  INT64,
  integerType,
  UINT64,
} from '../types/value-types.ts';

const OWN: readonly (readonly [string, Type])[] = [
  ...[8, 16, 32, 64].flatMap((bits): [string, Type][] => [
    [`int${bits}`, integerType('int', bits)],
    [`uint${bits}`, integerType('uint', bits)],
  ]),
  ['float32', FLOAT32],
  ['float64', FLOAT64],
  ['complex64', COMPLEX64],
  ['complex128', COMPLEX128],
];

const NUMPY: readonly (readonly [string, Type])[] = [
  ...OWN,
  ['bool_', BOOL],
  ['intp', INT64],
  ['uintp', UINT64],
  ['int_', INT64],
  ['float_', FLOAT64],
  ['single', FLOAT32],
  ['double', FLOAT64],
  ['complex_', COMPLEX128],
];

const PYTHON = new Map<string, Type>([
  ...OWN,
  ...NUMPY.map(([name, type]): [string, Type] => [`numpy.${name}`, type]),
  ['bool', BOOL],
  ['int', INT64],
  ['float', FLOAT64],
]);

const TYPESCRIPT = new Map<string, Type>([
  ...OWN,
  ['bool', BOOL],
  ['Boolean', BOOL],
  ['Number', FLOAT64],
  ['BigInt', INT64],
  ['Math.fround', FLOAT32],
]);

/** `double` and `long` are types of signatures only: they are likelier to be names of variables. */
export function castTypeOf(name: string, language: Language): Type | undefined {
  return (language === 'python' ? PYTHON : TYPESCRIPT).get(name);
}
