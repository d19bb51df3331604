/** Python's own functions of numbers. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { HirExpression } from '../hir.ts';
import { binaryOperands, choose } from '../typer/expressions.ts';
import { tupleElements } from '../typer/implicit.ts';
import { after, comparison } from '../typer/logic.ts';
import { convertHir, convertOperand, literalOperand, type Operand, operandOf } from '../typer/operand.ts';
import { join, type ValueType } from '../types/lattice.ts';
import {
  BOOL,
  COMPLEX128,
  complexOf,
  FLOAT32,
  FLOAT64,
  INT64,
  isInteger,
  isNumeric,
  partType,
} from '../types/value-types.ts';
import { all, any, extremeOf, sum } from './reductions.ts';
import {
  type Builtin,
  type BuiltinCall,
  floatCompare,
  floatOf,
  keeping,
  refuseArgument,
  result,
  roundToInteger,
  routineCall,
  sharedFloat,
  widenInteger,
} from './rules.ts';

/** Of an integer an integer (INT_MIN wraps), of a complex number its length. */
export const absolute: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [arg] = call.args;
    if (!arg) return undefined;
    if (isInteger(arg.type) || (arg.type.kind === 'bool' && call.typer.dialect.boolIsInteger)) {
      return absoluteInteger(call, arg);
    }
    if (arg.type.kind === 'float') return result(call, routineCall('fabs', [arg.hir]));
    if (arg.type.kind !== 'complex') return refuseArgument(call, arg, 'a number');
    const type = partType(arg.type);
    return keeping(call, [arg], ([z]) => {
      if (!z) return undefined;
      const [re, im] = (['re', 'im'] as const).map((part): HirExpression => {
        return { kind: 'part', type, part, operand: z.hir };
      });
      return re && im && result(call, routineCall('hypot', [re, im]));
    });
  },
};

function absoluteInteger(call: BuiltinCall, arg: Operand): Operand | undefined {
  const value = operandOf(widenInteger(arg), arg.span);
  if (value.type.kind === 'uint') return value;
  return keeping(call, [value], ([x]) => {
    if (!x) return undefined;
    const zero: HirExpression = { kind: 'constant', type: INT64, value: 0n };
    const hir: HirExpression = {
      kind: 'choose',
      type: INT64,
      test: { kind: 'compare', type: BOOL, comparison: 'lt', domain: 'signed', left: x.hir, right: zero },
      whenTrue: { kind: 'unary', type: INT64, operation: 'ineg', operand: x.hir },
      whenFalse: x.hir,
    };
    return result(call, hir);
  });
}

/** `min` and `max`: of several numbers, of a tuple or of an array. */
function extremumOfAny(operator: '<' | '>'): Builtin {
  const [ofNumbers, ofArray] = [extremum(operator), extremeOf(operator, 'Python')];
  return {
    arity: [1, Number.POSITIVE_INFINITY],
    language: 'python',
    type: (call) => {
      const [only, second] = call.args;
      if (!only || second) return ofNumbers.type(call);
      if (only.type.kind === 'array') return ofArray.type(call);
      if (only.type.kind !== 'tuple') {
        const message = `${call.name} takes at least 2 arguments, not 1`;
        return call.typer.report('argument-count', call.node.span, message, 'add 1 argument');
      }
      const { before, elements } = tupleElements(call.typer, only);
      const value = ofNumbers.type({ ...call, args: elements });
      return value && after(before, value);
    },
  };
}

/** The first argument unless a later one is strictly beyond it, as Python compares them. */
export function extremum(operator: '<' | '>'): Builtin {
  return {
    arity: [2, Number.POSITIVE_INFINITY],
    language: 'python',
    type: (call) => {
      const joined = joinedType(call);
      if (!joined) return undefined;
      const values = call.args.map((arg): Operand => ({ ...joined, ...convertedTo(arg, joined) }));
      return values.reduce<Operand | undefined>((best, value, index) => {
        if (index === 0 || !best) return value;
        return keeping(call, [best, value], ([a, b]) => {
          const test = a && b && comparison(call.typer, operator, b, a, call.node.span);
          const beyond = a && b && test && choose(call.typer, test, b, a, call.node.span);
          return (
            beyond && a && b && (isElement(best) || isElement(value) ? beyond : firstOfEqual(a, b, beyond))
          );
        });
      }, undefined);
    },
  };
}

/**
 * Where one operand is never NaN, LLVM takes nested selects for minima whatever their order: min(0.0, min(x, 0.0)) becomes
 * min(x, 0.0), which is -0.0 for -0.0. So for floats the first of equal operands is taken expressly; an optimiser that
 * knows nothing of NaN, as of elements, needs no telling.
 */
function firstOfEqual(first: Operand, second: Operand, beyond: Operand): Operand {
  if (beyond.type.kind !== 'float') return beyond;
  const { type } = beyond;
  const test = floatCompare('eq', first.hir, second.hir);
  return { ...beyond, hir: { kind: 'choose', type, test, whenTrue: first.hir, whenFalse: beyond.hir } };
}

function isElement({ hir }: Operand): boolean {
  return hir.kind === 'load';
}

function convertedTo(arg: Operand, { type }: ValueType): Operand {
  return { ...operandOf(convertOperand(arg, type), arg.span), literal: arg.literal };
}

