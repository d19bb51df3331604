/** ECMAScript's Math and Number, over our types: what is an integer stays one. */
import type { HirExpression } from '../hir.ts';
import { binaryOperands, choose } from '../typer/expressions.ts';
import { comparison } from '../typer/logic.ts';
import { convertOperand, type Operand, operandOf } from '../typer/operand.ts';
import { BOOL, isInteger } from '../types/value-types.ts';
import { clz32, imul } from './bits.ts';
import { floatTest, hypotenuse, isFiniteNumber, isNanNumber } from './math.ts';
import { absolute, joinedType } from './python.ts';
import {
  type Builtin,
  floatCompare,
  floatOf,
  floatRoutine,
  keeping,
  logicalAnd,
  result,
  roundToFloat,
  routineCall,
  sharedFloat,
  widenInteger,
} from './rules.ts';

/** NaN where an argument is NaN; -0 is below +0. */
function extremum(operator: '<' | '>', routine: 'minimum' | 'maximum'): Builtin {
  return {
    arity: [1, Number.POSITIVE_INFINITY],
    type: (call) => {
      const joined = joinedType(call);
      if (!joined) return undefined;
      const { span } = call.node;
      if (isInteger(joined.type)) {
        const values = call.args.map((arg) => operandOf(convertOperand(arg, joined.type), arg.span));
        return values.reduce<Operand | undefined>((best, value, index) => {
          if (index === 0 || !best) return value;
          return keeping(call, [best, value], ([a, b]) => {
            const test = a && b && comparison(call.typer, operator, b, a, span);
            return a && b && test && choose(call.typer, test, b, a, span);
          });
        }, undefined);
      }
      const type = sharedFloat(call);
      if (!type) return undefined;
      const values = call.args.map((arg) => convertOperand(arg, type));
      return result(
        call,
        values.reduce((best, value) => routineCall(routine, [best, value])),
      );
    },
  };
}

/** -1, 0 or 1; zeros and NaN as they are. */
export const sign: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [arg] = call.args;
    if (!arg) return undefined;
    const type = isInteger(arg.type) ? undefined : sharedFloat(call);
    if (!type && !isInteger(arg.type)) return undefined;
    const value = operandOf(type ? convertOperand(arg, type) : widenInteger(arg), arg.span);
    return keeping(call, [value], ([x]) => x && result(call, signOf(x.hir)));
  },
};

function signOf(x: HirExpression): HirExpression {
  const { type } = x;
  const constant = (value: 0 | 1 | -1): HirExpression => {
    return type.kind === 'float' ? floatOf(type, value) : { kind: 'constant', type, value: BigInt(value) };
  };
  const test = (order: 'gt' | 'lt'): HirExpression => {
    if (type.kind === 'float') return floatCompare(order, x, constant(0));
    const domain = type.kind === 'uint' ? 'unsigned' : 'signed';
    return { kind: 'compare', type: BOOL, comparison: order, domain, left: x, right: constant(0) };
  };
  const positive = constant(1);
  if (type.kind === 'uint')
    return { kind: 'choose', type, test: test('gt'), whenTrue: positive, whenFalse: x };
  const rest: HirExpression = {
    kind: 'choose',
    type,
    test: test('lt'),
    whenTrue: constant(-1),
    whenFalse: x,
  };
  return { kind: 'choose', type, test: test('gt'), whenTrue: positive, whenFalse: rest };
}

const power: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const [a, b] = call.args;
    return (
      a && b && binaryOperands(call.typer, '**', a, b, { span: call.node.span, operatorSpan: call.node.span })
    );
  },
};

/** Finite, and equal to itself truncated. */
const isWhole = floatTest((x) =>
  logicalAnd(
    floatCompare('eq', x, routineCall('trunc', [x])),
    floatCompare('lt', routineCall('fabs', [x]), floatOf(x.type, Number.POSITIVE_INFINITY)),
  ),
);

const MATH: readonly (readonly [string, Builtin])[] = [
  ['abs', absolute],
  ['sign', sign],
  ['floor', roundToFloat('floor')],
  ['ceil', roundToFloat('ceil')],
  ['trunc', roundToFloat('trunc')],
  ['round', roundToFloat('roundHalfUp')],
  ['min', extremum('<', 'minimum')],
  ['max', extremum('>', 'maximum')],
  ['pow', power],
  ['hypot', hypotenuse],
  ['sqrt', floatRoutine('sqrt')],
  ['cbrt', floatRoutine('cbrt')],
  ['exp', floatRoutine('exp')],
  ['expm1', floatRoutine('expm1')],
  ['log', floatRoutine('log')],
  ['log1p', floatRoutine('log1p')],
  ['log2', floatRoutine('log2')],
  ['log10', floatRoutine('log10')],
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
  ['imul', imul],
  ['clz32', clz32],
];

export const ECMASCRIPT: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...MATH.map(([name, builtin]): [string, Builtin] => [`Math.${name}`, builtin]),
  ['isNaN', { ...isNanNumber, language: 'typescript' }],
  ['isFinite', { ...isFiniteNumber, language: 'typescript' }],
  ['Number.isNaN', isNanNumber],
  ['Number.isFinite', isFiniteNumber],
  ['Number.isInteger', isWhole],
]);
