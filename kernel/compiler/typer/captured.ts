import type { Span } from '../diagnostic.ts';
import type { CapturedValue } from '../outer-names.ts';
import { literalOperand, type Operand, operandOf } from './operand.ts';

/** A constant of the session, where it is used. */
export function capturedOperand(value: CapturedValue, span: Span): Operand {
  switch (value.kind) {
    case 'literal':
      return literalOperand(value.value, span);
    case 'typed':
      return operandOf({ kind: 'constant', type: value.type, value: value.value }, span);
    case 'array':
      return operandOf({ kind: 'constant-array', type: value.type, data: value.data }, span);
  }
}