export function joinedType(call: BuiltinCall): ValueType | undefined {
  let joined: ValueType | undefined;
  for (const arg of call.args) {
    if (!isNumeric(arg.type) && arg.type.kind !== 'bool') return refuseArgument(call, arg, 'numbers');
    const before: ValueType = joined ?? arg;
    joined = join(before, arg);
    if (joined) continue;
    const types = `${formatType(before.type)} and ${formatType(arg.type)}`;
    const hint = `convert one of them, for example ${formatType(before.type)}(…)`;
    return call.typer.report('mixed-types', arg.span, `${call.name} of ${types} has no one type`, hint);
  }
  return joined;
}

/** round(x) is an int, half to even; round(x, n) stays a float. */
const round: Builtin = {
  arity: [1, 2],
  language: 'python',
  keywords: ['number', 'ndigits'],
  type: (call) => {
    const [value, digits] = call.args;
    if (!digits) return roundToInteger('roundHalfEven').type(call);
    return value && roundToDigits(call, value, digits);
  },
};

const MAX_DIGITS = 22n;

/** Correctly rounded, half to even, as CPython's. */
export function roundToDigits(call: BuiltinCall, value: Operand, digits: Operand): Operand | undefined {
  const { literal } = digits;
  if (typeof literal !== 'bigint' || literal < -MAX_DIGITS || literal > MAX_DIGITS) {
    const hint = 'write the number of digits as a constant';
    return refuseArgument(
      call,
      digits,
      `a constant from -${MAX_DIGITS} to ${MAX_DIGITS} as its digits`,
      hint,
    );
  }
  if (isInteger(value.type) && literal >= 0n) return result(call, widenInteger(value));
  const type = sharedFloat({ ...call, args: [value] });
  if (!type) return undefined;
  const isWhole = literal < 0n;
  const scale = floatOf(FLOAT64, 10 ** Number(isWhole ? -literal : literal));
  const args = [convertOperand(value, FLOAT64), scale];
  const rounded = routineCall(isWhole ? 'roundTens' : 'roundDigits', args);
  return result(call, convertHir(rounded, isInteger(value.type) ? INT64 : type));
}

const divmod: Builtin = {
  arity: [2, 2],
  language: 'python',
  type: (call) => {
    const [a, b] = call.args;
    if (!a || !b) return undefined;
    return keeping(call, [a, b], ([left, right]) => {
      if (!left || !right) return undefined;
      const where = { span: call.node.span, operatorSpan: call.node.span };
      const quotient = binaryOperands(call.typer, '//', left, right, where);
      const remainder = quotient && binaryOperands(call.typer, '%', left, right, where);
      if (!remainder) return undefined;
      const members = [quotient, remainder];
      const type = { kind: 'tuple', members: members.map((member) => member.type) } as const;
      const hir: HirExpression = { kind: 'tuple', type, members: members.map((member) => member.hir) };
      return { ...operandOf(hir, call.node.span), elements: members };
    });
  },
};

const pow: Builtin = {
  arity: [2, 2],
  language: 'python',
  type: (call) => {
    const [a, b] = call.args;
    return (
      a && b && binaryOperands(call.typer, '**', a, b, { span: call.node.span, operatorSpan: call.node.span })
    );
  },
};

/** complex(re, im) of real numbers; complex(x) of any. complex64 where all parts are float32. */
const complex: Builtin = {
  arity: [0, 2],
  keywords: ['real', 'imag'],
  type: (call) => {
    const [re, im] = call.args;
    if (!re) return literalOperand({ re: 0, im: 0 }, call.node.span);
    if (!im) {
      if (!isNumeric(re.type) && re.type.kind !== 'bool') return refuseArgument(call, re, 'a number');
      return result(call, convertOperand(re, re.type.kind === 'complex' ? re.type : COMPLEX128));
    }
    const type = sharedFloat(call);
    if (!type) return undefined;
    const isSingle = type === FLOAT32 && call.args.every((arg) => arg.weak || arg.type === FLOAT32);
    const part = isSingle ? FLOAT32 : FLOAT64;
    const hir: HirExpression = {
      kind: 'make-complex',
      type: complexOf(part),
      re: convertOperand(re, part),
      im: convertOperand(im, part),
    };
    return result(call, hir);
  },
};

/** Of an array along its first axis, of a tuple its members. */
const length: Builtin = {
  arity: [1, 1],
  language: 'python',
  type: (call) => {
    const [arg] = call.args;
    if (arg?.type.kind === 'tuple') {
      return result(call, { kind: 'constant', type: INT64, value: BigInt(arg.type.members.length) });
    }
    if (arg?.type.kind !== 'array')
      return (
        arg && refuseArgument(call, arg, 'an array or a tuple', 'take the number of elements as a parameter')
      );
    return result(call, { kind: 'length', type: INT64, array: arg.hir, axis: 0 });
  },
};

export const PYTHON: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['abs', { ...absolute, language: 'python' }],
  ['min', extremumOfAny('<')],
  ['max', extremumOfAny('>')],
  ['sum', { ...sum, language: 'python' }],
  ['any', { ...any, language: 'python' }],
  ['all', { ...all, language: 'python' }],
  ['round', round],
  ['divmod', divmod],
  ['pow', pow],
  ['complex', complex],
  ['len', length],
]);
