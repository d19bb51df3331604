/** HIR expressions to leaves. Conditions become branches: no bool is stored only to be tested. */
import type { Type } from '../../../backend/contract/types.ts';
import type {
  ArraySlice,
  CallFunction,
  CallRoutine,
  Choose,
  Compare,
  Comparison,
  Constant,
  Element,
  HirExpression,
  Logical,
  Read,
  Row,
} from '../hir.ts';
import { routine } from '../routines.ts';
import { emitBinary, emitUnary, type Leaves } from './arithmetic.ts';
import { emitConstantArray } from './constant-arrays.ts';
import { emitConversion, packArguments, packLeaves, unpackLeaves } from './conversions.ts';
import type { FunctionEmitter } from './function-emitter.ts';
import type { BasicBlock, FloatPredicate, IntPredicate, IRBuilder } from './ir-builder.ts';
import { functionTypes, leafTypes, memoryType } from './ir-types.ts';
import { constantFloat, constantInt, FALSE, type IrValue, TRUE } from './ir-values.ts';
import { requireSupportFunction } from './support-functions.ts';
import { intrinsicSymbol, libmSymbol } from './symbols.ts';

export function emitExpression(emitter: FunctionEmitter, node: HirExpression): Leaves {
  const { context } = emitter;
  const { builder } = context;
  const value = (operand: HirExpression): Leaves => emitExpression(emitter, operand);
  switch (node.kind) {
    case 'constant':
      return emitConstant(node);
    case 'constant-array':
      return emitConstantArray(context, node);
    case 'read':
      return emitRead(emitter, node);
    case 'unary':
      return emitUnary(builder, node.operation, value(node.operand));
    case 'binary':
      return emitBinary(context, node, value(node.left), value(node.right));
    case 'convert':
      return emitConversion(context, node, value(node.operand));
    case 'compare':
      return [emitCompare(builder, node, value(node.left), value(node.right))];
    case 'logical':
      return emitLogical(emitter, node);
    case 'choose':
      return emitChoose(emitter, node);
    case 'call':
      return emitCall(emitter, node);
    case 'routine':
      return emitRoutine(emitter, node);
    case 'sequence':
      for (const statement of node.statements) emitter.statement(statement);
      return value(node.value);
    case 'make-complex':
      return [...value(node.re), ...value(node.im)];
    case 'part':
      return value(node.operand).slice(...(node.part === 're' ? [0, 1] : [1, 2]));
    case 'tuple':
      return node.members.flatMap(value);
    case 'member':
      return value(node.tuple).slice(...memberRange(node.tuple.type, node.index));
    case 'length':
      return value(node.array).slice(1 + node.axis, 2 + node.axis);
    case 'load': {
      const pointer = elementPointer(emitter, node);
      context.setPosition(node.span);
      return unpackLeaves(builder, node.type, builder.createLoad(pointer));
    }
    case 'row':
      return emitRow(emitter, node);
    case 'slice':
      return emitSlice(emitter, node);
    case 'pointer-offset': {
      const [pointer, offset] = [...value(node.pointer), ...value(node.offset)];
      return pointer && offset ? [builder.createInBoundsGEP(pointer, offset)] : [];
    }
  }
}

function emitConstant({ type, value }: Constant): Leaves {
  if (typeof value === 'boolean') return [value ? TRUE : FALSE];
  const [first, second] = leafTypes(type);
  if (!first) throw new Error('a constant without a value');
  if (typeof value === 'bigint') return [constantInt(first, value)];
  if (typeof value === 'number') return [constantFloat(first, value)];
  return [constantFloat(first, value.re), constantFloat(second ?? first, value.im)];
}

function emitRead({ context, checkedReads }: FunctionEmitter, node: Read): Leaves {
  const failure = checkedReads.get(node);
  if (failure) context.raiseIf(context.builder.createNot(context.isSet(node.slot)), failure);
  return context.load(node.slot);
}

/** Where the leaves of member `index` begin and end among those of the tuple. */
function memberRange(tuple: Type, index: number): [start: number, end: number] {
  if (tuple.kind !== 'tuple' && tuple.kind !== 'struct') throw new Error('a member of something else');
  const counts = tuple.members.map((member) => leafTypes(member).length);
  const start = counts.slice(0, index).reduce((sum, count) => sum + count, 0);
  return [start, start + (counts[index] ?? 0)];
}

// ---- comparisons and conditions

