/** Python's math. Out of a function's domain the result is NaN or an infinity, as in numba; nothing raises. */
import type { FloatType } from '../../../backend/contract/types.ts';
import type { HirExpression } from '../hir.ts';
import { convertHir, convertOperand, literalOperand, type Operand, operandOf } from '../typer/operand.ts';
import { BOOL, FLOAT64, INT64, isInteger } from '../types/value-types.ts';
import { combinatorics } from './integers.ts';
import {
  type Builtin,
  type BuiltinCall,
  floatBinary,
  floatCompare,
  floatExpansion,
  floatOf,
  floatRoutine,
  keeping,
  logicalAnd,
  logicalOr,
  refuseArgument,
  result,
  roundToInteger,
  routineCall,
  sharedFloat,
} from './rules.ts';

/** log(x), log(x, base). */
export const logarithm: Builtin = {
  arity: [1, 2],
  type: (call) => {
    const type = sharedFloat(call);
    if (!type) return undefined;
    const logs = call.args.map((arg) => routineCall('log', [convertOperand(arg, type)]));
    const [value, base] = logs;
    return value && result(call, base ? floatBinary('fdiv', value, base) : value);
  },
};

/** Of any number of coordinates, two at a time: each step is exact to the last place or so. */
export const hypotenuse: Builtin = {
  arity: [1, Number.POSITIVE_INFINITY],
  type: (call) => {
    const type = sharedFloat(call);
    if (!type) return undefined;
    const values = call.args.map((arg) => convertOperand(arg, type));
    const [first] = values;
    if (!first) return undefined;
    if (values.length === 1) return result(call, routineCall('fabs', [first]));
    return result(
      call,
      values.reduce((length, value) => routineCall('hypot', [length, value])),
    );
  },
};

export const isNanNumber = floatTest((x) => floatCompare('ne', x, x));
export const isInfiniteNumber = floatTest((x) => floatCompare('eq', size(x), infinity(x)));
export const isFiniteNumber = floatTest((x) => floatCompare('lt', size(x), infinity(x)));

function size(x: HirExpression): HirExpression {
  return routineCall('fabs', [x]);
}

function infinity(x: HirExpression): HirExpression {
  return floatOf(x.type, Number.POSITIVE_INFINITY);
}

/** A test of one float that may look at it several times. */
export function floatTest(test: (x: HirExpression) => HirExpression): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const type = sharedFloat(call);
      const [arg] = call.args;
      if (!type || !arg) return undefined;
      const value = operandOf(convertOperand(arg, type), arg.span);
      return keeping(call, [value], ([x]) => x && operandOf(test(x.hir), call.node.span));
    },
  };
}

export function scaledBy(factor: number): Builtin {
  return floatExpansion(1, ([x], type) => floatBinary('fmul', x ?? floatOf(type, 0), floatOf(type, factor)));
}

export const degrees = scaledBy(180 / Math.PI);
export const radians = scaledBy(Math.PI / 180);

/** fmod(x, 0) is NaN. */
export const remainderOfDivision = floatExpansion(2, ([x, y], type) =>
  floatBinary('fmodtrunc', x ?? floatOf(type, 0), y ?? floatOf(type, 0)),
);

/** C's pow: float whatever the arguments are, and nothing raises. */
export const power = floatExpansion(2, ([x, y], type) =>
  floatBinary('fpow', x ?? floatOf(type, 0), y ?? floatOf(type, 0)),
);

/** x and its exponent in two. */
export const scaleBinary: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const [x, n] = call.args;
    if (!x || !n) return undefined;
    if (!isInteger(n.type)) return refuseArgument(call, n, 'an integer as its exponent');
    const type = sharedFloat({ ...call, args: [x] });
    if (!type) return undefined;
    return keeping(call, [n], ([exponent]) => {
      return exponent && result(call, routineCall('ldexp', [convertOperand(x, type), signed(exponent)]));
    });
  },
};

/** An exponent as an int64. What an uint64 has beyond that takes every number to an infinity. */
function signed(exponent: Operand): HirExpression {
  const value = convertOperand(exponent, INT64);
  if (exponent.type.kind !== 'uint' || exponent.type.bits < 64) return value;
  const zero: HirExpression = { kind: 'constant', type: INT64, value: 0n };
  const isNegative: HirExpression = {
    kind: 'compare',
    type: BOOL,
    comparison: 'lt',
    domain: 'signed',
    left: value,
    right: zero,
  };
  const largest: HirExpression = { kind: 'constant', type: INT64, value: 2n ** 63n - 1n };
  return { kind: 'choose', type: INT64, test: isNegative, whenTrue: largest, whenFalse: value };
}

