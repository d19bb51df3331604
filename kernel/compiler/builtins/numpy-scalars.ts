/** Functions of NumPy that are small formulas of others. */
import type { FloatType } from '../../../backend/contract/types.ts';
import type { HirExpression } from '../hir.ts';
import { convertOperand, literalOperand, operandOf } from '../typer/operand.ts';
import { extremumOf, operator } from './numpy-operators.ts';
import {
  type Builtin,
  floatBinary,
  floatCompare,
  floatExpansion,
  floatOf,
  keeping,
  logicalAnd,
  result,
  routineCall,
  sharedFloat,
} from './rules.ts';

/** A formula of `count` floats that may look at each of them several times. */
function formula(
  count: number,
  build: (args: readonly HirExpression[], type: FloatType) => HirExpression,
): Builtin {
  return {
    arity: [count, count],
    type: (call) => {
      const type = sharedFloat(call);
      if (!type) return undefined;
      const values = call.args.map((arg) => operandOf(convertOperand(arg, type), arg.span));
      return keeping(call, values, (kept) =>
        result(
          call,
          build(
            kept.map(({ hir }) => hir),
            type,
          ),
        ),
      );
    },
  };
}

function chosen(test: HirExpression, whenTrue: HirExpression, whenFalse: HirExpression): HirExpression {
  return { kind: 'choose', type: whenTrue.type, test, whenTrue, whenFalse };
}

function sumOf(left: HirExpression, right: HirExpression): HirExpression {
  return floatBinary('fadd', left, right);
}

function difference(left: HirExpression, right: HirExpression): HirExpression {
  return floatBinary('fsub', left, right);
}

/** log(exp(x) + exp(y)) without overflow. */
const logAddExp = formula(2, ([x, y], type) => {
  const [a, b] = [x ?? floatOf(type, 0), y ?? floatOf(type, 0)];
  const beyond = (more: HirExpression, less: HirExpression): HirExpression =>
    sumOf(more, routineCall('log1p', [routineCall('exp', [difference(less, more)])]));
  const ordered = chosen(floatCompare('le', a, b), beyond(b, a), difference(a, b));
  return chosen(
    // Infinities of one sign have no difference.
    floatCompare('eq', a, b),
    sumOf(a, floatOf(type, Math.LN2)),
    chosen(floatCompare('gt', a, b), beyond(a, b), ordered),
  );
});

/** sin(πx) / (πx), 1 at 0. */
const sinc = formula(1, ([x], type) => {
  const value = x ?? floatOf(type, 0);
  const angle = floatBinary('fmul', floatOf(type, Math.PI), value);
  const quotient = floatBinary('fdiv', routineCall('sin', [angle]), angle);
  return chosen(floatCompare('eq', value, floatOf(type, 0)), floatOf(type, 1), quotient);
});

/** 0 below 0, 1 above it, and the second argument at 0. */
const heaviside = formula(2, ([x, y], type) => {
  const [value, half] = [x ?? floatOf(type, 0), y ?? floatOf(type, 0)];
  const zero = floatOf(type, 0);
  const beyond = chosen(floatCompare('gt', value, zero), floatOf(type, 1), value);
  return chosen(floatCompare('eq', value, zero), half, chosen(floatCompare('lt', value, zero), zero, beyond));
});

const signbit = floatExpansion(1, ([x], type) =>
  floatCompare('lt', routineCall('copysign', [floatOf(type, 1), x ?? floatOf(type, 0)]), floatOf(type, 0)),
);

/** Finite numbers no further apart than `atol + rtol · |b|`, or equal ones. */
const close = formula(4, ([a, b, relative, absolute], type) => {
  const [x, y] = [a ?? floatOf(type, 0), b ?? floatOf(type, 0)];
  const infinity = floatOf(type, Number.POSITIVE_INFINITY);
  const size = routineCall('fabs', [y]);
  const bound = sumOf(absolute ?? x, floatBinary('fmul', relative ?? x, size));
  const near = floatCompare('le', routineCall('fabs', [difference(x, y)]), bound);
  const areFinite = logicalAnd(
    floatCompare('lt', routineCall('fabs', [x]), infinity),
    floatCompare('lt', size, infinity),
  );
  return chosen(areFinite, near, floatCompare('eq', x, y));
});

const isClose: Builtin = {
  arity: [2, 4],
  keywords: ['a', 'b', 'rtol', 'atol'],
  type: (call) => {
    const [a, b, relative, absolute] = call.args;
    if (!a || !b) return undefined;
    const { span } = call.node;
    const tolerances = [relative ?? literalOperand(1e-5, span), absolute ?? literalOperand(1e-8, span)];
    return close.type({ ...call, args: [a, b, ...tolerances] });
  },
};

const [smaller, larger] = [extremumOf('minimum', '<'), extremumOf('maximum', '>')];

/** Not below the second argument, and not above the third. */
const clip: Builtin = {
  arity: [3, 3],
  keywords: ['a', 'a_min', 'a_max'],
  type: (call) => {
    const [value, low, high] = call.args;
    if (!value || !low || !high) return undefined;
    const raised = larger.type({ ...call, args: [value, low] });
    return raised && smaller.type({ ...call, args: [raised, high] });
  },
};

/** Quotient and remainder, which raise nothing. */
const divmod: Builtin = {
  arity: [2, 2],
  type: (call) =>
    keeping(call, call.args, (args) => {
      const parts = [operator('//'), operator('%')].map((one) => one.type({ ...call, args }));
      const [quotient, remainder] = parts;
      if (!quotient || !remainder) return undefined;
      const members = [quotient, remainder];
      const type = { kind: 'tuple', members: members.map((member) => member.type) } as const;
      return result(call, { kind: 'tuple', type, members: members.map(({ hir }) => hir) });
    }),
};

export const NUMPY_SCALARS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['logaddexp', logAddExp],
  ['sinc', sinc],
  ['heaviside', heaviside],
  ['signbit', signbit],
  ['isclose', isClose],
  ['clip', clip],
  ['divmod', divmod],
]);
