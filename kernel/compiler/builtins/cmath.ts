/** Python's cmath: complex whatever the argument, unlike math. */
import type { HirExpression } from '../hir.ts';
import { convertHir, convertOperand, type Operand, operandOf } from '../typer/operand.ts';
import { COMPLEX128, FLOAT64, isNumeric } from '../types/value-types.ts';
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
      const re = floatBinary('fmul', r.hir, routineCall('cos', [phi.hir]));
      const im: HirExpression = {
        kind: 'choose',
        type: FLOAT64,
        test: floatCompare('eq', phi.hir, floatOf(FLOAT64, 0)),
        // Of an infinite radius, too.
        whenTrue: floatBinary('fmul', routineCall('copysign', [floatOf(FLOAT64, 1), r.hir]), phi.hir),
        whenFalse: floatBinary('fmul', r.hir, routineCall('sin', [phi.hir])),
      };
      return operandOf({ kind: 'make-complex', type: COMPLEX128, re, im }, call.node.span);
    });
  },
};

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
  ['tan', complexRoutine('ctan')],
  ['asin', complexRoutine('casin')],
  ['acos', complexRoutine('cacos')],
  ['atan', complexRoutine('catan')],
  ['sinh', complexRoutine('csinh')],
  ['cosh', complexRoutine('ccosh')],
  ['tanh', complexRoutine('ctanh')],
  ['asinh', complexRoutine('casinh')],
  ['acosh', complexRoutine('cacosh')],
  ['atanh', complexRoutine('catanh')],
  ['phase', phase],
  ['polar', polar],
  ['rect', rect],
  ['isnan', ofParts(isNanNumber, logicalOr)],
  ['isinf', ofParts(isInfiniteNumber, logicalOr)],
  ['isfinite', ofParts(isFiniteNumber, logicalAnd)],
]);