/** A tuple of `members`, made of the one float argument, which may be read several times. */
function tupleOf(members: (x: HirExpression, type: FloatType) => readonly HirExpression[]): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const type = sharedFloat(call);
      const [arg] = call.args;
      if (!type || !arg) return undefined;
      return keeping(call, [operandOf(convertOperand(arg, type), arg.span)], ([x]) => {
        if (!x) return undefined;
        const values = members(x.hir, type);
        const tuple = { kind: 'tuple', members: values.map((value) => value.type) } as const;
        return result(call, { kind: 'tuple', type: tuple, members: values });
      });
    },
  };
}

/** Mantissa and exponent: x = m · 2ⁿ. */
export const splitBinary = tupleOf((x) => {
  const exponent = convertHir(routineCall('exponent', [x]), INT64);
  const negated: HirExpression = { kind: 'unary', type: INT64, operation: 'ineg', operand: exponent };
  return [routineCall('ldexp', [x, negated]), exponent];
});

/** Fraction and whole part, both with the sign of x; the fraction of an infinity is a zero. */
export const splitFraction = tupleOf((x, type) => {
  const whole = routineCall('trunc', [x]);
  const fraction: HirExpression = {
    kind: 'choose',
    type,
    test: floatCompare('eq', size(x), infinity(x)),
    whenTrue: floatOf(type, 0),
    whenFalse: floatBinary('fsub', x, whole),
  };
  return [routineCall('copysign', [fraction, x]), whole];
});

const DEFAULT_RELATIVE_TOLERANCE = 1e-9;

const isClose: Builtin = {
  arity: [2, 4],
  keywords: ['a', 'b', 'rel_tol', 'abs_tol'],
  type: (call) => {
    const { span } = call.node;
    const [a, b, relative, absolute] = call.args;
    if (!a || !b) return undefined;
    const tolerances = [
      relative ?? literalOperand(DEFAULT_RELATIVE_TOLERANCE, span),
      absolute ?? literalOperand(0, span),
    ];
    const args = [a, b, ...tolerances];
    if (!sharedFloat({ ...call, args })) return undefined;
    const values = args.map((arg) => operandOf(convertOperand(arg, FLOAT64), arg.span));
    return keeping(call, values, (kept) => closeness(call, kept));
  },
};

/** Equal, or both finite and no further apart than a tolerance allows. */
function closeness({ node }: BuiltinCall, kept: readonly Operand[]): Operand | undefined {
  const [a, b, relative, absolute] = kept.map((operand) => operand.hir);
  if (!a || !b || !relative || !absolute) return undefined;
  const distance = size(floatBinary('fsub', b, a));
  const within = (bound: HirExpression): HirExpression => floatCompare('le', distance, bound);
  const near = logicalOr(
    logicalOr(within(size(floatBinary('fmul', relative, b))), within(size(floatBinary('fmul', relative, a)))),
    within(absolute),
  );
  const finite = logicalAnd(
    floatCompare('lt', size(a), infinity(a)),
    floatCompare('lt', size(b), infinity(b)),
  );
  return operandOf(logicalOr(floatCompare('eq', a, b), logicalAnd(finite, near)), node.span);
}

export const MATH: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['sqrt', floatRoutine('sqrt')],
  ['cbrt', floatRoutine('cbrt')],
  ['exp', floatRoutine('exp')],
  ['exp2', floatRoutine('exp2')],
  ['expm1', floatRoutine('expm1')],
  ['log', logarithm],
  ['log2', floatRoutine('log2')],
  ['log10', floatRoutine('log10')],
  ['log1p', floatRoutine('log1p')],
  ['pow', power],
  ['sin', floatRoutine('sin')],
  ['cos', floatRoutine('cos')],
  ['tan', floatRoutine('tan')],
  ['asin', floatRoutine('asin')],
  ['acos', floatRoutine('acos')],
  ['atan', floatRoutine('atan')],
  ['atan2', floatRoutine('atan2', 2)],
  ['sinh', floatRoutine('sinh')],
  ['cosh', floatRoutine('cosh')],
  ['tanh', floatRoutine('tanh')],
  ['asinh', floatRoutine('asinh')],
  ['acosh', floatRoutine('acosh')],
  ['atanh', floatRoutine('atanh')],
  ['hypot', hypotenuse],
  ['erf', floatRoutine('erf')],
  ['erfc', floatRoutine('erfc')],
  ['gamma', floatRoutine('gamma')],
  ['lgamma', floatRoutine('lgamma')],
  ['degrees', degrees],
  ['radians', radians],
  ['fabs', floatRoutine('fabs')],
  ['copysign', floatRoutine('copysign', 2)],
  ['fmod', remainderOfDivision],
  ['remainder', floatRoutine('remainder', 2)],
  ['nextafter', floatRoutine('nextafter', 2)],
  ['ldexp', scaleBinary],
  ['frexp', splitBinary],
  ['modf', splitFraction],
  ['floor', roundToInteger('floor')],
  ['ceil', roundToInteger('ceil')],
  ['trunc', roundToInteger('trunc')],
  ['isnan', isNanNumber],
  ['isinf', isInfiniteNumber],
  ['isfinite', isFiniteNumber],
  ['isclose', isClose],
  ...combinatorics,
]);
