/** Where the two source languages differ in meaning, and nothing else: all other rules are shared. */
import type { RaiseName } from '../../backend/contract/raise-kinds.ts';
import type { Language } from './core.ts';

/** What division by zero raises; `undefined` follows IEEE (floats) or yields 0 (integers). */
export interface DivisionFailures {
  readonly integerTrue: RaiseName | undefined;
  readonly integerFloor: RaiseName | undefined;
  readonly integerModulo: RaiseName | undefined;
  readonly float: RaiseName | undefined;
  readonly floatFloor: RaiseName | undefined;
  readonly floatModulo: RaiseName | undefined;
  readonly complex: RaiseName | undefined;
  readonly zeroPower: RaiseName | undefined;
  readonly complexZeroPower: RaiseName | undefined;
}

export interface Dialect {
  readonly language: Language;
  /** Python's `%` has the sign of the divisor, TypeScript's that of the dividend. */
  readonly modulo: 'floored' | 'truncated';
  readonly division: DivisionFailures;
  /** `int ** int` for an exponent that is not constant. */
  readonly integerPower: 'int' | 'float';
  readonly floatPower: 'fpow' | 'fpowecma';
  readonly nanIsTrue: boolean;
  /** Python's bool is an integer: `True + 1`, `return a < b` as int64. */
  readonly boolIsInteger: boolean;
  /** A variable that may be unset when read: Python raises then, TypeScript refuses the program. */
  readonly unsetVariables: 'raise' | 'refuse';
  readonly indexFailure: RaiseName;
  /** `a[-1]` with a constant index is the last element. */
  readonly negativeIndices: boolean;
  /** How to spell things in hints. */
  readonly words: { readonly not: string; readonly and: string; readonly or: string; readonly raise: string };
}

const PYTHON: Dialect = {
  language: 'python',
  modulo: 'floored',
  division: {
    integerTrue: 'zero-division',
    integerFloor: 'integer-floor-division',
    integerModulo: 'integer-modulo',
    float: 'float-division',
    floatFloor: 'float-floor-division',
    floatModulo: 'float-modulo',
    complex: 'complex-division',
    zeroPower: 'zero-to-negative-power',
    complexZeroPower: 'complex-zero-power',
  },
  integerPower: 'int',
  floatPower: 'fpow',
  nanIsTrue: true,
  boolIsInteger: true,
  unsetVariables: 'raise',
  indexFailure: 'index-out-of-range',
  negativeIndices: true,
  words: { not: 'not', and: 'and', or: 'or', raise: 'raise' },
};

const TYPESCRIPT: Dialect = {
  language: 'typescript',
  modulo: 'truncated',
  division: {
    integerTrue: undefined,
    integerFloor: 'bigint-division',
    integerModulo: 'bigint-division',
    float: undefined,
    floatFloor: undefined,
    floatModulo: undefined,
    complex: undefined,
    zeroPower: undefined,
    complexZeroPower: undefined,
  },
  integerPower: 'float',
  floatPower: 'fpowecma',
  nanIsTrue: false,
  boolIsInteger: false,
  unsetVariables: 'refuse',
  indexFailure: 'index-out-of-bounds',
  negativeIndices: false,
  words: { not: '!', and: '&&', or: '||', raise: 'throw' },
};

const NUMPY_DIVISION: DivisionFailures = {
  integerTrue: undefined,
  integerFloor: undefined,
  integerModulo: undefined,
  float: undefined,
  floatFloor: undefined,
  floatModulo: undefined,
  complex: undefined,
  zeroPower: undefined,
  complexZeroPower: undefined,
};

/** `errorModel: 'numpy'` makes no division raise. */
export function dialectOf(language: Language, errorModel: 'language' | 'numpy'): Dialect {
  const dialect = language === 'python' ? PYTHON : TYPESCRIPT;
  return errorModel === 'numpy' ? { ...dialect, division: NUMPY_DIVISION } : dialect;
}
