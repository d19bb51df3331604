/** `x ** n` for a constant n of 0 to 64: multiplications, as numba and CPython's complex power do it. */
import type { Span } from '../diagnostic.ts';
import type { BinaryOperation, HirExpression, HirStatement } from '../hir.ts';
import { arithmeticType, strong } from '../types/lattice.ts';
import { INT64, isInteger, isNumeric } from '../types/value-types.ts';
import type { FunctionTyper } from './function-typer.ts';
import { convertOperand, type Operand, operandOf, readSlot } from './operand.ts';

const MAX_EXPONENT = 64n;

export function constantPower(
  typer: FunctionTyper,
  base: Operand,
  exponent: Operand,
  span: Span,
): Operand | undefined {
  const { literal } = exponent;
  if (typeof literal !== 'bigint' || literal < 0n || literal > MAX_EXPONENT) return undefined;
  const isBool = base.type.kind === 'bool' && typer.dialect.boolIsInteger;
  const type = arithmeticType(isBool ? strong(INT64) : base, exponent);
  if (!type || !isNumeric(type)) return undefined;
  const value = convertOperand(base, type);
  if (literal === 0n) return operandOf(one(value), span);
  return operandOf(bySquaring(typer, value, Number(literal), span), span);
}

function one({ type }: HirExpression): HirExpression {
  if (isInteger(type)) return { kind: 'constant', type, value: 1n };
  return { kind: 'constant', type, value: type.kind === 'float' ? 1 : { re: 1, im: 0 } };
}

function bySquaring(typer: FunctionTyper, base: HirExpression, exponent: number, span: Span): HirExpression {
  const { type } = base;
  const operation: BinaryOperation =
    type.kind === 'complex' ? 'cmul' : type.kind === 'float' ? 'fmul' : 'imul';
  const statements: HirStatement[] = [];
  const keep = (value: HirExpression): HirExpression => {
    const slot = typer.temporary(type, 'power');
    statements.push({ kind: 'store', slot, value });
    return readSlot(slot, span);
  };
  const multiply = (left: HirExpression, right: HirExpression): HirExpression => {
    return { kind: 'binary', type, operation, left, right, failure: undefined };
  };
  let result: HirExpression | undefined;
  let power = exponent === 1 ? base : keep(base);
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result = result ? multiply(result, power) : power;
    if (rest > 1) power = keep(multiply(power, power));
  }
  const value = result ?? base;
  return statements.length === 0 ? value : { kind: 'sequence', type, statements, value };
}
