/** NumPy's functions of scalars. Floats stay floats, complex numbers complex, and nothing raises. */
import { partType } from '../types/value-types.ts';
import { CMATH, phase } from './cmath.ts';
import { sign } from './ecmascript.ts';
import { combinatorics } from './integers.ts';
import {
  degrees,
  hypotenuse,
  isFiniteNumber,
  isInfiniteNumber,
  isNanNumber,
  power,
  radians,
  remainderOfDivision,
  scaleBinary,
  splitBinary,
  splitFraction,
} from './math.ts';
import {
  boolOrNumbers,
  compared,
  extremumOf,
  logical,
  logicalNot,
  operator,
  powerOf,
  reciprocal,
  square,
  unary,
} from './numpy-operators.ts';
import { NUMPY_SCALARS } from './numpy-scalars.ts';
import { absolute, roundToDigits } from './python.ts';
import { extremeOf, REDUCTIONS } from './reductions.ts';
import { type Builtin, floatOrComplex, floatRoutine, refuseArgument, result, roundToFloat } from './rules.ts';

const round: Builtin = {
  arity: [1, 2],
  keywords: ['a', 'decimals'],
  type: (call) => {
    const [value, digits] = call.args;
    if (value && digits) return roundToDigits(call, value, digits);
    return roundToFloat('roundHalfEven').type(call);
  },
};

function part(name: 're' | 'im'): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const [arg] = call.args;
      if (!arg) return undefined;
      if (arg.type.kind !== 'complex') return refuseArgument(call, arg, 'complex numbers');
      return result(call, { kind: 'part', type: partType(arg.type), part: name, operand: arg.hir });
    },
  };
}

const conjugate: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [arg] = call.args;
    if (arg?.type.kind !== 'complex') return arg;
    return result(call, { kind: 'unary', type: arg.type, operation: 'conjugate', operand: arg.hir });
  },
};

/** The tests of numpy take complex numbers too. */
function eitherTest(real: Builtin, name: 'isnan' | 'isinf' | 'isfinite'): Builtin {
  const complex = CMATH.get(name) ?? real;
  return {
    arity: [1, 1],
    type: (call) => (call.args[0]?.type.kind === 'complex' ? complex : real).type(call),
  };
}

const TRIGONOMETRY: readonly (readonly [string, Builtin])[] = [
  ['sin', floatOrComplex('sin', 'csin')],
  ['cos', floatOrComplex('cos', 'ccos')],
  ['tan', floatOrComplex('tan', 'ctan')],
  ['arcsin', floatOrComplex('asin', 'casin')],
  ['arccos', floatOrComplex('acos', 'cacos')],
  ['arctan', floatOrComplex('atan', 'catan')],
  ['sinh', floatOrComplex('sinh', 'csinh')],
  ['cosh', floatOrComplex('cosh', 'ccosh')],
  ['tanh', floatOrComplex('tanh', 'ctanh')],
  ['arcsinh', floatOrComplex('asinh', 'casinh')],
  ['arccosh', floatOrComplex('acosh', 'cacosh')],
  ['arctanh', floatOrComplex('atanh', 'catanh')],
  ['arctan2', floatRoutine('atan2', 2)],
  ['hypot', { ...hypotenuse, arity: [2, 2] }],
  ['degrees', degrees],
  ['rad2deg', degrees],
  ['radians', radians],
  ['deg2rad', radians],
];

const EXPONENTIALS: readonly (readonly [string, Builtin])[] = [
  ['sqrt', floatOrComplex('sqrt', 'csqrt')],
  ['cbrt', floatRoutine('cbrt')],
  ['exp', floatOrComplex('exp', 'cexp')],
  ['exp2', floatRoutine('exp2')],
  ['expm1', floatRoutine('expm1')],
  ['log', floatOrComplex('log', 'clog')],
  ['log2', floatRoutine('log2')],
  ['log10', floatRoutine('log10')],
  ['log1p', floatRoutine('log1p')],
];

const ROUNDING: readonly (readonly [string, Builtin])[] = [
  ['floor', roundToFloat('floor')],
  ['ceil', roundToFloat('ceil')],
  ['trunc', roundToFloat('trunc')],
  ['fix', roundToFloat('trunc')],
  ['rint', roundToFloat('roundHalfEven')],
  ['round', round],
  ['around', round],
];

const ARITHMETIC: readonly (readonly [string, Builtin])[] = [
  ['add', boolOrNumbers('|', '+')],
  ['subtract', operator('-')],
  ['multiply', boolOrNumbers('&', '*')],
  ['divide', operator('/')],
  ['true_divide', operator('/')],
  ['floor_divide', operator('//')],
  ['mod', operator('%')],
  ['remainder', operator('%')],
  ['fmod', remainderOfDivision],
  ['power', powerOf],
  ['float_power', power],
  ['square', square],
  ['reciprocal', reciprocal],
  ['negative', unary('-')],
  ['positive', unary('+')],
  ['abs', absolute],
  ['absolute', absolute],
  ['fabs', floatRoutine('fabs')],
  ['sign', sign],
  ['copysign', floatRoutine('copysign', 2)],
  ['nextafter', floatRoutine('nextafter', 2)],
  ['minimum', extremumOf('minimum', '<')],
  ['maximum', extremumOf('maximum', '>')],
  ['fmin', extremumOf('minNumber', '<')],
  ['fmax', extremumOf('maxNumber', '>')],
  ['real', part('re')],
  ['imag', part('im')],
  ['conj', conjugate],
  ['conjugate', conjugate],
  ['angle', phase],
];

const LOGIC: readonly (readonly [string, Builtin])[] = [
  ['bitwise_and', operator('&')],
  ['bitwise_or', operator('|')],
  ['bitwise_xor', operator('^')],
  ['bitwise_not', unary('~')],
  ['invert', unary('~')],
  ['left_shift', operator('<<')],
  ['right_shift', operator('>>')],
  ['equal', compared('==')],
  ['not_equal', compared('!=')],
  ['less', compared('<')],
  ['less_equal', compared('<=')],
  ['greater', compared('>')],
  ['greater_equal', compared('>=')],
  ['logical_and', logical('and')],
  ['logical_or', logical('or')],
  ['logical_not', logicalNot],
  ['isnan', eitherTest(isNanNumber, 'isnan')],
  ['isinf', eitherTest(isInfiniteNumber, 'isinf')],
  ['isfinite', eitherTest(isFiniteNumber, 'isfinite')],
];

export const NUMPY: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...TRIGONOMETRY,
  ...EXPONENTIALS,
  ...ROUNDING,
  ...ARITHMETIC,
  ...LOGIC,
  ...NUMPY_SCALARS,
  ['ldexp', scaleBinary],
  ['frexp', splitBinary],
  ['modf', splitFraction],
  ...REDUCTIONS,
  ['amin', extremeOf('<', 'NumPy')],
  ['amax', extremeOf('>', 'NumPy')],
  ...combinatorics.filter(([name]) => name === 'gcd' || name === 'lcm'),
]);
