/** Python's cmath: complex whatever the argument, unlike math. */
import type { HirExpression } from '../hir.ts';
import type { RoutineName } from '../routines.ts';
import { convertHir, convertOperand, type Operand, operandOf } from '../typer/operand.ts';
import { BOOL, COMPLEX128, FLOAT64, isNumeric } from '../types/value-types.ts';
import { isFiniteNumber, isInfiniteNumber, isNanNumber } from './math.ts';
import {
  type Builtin,
  type BuiltinCall,
  complexRoutine,
  floatBinary,
  floatCompare,
  floatOf,
  keeping,
  logicalAnd,
  logicalOr,
  refuseArgument,
  result,
  routineCall,
} from './rules.ts';

/** The argument as complex128, kept so that its parts can be read. */
export function keepingComplex(
  call: BuiltinCall,
  build: (re: HirExpression, im: HirExpression) => HirExpression,
): Operand | undefined {
  const [arg] = call.args;
  if (!arg || !isNumeric(arg.type)) return arg && refuseArgument(call, arg, 'a number');
  const value = operandOf(convertOperand(arg, COMPLEX128), arg.span);
  return keeping(call, [value], ([z]) => {
    return z && operandOf(build(part(z.hir, 're'), part(z.hir, 'im')), call.node.span);
  });
}

function part(operand: HirExpression, name: 're' | 'im'): HirExpression {
  return { kind: 'part', type: FLOAT64, part: name, operand };
}

function complexExpansion(build: (re: HirExpression, im: HirExpression) => HirExpression): Builtin {
  return { arity: [1, 1], type: (call) => keepingComplex(call, build) };
}

/** A test that holds for a complex number where it holds for `how many` of its parts. */
function ofParts(test: Builtin, combine: typeof logicalOr): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      return keepingComplex(call, (re, im) => {
        const [whenRe, whenIm] = [re, im].map((value) => {
          return test.type({ ...call, args: [operandOf(value, call.node.span)] })?.hir;
        });
        return whenRe && whenIm ? combine(whenRe, whenIm) : re;
      });
    },
  };
}

export const phase = complexExpansion((re, im) => routineCall('atan2', [im, re]));

const polar = complexExpansion((re, im): HirExpression => {
  const members = [routineCall('hypot', [re, im]), routineCall('atan2', [im, re])];
  return { kind: 'tuple', type: { kind: 'tuple', members: [FLOAT64, FLOAT64] }, members };
});

/** With CPython's special values: of an angle without cos and sin, a radius of 0 is 0, and an infinite one infinite. */
const rect: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const values = call.args.map((arg) => {
      if (arg.type.kind === 'complex' || !isNumeric(arg.type))
        return refuseArgument(call, arg, 'real numbers');
      return operandOf(convertOperand(arg, FLOAT64), arg.span);
    });
    const [radius, angle] = values;
    if (!radius || !angle) return undefined;
    return keeping(call, [radius, angle], ([r, phi]) => {
      if (!r || !phi) return undefined;
      const hasAngle = lessThanInfinity(phi.hir);
      const isNothing = equals(r.hir, 0);
      const size = routineCall('fabs', [r.hir]);
      const reOfNone = chosen(isNothing, ZERO, chosen(lessThanInfinity(r.hir), NAN, size));
      const imOfNone = chosen(isNothing, ZERO, NAN);
      // Of an infinite radius, too, the product with the zero is a zero.
      const flat = floatBinary('fmul', routineCall('copysign', [floatOf(FLOAT64, 1), r.hir]), phi.hir);
      const turned = floatBinary('fmul', r.hir, routineCall('sin', [phi.hir]));
      const re = chosen(hasAngle, floatBinary('fmul', r.hir, routineCall('cos', [phi.hir])), reOfNone);
      const im = chosen(hasAngle, chosen(equals(phi.hir, 0), flat, turned), imOfNone);
      return operandOf({ kind: 'make-complex', type: COMPLEX128, re, im }, call.node.span);
    });
  },
};

const ZERO = floatOf(FLOAT64, 0);
const NAN = floatOf(FLOAT64, Number.NaN);