const SIGNED: Readonly<Record<Comparison, IntPredicate>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'slt',
  le: 'sle',
  gt: 'sgt',
  ge: 'sge',
};
const UNSIGNED: Readonly<Record<Comparison, IntPredicate>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'ult',
  le: 'ule',
  gt: 'ugt',
  ge: 'uge',
};
const FLOAT: Readonly<Record<Comparison | 'ordered-ne', FloatPredicate>> = {
  eq: 'oeq',
  ne: 'une',
  lt: 'olt',
  le: 'ole',
  gt: 'ogt',
  ge: 'oge',
  'ordered-ne': 'one',
};

function emitCompare(builder: IRBuilder, node: Compare, left: Leaves, right: Leaves): IrValue {
  const [l, lIm] = left;
  const [r, rIm] = right;
  if (!l || !r) throw new Error('a comparison without operands');
  if (node.domain === 'float') return builder.createFCmp(FLOAT[node.comparison], l, r);
  if (node.comparison === 'ordered-ne') throw new Error('ordered-ne compares floats');
  switch (node.domain) {
    case 'signed':
      return builder.createICmp(SIGNED[node.comparison], l, r);
    case 'unsigned':
    case 'bool':
      return builder.createICmp(UNSIGNED[node.comparison], l, r);
    case 'complex': {
      const predicate = node.comparison === 'eq' ? 'oeq' : 'une';
      const re = builder.createFCmp(predicate, l, r);
      const im = builder.createFCmp(predicate, lIm ?? l, rIm ?? r);
      return node.comparison === 'eq' ? builder.createAnd(re, im) : builder.createOr(re, im);
    }
    case 'signed-unsigned':
      return compareMixed(builder, node.comparison, l, r, l);
    case 'unsigned-signed':
      return compareMixed(builder, node.comparison, l, r, r);
  }
}

/** Where the signed side is negative the answer is known; elsewhere both are unsigned. */
function compareMixed(
  builder: IRBuilder,
  comparison: Comparison,
  left: IrValue,
  right: IrValue,
  signed: IrValue,
): IrValue {
  const compared = builder.createICmp(UNSIGNED[comparison], left, right);
  const isNegative = builder.createICmp('slt', signed, constantInt(signed.type, 0));
  const below = signed === left;
  const whenNegative =
    comparison === 'ne' || comparison === (below ? 'lt' : 'gt') || comparison === (below ? 'le' : 'ge');
  return whenNegative
    ? builder.createOr(isNegative, compared)
    : builder.createAnd(builder.createNot(isNegative), compared);
}

/** Branches on `node` without making a bool of it where it is made of and, or, not. */
export function emitCondition(
  emitter: FunctionEmitter,
  node: HirExpression,
  whenTrue: BasicBlock,
  whenFalse: BasicBlock,
): void {
  const { builder } = emitter.context;
  if (node.kind === 'constant') {
    builder.createBr(node.value === true ? whenTrue : whenFalse);
  } else if (node.kind === 'unary' && node.operation === 'not') {
    emitCondition(emitter, node.operand, whenFalse, whenTrue);
  } else if (node.kind === 'logical') {
    const isAnd = node.operator === 'and';
    const next = builder.createBlock(isAnd ? 'and' : 'or');
    emitCondition(emitter, node.left, isAnd ? next : whenTrue, isAnd ? whenFalse : next);
    builder.setInsertPoint(next);
    emitCondition(emitter, node.right, whenTrue, whenFalse);
  } else if (node.kind === 'sequence') {
    for (const statement of node.statements) emitter.statement(statement);
    emitCondition(emitter, node.value, whenTrue, whenFalse);
  } else {
    builder.createCondBr(emitExpression(emitter, node)[0] ?? FALSE, whenTrue, whenFalse);
  }
}

function emitLogical(emitter: FunctionEmitter, node: Logical): Leaves {
  const yes: Constant = { kind: 'constant', type: node.type, value: true };
  const no: Constant = { kind: 'constant', type: node.type, value: false };
  const [whenTrue, whenFalse] = node.operator === 'and' ? [node.right, no] : [yes, node.right];
  return emitChoose(emitter, { kind: 'choose', type: node.type, test: node.left, whenTrue, whenFalse });
}

function emitChoose(emitter: FunctionEmitter, node: Choose): Leaves {
  const { builder } = emitter.context;
  const end = builder.createBlock('choose.end');
  const sides = [node.whenTrue, node.whenFalse].map((side, index) => ({
    side,
    block: builder.createBlock(index === 0 ? 'choose.true' : 'choose.false'),
  }));
  const [yes, no] = sides;
  if (!yes || !no) return [];
  emitCondition(emitter, node.test, yes.block, no.block);
  const results = sides.map(({ side, block }) => {
    builder.setInsertPoint(block);
    const leaves = emitExpression(emitter, side);
    const last = builder.getInsertBlock();
    builder.createBr(end);
    return { leaves, last };
  });
  builder.setInsertPoint(end);
  return leafTypes(node.type).map((type, index) =>
    builder.createPhi(
      type,
      results.flatMap(({ leaves, last }) => {
        const leaf = leaves[index];
        return leaf ? [[leaf, last] as const] : [];
      }),
    ),
  );
}

