/** Complex operations over their two leaves. */
import type { BinaryOperation, Failure } from '../hir.ts';
import type { FunctionContext } from './function-context.ts';
import { constantFloat, type IrValue } from './ir-values.ts';
import { requireSupportFunction } from './support-functions.ts';

type ComplexOperation = 'cadd' | 'csub' | 'cmul' | 'cdiv' | 'cpow';

export function isComplexOperation(operation: BinaryOperation): operation is ComplexOperation {
  return (
    operation === 'cadd' ||
    operation === 'csub' ||
    operation === 'cmul' ||
    operation === 'cdiv' ||
    operation === 'cpow'
  );
}

export function complexBinary(
  context: FunctionContext,
  operation: ComplexOperation,
  left: readonly IrValue[],
  right: readonly IrValue[],
  failure: Failure | undefined,
): readonly IrValue[] {
  const [ar, ai] = left;
  const [br, bi] = right;
  if (!ar || !ai || !br || !bi) throw new Error(`${operation} needs two complex operands`);
  const { builder } = context;
  switch (operation) {
    case 'cadd':
      return [builder.createFAdd(ar, br), builder.createFAdd(ai, bi)];
    case 'csub':
      return [builder.createFSub(ar, br), builder.createFSub(ai, bi)];
    case 'cmul':
      return [
        builder.createFSub(builder.createFMul(ar, br), builder.createFMul(ai, bi)),
        builder.createFAdd(builder.createFMul(ar, bi), builder.createFMul(ai, br)),
      ];
    case 'cdiv':
      if (failure) context.raiseIf(isZero(context, br, bi), failure);
      return callInDouble(context, 'cdiv', [ar, ai, br, bi]);
    case 'cpow':
      if (failure) raiseForPower(context, [ar, ai], [br, bi], failure);
      return callInDouble(context, 'cpow', [ar, ai, br, bi]);
  }
}

function isZero({ builder }: FunctionContext, re: IrValue, im: IrValue): IrValue {
  const zero = constantFloat(re.type, 0);
  return builder.createAnd(builder.createFCmp('oeq', re, zero), builder.createFCmp('oeq', im, zero));
}

/** Zero to a power with an imaginary part or a negative real one. */
function raiseForPower(
  context: FunctionContext,
  base: readonly [IrValue, IrValue],
  [re, im]: readonly [IrValue, IrValue],
  failure: Failure,
): void {
  const { builder } = context;
  const zero = constantFloat(re.type, 0);
  const isImaginary = builder.createFCmp('une', im, zero);
  const isNegative = builder.createFCmp('olt', re, zero);
  const refused = builder.createOr(isImaginary, isNegative);
  context.raiseIf(builder.createAnd(isZero(context, ...base), refused), failure);
}

function callInDouble(
  { builder, module }: FunctionContext,
  name: 'cdiv' | 'cpow',
  args: readonly IrValue[],
): readonly IrValue[] {
  const symbol = requireSupportFunction(module, name);
  const wide = args.map((arg) => builder.createFPExt(arg, 'double'));
  const result = builder.createCall('{ double, double }', symbol, wide);
  if (!result) throw new Error(`${name} has a result`);
  const type = args[0]?.type ?? 'double';
  return [0, 1].map((index) =>
    builder.createFPTrunc(
      builder.createExtractValue(result, index, 'double', index === 0 ? 're' : 'im'),
      type,
    ),
  );
}
