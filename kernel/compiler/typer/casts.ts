/** Conversions as written: `int64(x)`, `x as float32`, Python's `int(x)`. */
import { formatType } from '../../../backend/contract/format-type.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { Span } from '../diagnostic.ts';
import { isNumeric, sameType } from '../types/value-types.ts';
import type { FunctionTyper } from './function-typer.ts';
import { convertsImplicitly, partsHint } from './implicit.ts';
import { convertOperand, type Operand, operandOf, truthOf } from './operand.ts';

/**
 * Between numbers, and from anything with a truth value to bool. Floats truncate toward zero and saturate, NaN
 * becomes 0; integers wrap. A complex number has no one real value, so it must be taken apart.
 */
export function explicitly(
  typer: FunctionTyper,
  operand: Operand,
  type: Type,
  span: Span,
): Operand | undefined {
  const from = operand.type;
  if (sameType(from, type)) return operandOf(convertOperand(operand, type), span);
  if (type.kind === 'bool') {
    const truth = truthOf(operand, typer.dialect.nanIsTrue);
    if (truth) return operandOf(truth, span);
  }
  if (from.kind === 'complex' && isNumeric(type) && type.kind !== 'complex') {
    const text = typer.text(operand.span);
    return typer.report(
      'type-mismatch',
      span,
      `a complex number can't become ${formatType(type)}`,
      partsHint(text),
    );
  }
  const isNumber = (isNumeric(from) || from.kind === 'bool') && isNumeric(type);
  const isPointer = from.kind === 'pointer' && type.kind === 'pointer';
  if (isNumber || isPointer || convertsImplicitly(from, type, true)) {
    return operandOf(convertOperand(operand, type), span);
  }
  return typer.report('type-mismatch', span, `${formatType(from)} can't become ${formatType(type)}`);
}
