/** NumPy's operators under their names. Floats divide by zero as IEEE does, and nothing raises. */
import type { BinaryOperator, CompareOperator } from '../core.ts';
import { dialectOf } from '../dialect.ts';
import type { HirExpression } from '../hir.ts';
import type { RoutineName } from '../routines.ts';
import { comparison, truth } from '../typer/logic.ts';
import { convertHir, convertOperand, literalOperand, operandOf } from '../typer/operand.ts';
import { join } from '../types/lattice.ts';
import { binaryRule, unaryRule } from '../types/operators.ts';
import { BOOL, COMPLEX128, FLOAT64, isInteger } from '../types/value-types.ts';
import { extremum } from './python.ts';
import {
  type Builtin,
  floatCompare,
  floatOf,
  floatRoutine,
  keeping,
  logicalAnd,
  logicalOr,
  result,
} from './rules.ts';

const DIALECT = dialectOf('python', 'numpy');

/** An operator under its name, which divides by zero as IEEE does. */
export function operator(symbol: BinaryOperator): Builtin {
  return {
    arity: [2, 2],
    type: (call) => {
      const [left, right] = call.args;
      if (!left || !right) return undefined;
      const rule = binaryRule(symbol, left, right, DIALECT);
      if (!rule.ok) return call.typer.report('operand-types', call.node.span, rule.message, rule.hint);
      const hir: HirExpression = {
        kind: 'binary',
        type: rule.result,
        operation: rule.operation,
        left: convertOperand(left, rule.left),
        right: convertOperand(right, rule.right),
        failure: rule.failure && call.typer.failure(rule.failure, call.node.span),
      };
      return result(call, hir);
    },
  };
}

export function unary(symbol: '-' | '+' | '~'): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const [arg] = call.args;
      if (!arg) return undefined;
      const rule = unaryRule(symbol, arg, DIALECT);
      if (!rule.ok) return call.typer.report('operand-types', call.node.span, rule.message, rule.hint);
      const operand = convertOperand(arg, rule.operand);
      const { operation } = rule;
      return result(call, operation ? { kind: 'unary', type: rule.result, operation, operand } : operand);
    },
  };
}

export function compared(symbol: Exclude<CompareOperator, 'in' | 'not in'>): Builtin {
  return {
    arity: [2, 2],
    type: (call) => {
      const [left, right] = call.args;
      const hir = left && right && comparison(call.typer, symbol, left, right, call.node.span);
      return hir && result(call, hir);
    },
  };
}

export function logical(name: 'and' | 'or'): Builtin {
  return {
    arity: [2, 2],
    type: (call) => {
      const [left, right] = call.args.map((arg) => truth(call.typer, arg));
      if (!left || !right) return undefined;
      const operation = name === 'and' ? 'band' : 'bor';
      return result(call, { kind: 'binary', type: BOOL, operation, left, right, failure: undefined });
    },
  };
}

export const logicalNot: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [operand] = call.args.map((arg) => truth(call.typer, arg));
    return operand && result(call, { kind: 'unary', type: BOOL, operation: 'not', operand });
  },
};

export const square: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [arg] = call.args;
    if (!arg) return undefined;
    const kept = call.typer.keep(arg, 'arg');
    const product = operator('*').type({ ...call, args: [kept.value, kept.value] });
    if (!product || kept.before.length === 0) return product;
    return result(call, {
      kind: 'sequence',
      type: product.type,
      statements: kept.before,
      value: product.hir,
    });
  },
};

export const reciprocal: Builtin = {
  arity: [1, 1],
  type: (call) => operator('/').type({ ...call, args: [literalOperand(1n, call.node.span), ...call.args] }),
};

/** Of two bools, NumPy's sum is `or`, and its product `and`: a bool. */
export function boolOrNumbers(ofBools: '|' | '&', ofNumbers: '+' | '*'): Builtin {
  const [bools, numbers] = [operator(ofBools), operator(ofNumbers)];
  return {
    arity: [2, 2],
    type: (call) => (call.args.every(({ type }) => type.kind === 'bool') ? bools : numbers).type(call),
  };
}

/** Of integers and bools it is one of them, of anything else a float by `routine`. */
export function extremumOf(routine: RoutineName, operatorSymbol: '<' | '>'): Builtin {
  const [whole, float] = [extremum(operatorSymbol), floatRoutine(routine, 2)];
  return {
    arity: [2, 2],
    type: (call) => {
      const [left, right] = call.args;
      const isWhole = call.args.every(({ type }) => isInteger(type) || type.kind === 'bool');
      return (left && right && isWhole && join(left, right) ? whole : float).type(call);
    },
  };
}

/** NumPy's power. Of a complex zero it is a number only for a positive exponent, and for 0. */
export const powerOf: Builtin = {
  arity: [2, 2],
  type: (call) => {
    if (!call.args.some(({ type }) => type.kind === 'complex')) return operator('**').type(call);
    const type = operator('**').type(call)?.type;
    if (!type) return undefined;
    const values = call.args.map((arg) => operandOf(convertOperand(arg, COMPLEX128), arg.span));
    return keeping(call, values, ([base, exponent]) => {
      const power = base && exponent && operator('**').type({ ...call, args: [base, exponent] });
      if (!power) return undefined;
      const nan = floatOf(FLOAT64, Number.NaN);
      const hir: HirExpression = {
        kind: 'choose',
        type: power.type,
        test: logicalAnd(isZero(base.hir), hasNoPowerOfZero(exponent.hir)),
        whenTrue: { kind: 'make-complex', type: COMPLEX128, re: nan, im: nan },
        whenFalse: power.hir,
      };
      return result(call, convertHir(hir, type));
    });
  },
};

function partOf(operand: HirExpression, part: 're' | 'im'): HirExpression {
  return { kind: 'part', type: FLOAT64, part, operand };
}

function isZero(z: HirExpression): HirExpression {
  const zero = floatOf(FLOAT64, 0);
  return logicalAnd(floatCompare('eq', partOf(z, 're'), zero), floatCompare('eq', partOf(z, 'im'), zero));
}

function hasNoPowerOfZero(exponent: HirExpression): HirExpression {
  const zero = floatOf(FLOAT64, 0);
  return logicalOr(
    floatCompare('lt', partOf(exponent, 're'), zero),
    floatCompare('ne', partOf(exponent, 'im'), zero),
  );
}