// ---- calls

function emitCall(emitter: FunctionEmitter, node: CallFunction): Leaves {
  const { context } = emitter;
  const { builder } = context;
  const { symbol, signature } = node.callee;
  const args = node.args.flatMap((arg) => packArguments(builder, arg.type, emitExpression(emitter, arg)));
  const { result: type } = functionTypes(signature);
  context.setPosition(node.span);
  const result = builder.createCall(type, symbol, args);
  return result ? unpackLeaves(builder, node.type, result) : [];
}

function emitRoutine(emitter: FunctionEmitter, node: CallRoutine): Leaves {
  const { builder, module } = emitter.context;
  const { over, lowering, name } = routine(node.routine);
  const args = node.args.flatMap((arg) => emitExpression(emitter, arg));
  const type = args[0]?.type ?? 'double';
  // Annex G's functions take the two parts as two doubles, and return both in registers: SysV and AAPCS64 alike.
  const result = over === 'complex' ? memoryType(node.type) : type;
  const symbol = routineSymbol(emitter, lowering, name, type);
  if (lowering !== 'helper') {
    module.declare(
      result,
      symbol,
      args.map((arg) => arg.type),
    );
  }
  const value = builder.createCall(result, symbol, args);
  return value ? unpackLeaves(builder, node.type, value) : [];
}

function routineSymbol(
  { context }: FunctionEmitter,
  lowering: 'intrinsic' | 'libm' | 'helper',
  name: string,
  type: string,
): string {
  if (lowering === 'intrinsic') return intrinsicSymbol(name, type);
  if (lowering === 'libm') return libmSymbol(name, type);
  switch (name) {
    case 'roundHalfUp':
    case 'roundDigits':
    case 'roundTens':
    case 'ldexp':
    case 'exponent':
    case 'minimum':
    case 'maximum':
      return requireSupportFunction(context.module, name, type);
    default:
      throw new Error(`no support function ${name}`);
  }
}

// ---- elements

/** Checks the indices and points at the element. */
export function elementPointer(emitter: FunctionEmitter, node: Element): IrValue {
  const { context } = emitter;
  const { builder } = context;
  const [pointer, ...lengths] = emitExpression(emitter, node.base);
  const indices = node.indices.map((index) => emitExpression(emitter, index)[0] ?? constantInt('i64', 0));
  if (!pointer) throw new Error('an element of nothing');
  if (node.failure) {
    for (const [axis, index] of indices.entries()) {
      // One unsigned comparison also catches negative indices.
      context.raiseIf(builder.createICmp('uge', index, lengths[axis] ?? index), node.failure);
    }
  }
  const [first, second] = indices;
  const columns = lengths[1];
  if (!first) throw new Error('an element without an index');
  const flat = second && columns ? builder.createAdd(builder.createMul(first, columns), second) : first;
  return builder.createInBoundsGEP(pointer, flat);
}

function emitRow(emitter: FunctionEmitter, node: Row): Leaves {
  const { context } = emitter;
  const { builder } = context;
  const [pointer, rows, columns] = emitExpression(emitter, node.base);
  const [index] = emitExpression(emitter, node.index);
  if (!pointer || !rows || !columns || !index) throw new Error('a row of something else');
  if (node.failure) context.raiseIf(builder.createICmp('uge', index, rows), node.failure);
  return [builder.createInBoundsGEP(pointer, builder.createMul(index, columns)), columns];
}

function emitSlice(emitter: FunctionEmitter, node: ArraySlice): Leaves {
  const { builder } = emitter.context;
  const [pointer, , ...inner] = emitExpression(emitter, node.base);
  const [start] = emitExpression(emitter, node.start);
  const [length] = emitExpression(emitter, node.length);
  if (!pointer || !start || !length) throw new Error('a slice of something else');
  const offset = inner.reduce((elements, size) => builder.createMul(elements, size), start);
  return [builder.createInBoundsGEP(pointer, offset), length, ...inner];
}

/** What a store puts in memory. */
export function packed(emitter: FunctionEmitter, value: HirExpression): IrValue {
  return packLeaves(emitter.context.builder, value.type, emitExpression(emitter, value));
}
