/** What builtins are made of: routines over the float or complex type their arguments share, and small expansions. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { FloatType, Type } from '../../../backend/contract/types.ts';
import type { Call, Language } from '../core.ts';
import type { Comparison, HirExpression } from '../hir.ts';
import type { RoutineName } from '../routines.ts';
import type { FunctionTyper } from '../typer/function-typer.ts';
import { after } from '../typer/logic.ts';
import { constantFloat, convertHir, convertOperand, type Operand, operandOf } from '../typer/operand.ts';
import { join, type ValueType } from '../types/lattice.ts';
import { BOOL, COMPLEX128, FLOAT64, INT64, isInteger, isNumeric, UINT64 } from '../types/value-types.ts';

export interface BuiltinCall {
  readonly typer: FunctionTyper;
  readonly node: Call;
  /** As the table has it: `math.sin`. */
  readonly name: string;
  readonly args: readonly Operand[];
}

export interface Builtin {
  /** Fewest and most arguments. */
  readonly arity: readonly [fewest: number, most: number];
  /** Names of the parameters that may be passed by keyword. */
  readonly keywords?: readonly string[];
  /** Absent where both languages have it. */
  readonly language?: Language;
  /** The call's value; the number of arguments is right. */
  readonly type: (call: BuiltinCall) => Operand | undefined;
}

export function result({ node }: BuiltinCall, hir: HirExpression): Operand {
  return operandOf(hir, node.span);
}

export function refuseArgument(
  { typer, name }: BuiltinCall,
  arg: Operand,
  needed: string,
  hint?: string,
): undefined {
  const message = `${name} takes ${needed}, not ${formatType(arg.type)}`;
  return typer.report('operand-types', arg.span, message, hint);
}

/** The float type all arguments share: float32 only where nothing wider comes in. */
export function sharedFloat(call: BuiltinCall): FloatType | undefined {
  let shared: ValueType | undefined;
  for (const arg of call.args) {
    const own = asFloat(call, arg);
    if (!own) return undefined;
    shared = shared ? join(shared, own) : own;
  }
  return shared?.type.kind === 'float' ? shared.type : undefined;
}

function asFloat(call: BuiltinCall, arg: Operand): ValueType | undefined {
  if (arg.type.kind === 'float') return arg;
  if (isInteger(arg.type) || (arg.type.kind === 'bool' && call.typer.dialect.boolIsInteger)) {
    return { type: FLOAT64, weak: arg.weak && { kind: 'float' } };
  }
  return refuseArgument(call, arg, 'real numbers', realHint(call, arg));
}

function realHint({ name, typer }: BuiltinCall, { type, span }: Operand): string | undefined {
  const text = typer.text(span);
  if (type.kind === 'complex')
    return `write cmath.${name.replace(/^.*\./, '')}(${text}) if there is one, or take abs(${text})`;
  if (type.kind === 'bool') return `write int64(${text})`;
  return type.kind === 'array' ? 'write a loop over the elements' : undefined;
}

export function routineCall(routine: RoutineName, args: readonly HirExpression[]): HirExpression {
  return { kind: 'routine', type: args[0]?.type ?? FLOAT64, routine, args };
}

export function floatRoutine(routine: RoutineName, count: 1 | 2 = 1): Builtin {
  return {
    arity: [count, count],
    type: (call) => {
      const type = sharedFloat(call);
      if (!type) return undefined;
      return result(
        call,
        routineCall(
          routine,
          call.args.map((arg) => convertOperand(arg, type)),
        ),
      );
    },
  };
}

/** Computes in complex128; complex64 comes back as complex64. */
export function complexRoutine(routine: RoutineName): Builtin {
  return { arity: [1, 1], type: (call) => complexResult(call, routine) };
}

function complexResult(call: BuiltinCall, routine: RoutineName): Operand | undefined {
  const [arg] = call.args;
  if (!arg || !isNumeric(arg.type)) return arg && refuseArgument(call, arg, 'a number');
  const value = routineCall(routine, [convertOperand(arg, COMPLEX128)]);
  return result(call, arg.type.kind === 'complex' ? convertHir(value, arg.type) : value);
}

/** NumPy's functions follow their argument. */
export function floatOrComplex(float: RoutineName, complex: RoutineName): Builtin {
  const real = floatRoutine(float);
  return {
    arity: [1, 1],
    type: (call) => (call.args[0]?.type.kind === 'complex' ? complexResult(call, complex) : real.type(call)),
  };
}

/** An expansion over the arguments as one float type; `build` may use each of them once. */
export function floatExpansion(
  count: number,
  build: (args: readonly HirExpression[], type: FloatType) => HirExpression,
): Builtin {
  return {
    arity: [count, count],
    type: (call) => {
      const type = sharedFloat(call);
      if (!type) return undefined;
      const hir = build(
        call.args.map((arg) => convertOperand(arg, type)),
        type,
      );
      return result(call, hir);
    },
  };
}

export function floatBinary(
  operation: 'fadd' | 'fsub' | 'fmul' | 'fdiv' | 'fmodtrunc' | 'fpow',
  left: HirExpression,
  right: HirExpression,
): HirExpression {
  return { kind: 'binary', type: left.type, operation, left, right, failure: undefined };
}

export function floatCompare(
  comparison: Comparison,
  left: HirExpression,
  right: HirExpression,
): HirExpression {
  return { kind: 'compare', type: BOOL, comparison, domain: 'float', left, right };
}

export function floatOf(type: Type, value: number): HirExpression {
  return constantFloat(type, type.kind === 'float' && type.bits === 32 ? Math.fround(value) : value);
}

export function logicalOr(left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'logical', type: BOOL, operator: 'or', left, right };
}

export function logicalAnd(left: HirExpression, right: HirExpression): HirExpression {
  return { kind: 'logical', type: BOOL, operator: 'and', left, right };
}

/** Keeps the arguments, so that `build` may use each of them several times. */
export function keeping(
  call: BuiltinCall,
  args: readonly Operand[],
  build: (args: readonly Operand[]) => Operand | undefined,
): Operand | undefined {
  const kept = args.map((arg) => call.typer.keep(arg, 'arg'));
  const value = build(kept.map((one) => one.value));
  return (
    value &&
    after(
      kept.flatMap((one) => one.before),
      value,
    )
  );
}

/** Rounds with `routine` and makes it an int64; integers stay as they are. */
export function roundToInteger(routine: RoutineName): Builtin {
  return {
    arity: [1, 1],
    type: (call) => {
      const [arg] = call.args;
      if (!arg) return undefined;
      if (isInteger(arg.type) || (arg.type.kind === 'bool' && call.typer.dialect.boolIsInteger)) {
        return result(call, widenInteger(arg));
      }
      const type = sharedFloat(call);
      return type && result(call, convertHir(routineCall(routine, [convertOperand(arg, type)]), INT64));
    },
  };
}

/** Rounds with `routine` and stays a float; integers stay as they are. */
export function roundToFloat(routine: RoutineName): Builtin {
  const rounded = floatRoutine(routine);
  return {
    arity: [1, 1],
    type: (call) => {
      const [arg] = call.args;
      return arg && isInteger(arg.type) ? result(call, widenInteger(arg)) : rounded.type(call);
    },
  };
}

/** With 64 bits, as all integer arithmetic yields. */
export function widenInteger(arg: Operand): HirExpression {
  return convertOperand(arg, arg.type.kind === 'uint' ? UINT64 : INT64);
}