function chosen(test: HirExpression, whenTrue: HirExpression, whenFalse: HirExpression): HirExpression {
  return { kind: 'choose', type: FLOAT64, test, whenTrue, whenFalse };
}

function equals(x: HirExpression, value: number): HirExpression {
  return floatCompare('eq', x, floatOf(FLOAT64, value));
}

/** NaN is not. */
function lessThanInfinity(x: HirExpression): HirExpression {
  return floatCompare('lt', routineCall('fabs', [x]), floatOf(FLOAT64, Number.POSITIVE_INFINITY));
}

/**
 * A routine that has no number for a zero beside a part that `hasNoValue`: CPython's result, of which C has one half
 * since C11.
 */
function withoutHalves(
  routine: RoutineName,
  zero: 're' | 'im',
  hasNoValue: (part: HirExpression) => HirExpression,
): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const value = keepingComplex(call, (re, im) => {
        const [none, other] = zero === 're' ? [re, im] : [im, re];
        const type = COMPLEX128;
        const test = logicalAnd(equals(none, 0), hasNoValue(other));
        const whenTrue: HirExpression = { kind: 'make-complex', type, re: NAN, im: NAN };
        const whenFalse = routineCall(routine, [{ kind: 'make-complex', type, re, im }]);
        return { kind: 'choose', type, test, whenTrue, whenFalse };
      });
      const type = call.args[0]?.type;
      return value && result(call, type?.kind === 'complex' ? convertHir(value.hir, type) : value.hir);
    },
  };
}

function isNoNumber(x: HirExpression): HirExpression {
  return floatCompare('ne', x, x);
}

function isNotFinite(x: HirExpression): HirExpression {
  return { kind: 'unary', type: BOOL, operation: 'not', operand: lessThanInfinity(x) };
}

/** log(z), log(z, base). */
const logarithm: Builtin = {
  arity: [1, 2],
  type: (call) => {
    const [value, base] = call.args.map((arg) => {
      return complexRoutine('clog').type({ ...call, args: [arg] });
    });
    if (!value || (call.args.length === 2 && !base)) return undefined;
    if (!base) return value;
    const { division } = call.typer.dialect;
    const hir: HirExpression = {
      kind: 'binary',
      type: COMPLEX128,
      operation: 'cdiv',
      left: convertHir(value.hir, COMPLEX128),
      right: convertHir(base.hir, COMPLEX128),
      failure: division.complex && call.typer.failure(division.complex, call.node.span),
    };
    return result(call, hir);
  },
};

/** log(z) / ln 10, part by part. */
const log10: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const value = complexRoutine('clog').type(call);
    if (!value) return undefined;
    return keepingComplex({ ...call, args: [value] }, (re, im) => {
      const [scaledRe, scaledIm] = [re, im].map((x) => floatBinary('fdiv', x, floatOf(FLOAT64, Math.LN10)));
      return { kind: 'make-complex', type: COMPLEX128, re: scaledRe ?? re, im: scaledIm ?? im };
    });
  },
};

export const CMATH: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['sqrt', complexRoutine('csqrt')],
  ['exp', complexRoutine('cexp')],
  ['log', logarithm],
  ['log10', log10],
  ['sin', complexRoutine('csin')],
  ['cos', complexRoutine('ccos')],
  ['tan', withoutHalves('ctan', 'im', isNotFinite)],
  ['asin', complexRoutine('casin')],
  ['acos', complexRoutine('cacos')],
  ['atan', complexRoutine('catan')],
  ['sinh', complexRoutine('csinh')],
  ['cosh', complexRoutine('ccosh')],
  ['tanh', withoutHalves('ctanh', 're', isNotFinite)],
  ['asinh', complexRoutine('casinh')],
  ['acosh', withoutHalves('cacosh', 're', isNoNumber)],
  ['atanh', complexRoutine('catanh')],
  ['phase', phase],
  ['polar', polar],
  ['rect', rect],
  ['isnan', ofParts(isNanNumber, logicalOr)],
  ['isinf', ofParts(isInfiniteNumber, logicalOr)],
  ['isfinite', ofParts(isFiniteNumber, logicalAnd)],
]);
