/** ECMAScript's functions over the lowest 32 bits of integers. */
import type { HirExpression, HirStatement, Label } from '../hir.ts';
import { convertHir, operandOf, readSlot } from '../typer/operand.ts';
import { BOOL, INT64, integerType, isInteger, UINT64 } from '../types/value-types.ts';
import { type Builtin, type BuiltinCall, refuseArgument, result, widenInteger } from './rules.ts';

const INT32 = integerType('int', 32);
const UINT32 = integerType('uint', 32);

/** The arguments, wrapped to 32 bits; or a diagnostic. */
function words(call: BuiltinCall): HirExpression[] | undefined {
  const other = call.args.find((arg) => !isInteger(arg.type));
  if (other) return refuseArgument(call, other, 'integers', `write int32(${call.typer.text(other.span)})`);
  return call.args.map((arg) => convertHir(widenInteger(arg), UINT32));
}

/** `Math.imul`: the lowest 32 bits of the product, as an int32. */
export const imul: Builtin = {
  arity: [2, 2],
  type: (call) => {
    const [a, b] = words(call) ?? [];
    if (!a || !b) return undefined;
    const [left, right] = [convertHir(a, INT64), convertHir(b, INT64)];
    const product: HirExpression = {
      kind: 'binary',
      type: INT64,
      operation: 'imul',
      left,
      right,
      failure: undefined,
    };
    return result(call, convertHir(product, INT32));
  },
};

/** `Math.clz32`: the zeros above the highest bit that is set. The optimiser knows the loop. */
export const clz32: Builtin = {
  arity: [1, 1],
  type: (call) => {
    const [word] = words(call) ?? [];
    if (!word) return undefined;
    const { span } = call.node;
    const rest = call.typer.temporary(UINT64, 'rest');
    const zeros = call.typer.temporary(INT64, 'zeros');
    const [readRest, readZeros] = [readSlot(rest, span), readSlot(zeros, span)];
    const step = (operation: 'ushr' | 'isub', left: HirExpression): HirExpression => {
      const right: HirExpression = { kind: 'constant', type: left.type, value: 1n };
      return { kind: 'binary', type: left.type, operation, left, right, failure: undefined };
    };
    const label: Label = { name: 'loop' };
    const test: HirExpression = {
      kind: 'compare',
      type: BOOL,
      comparison: 'ne',
      domain: 'unsigned',
      left: readRest,
      right: { kind: 'constant', type: UINT64, value: 0n },
    };
    const body: HirStatement[] = [
      { kind: 'store', slot: rest, value: step('ushr', readRest) },
      { kind: 'store', slot: zeros, value: step('isub', readZeros) },
    ];
    const statements: HirStatement[] = [
      { kind: 'store', slot: rest, value: convertHir(word, UINT64) },
      { kind: 'store', slot: zeros, value: { kind: 'constant', type: INT64, value: 32n } },
      { kind: 'loop', label, test, testAt: 'top', body, update: [] },
    ];
    return operandOf({ kind: 'sequence', type: INT64, statements, value: readZeros }, span);
  },
};
