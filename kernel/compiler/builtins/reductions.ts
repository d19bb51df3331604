/** One value of all elements of an array, from the first to the last: NumPy's functions, and Python's of one array. */
import type { ArrayType, Type } from '../../../backend/contract/types.ts';
import type { BinaryOperator } from '../core.ts';
import { dialectOf } from '../dialect.ts';
import type { HirExpression, HirStatement, Slot } from '../hir.ts';
import { after, comparison, truth } from '../typer/logic.ts';
import {
  constantBool,
  constantInt64,
  convertOperand,
  type Operand,
  operandOf,
  readSlot,
} from '../typer/operand.ts';
import { overArrays } from '../typer/sequences.ts';
import { binaryRule } from '../types/operators.ts';
import { BOOL, FLOAT64, INT64, UINT64 } from '../types/value-types.ts';
import {
  type Builtin,
  type BuiltinCall,
  floatBinary,
  floatCompare,
  logicalAnd,
  logicalOr,
  refuseArgument,
} from './rules.ts';

/** The array, kept for several uses, and what `build` makes of it. */
function reduction(build: (call: BuiltinCall, array: ArrayOperand) => Operand | undefined): Builtin {
  return {
    arity: [1, 1],
    keywords: ['a'],
    type: (call) => {
      const [arg] = call.args;
      if (!arg) return undefined;
      if (arg.type.kind !== 'array') {
        return refuseArgument(call, arg, 'an array');
      }
      const { before, value } = call.typer.keep(arg, 'array');
      const made = build(call, { ...value, type: arg.type });
      return made && after(before, made);
    },
  };
}

type ArrayOperand = Operand & { readonly type: ArrayType };

/** A loop over all elements, row by row; `goesOn` is looked at before each. */
function overElements(
  call: BuiltinCall,
  array: Operand,
  body: (element: Operand) => readonly HirStatement[],
  goesOn?: HirExpression,
): readonly HirStatement[] {
  const sequence = overArrays(call.typer, [array], call.node.span);
  if (!sequence) return [];
  const item = sequence.item();
  const inner = item.type.kind === 'array' ? overElements(call, item, body, goesOn) : body(item);
  const tests = goesOn ? [...sequence.tests, goesOn] : sequence.tests;
  const test = tests.reduce((whole, next) => logicalAnd(whole, next));
  return [
    ...sequence.before,
    { kind: 'loop', label: { name: 'elements' }, test, testAt: 'top', body: inner, update: sequence.update },
  ];
}

function store(slot: Slot, value: HirExpression): HirStatement {
  return { kind: 'store', slot, value };
}

/** What sums are kept in: integers have 64 bits, as in all arithmetic. */
function totalType(element: Type): Type {
  if (element.kind === 'uint') return UINT64;
  return element.kind === 'int' || element.kind === 'bool' ? INT64 : element;
}

const DIALECT = dialectOf('python', 'numpy');

function folded(
  call: BuiltinCall,
  array: ArrayOperand,
  operator: BinaryOperator,
  first: 0n | 1n,
): Operand | undefined {
  const { span } = call.node;
  const total = call.typer.temporary(totalType(array.type.element), 'total');
  const read = operandOf(readSlot(total, span), span);
  const rule = binaryRule(operator, read, read, DIALECT);
  if (!rule.ok) return call.typer.report('operand-types', span, rule.message, rule.hint);
  const start = operandOf(constantInt64(first), span);
  const loop = overElements(call, array, (element) => [
    store(total, {
      kind: 'binary',
      type: total.type,
      operation: rule.operation,
      left: read.hir,
      right: convertOperand(element, total.type),
      failure: undefined,
    }),
  ]);
  return after([store(total, convertOperand(start, total.type)), ...loop], read);
}

export const sum = reduction((call, array) => folded(call, array, '+', 0n));
const product = reduction((call, array) => folded(call, array, '*', 1n));

/** Floats stay as wide as they are; integers become float64. Of nothing it is NaN. */
const mean = reduction((call, array) => {
  const { span } = call.node;
  const total = folded(call, array, '+', 0n);
  if (!total || total.type.kind === 'complex') return total && refuseComplex(call, array);
  const type = total.type.kind === 'float' ? total.type : FLOAT64;
  const size = operandOf(sizeOf(array), span);
  const value = floatBinary('fdiv', convertOperand(total, type), convertOperand(size, type));
  return operandOf(value, span);
});

function refuseComplex(call: BuiltinCall, array: ArrayOperand): undefined {
  const message = `${call.name} takes an array of real numbers here`;
  return call.typer.report(
    'operand-types',
    array.span,
    message,
    'complex numbers have no order: write a loop',
  );
}

function sizeOf(array: ArrayOperand): HirExpression {
  const lengths = Array.from({ length: array.type.rank }, (_, axis): HirExpression => {
    return { kind: 'length', type: INT64, array: array.hir, axis };
  });
  return lengths.reduce((left, right) => {
    return { kind: 'binary', type: INT64, operation: 'imul', left, right, failure: undefined };
  });
}

function quantified(name: 'any' | 'all'): Builtin {
  return reduction((call, array) => {
    const { span } = call.node;
    const found = call.typer.temporary(BOOL, name);
    const read = readSlot(found, span);
    const isAny = name === 'any';
    const goesOn: HirExpression = isAny
      ? { kind: 'unary', type: BOOL, operation: 'not', operand: read }
      : read;
    const loop = overElements(
      call,
      array,
      (element) => {
        const test = truth(call.typer, element);
        return test ? [store(found, test)] : [];
      },
      goesOn,
    );
    return after([store(found, constantBool(!isAny)), ...loop], operandOf(read, span));
  });
}

export const any = quantified('any');
export const all = quantified('all');

/** `<` finds the least, `>` the greatest. */
type Order = '<' | '>';

/** Python's own goes by `<` and `>`; in NumPy's, NaN wins. */
export function extremeOf(order: Order, whose: 'Python' | 'NumPy'): Builtin {
  return reduction((call, array) => {
    const best = search(call, array, order, whose);
    return best && after(best.statements, best.value);
  });
}

/** Where the first of them is, counted along the rows. */
function positionOf(order: Order): Builtin {
  return reduction((call, array) => {
    const best = search(call, array, order, 'NumPy');
    return best && after(best.statements, best.position);
  });
}

function search(call: BuiltinCall, array: ArrayOperand, order: Order, whose: 'Python' | 'NumPy') {
  const { typer, node } = call;
  const { span } = node;
  const { element } = array.type;
  if (element.kind === 'complex') return refuseComplex(call, array);
  const [best, index, position] = [
    typer.temporary(element, 'best'),
    typer.temporary(INT64, 'index'),
    typer.temporary(INT64, 'position'),
  ];
  const [bestRead, indexRead] = [best, index].map((slot) => operandOf(readSlot(slot, span), span));
  const positionRead = operandOf(readSlot(position, span), span);
  if (!bestRead || !indexRead) return undefined;
  const isFirst = equalsZero(indexRead.hir);
  const next = increment(indexRead.hir);
  const loop = overElements(call, array, (item) => {
    const kept = typer.keep(item, 'element');
    const beats = comparison(typer, order, kept.value, bestRead, span);
    if (!beats) return [];
    const wins = logicalOr(
      isFirst,
      whose === 'NumPy' ? logicalOr(beats, newNan(kept.value, bestRead)) : beats,
    );
    const take = [store(best, kept.value.hir), store(position, indexRead.hir)];
    return [...kept.before, { kind: 'if', test: wins, whenTrue: take, whenFalse: [] }, store(index, next)];
  });
  const failure = typer.module.moduleFailure('ValueError', `${call.name} of an array without elements`, span);
  const empty: HirStatement = {
    kind: 'if',
    test: equalsZero(sizeOf(array)),
    whenTrue: [{ kind: 'raise', failure }],
    whenFalse: [],
  };
  const start = [
    store(best, zeroOf(element)),
    store(index, constantInt64(0n)),
    store(position, constantInt64(0n)),
  ];
  return { statements: [empty, ...start, ...loop], value: bestRead, position: positionRead };
}

function equalsZero(left: HirExpression): HirExpression {
  const right = constantInt64(0n);
  return { kind: 'compare', type: BOOL, comparison: 'eq', domain: 'signed', left, right };
}

function increment(left: HirExpression): HirExpression {
  return {
    kind: 'binary',
    type: INT64,
    operation: 'iadd',
    left,
    right: constantInt64(1n),
    failure: undefined,
  };
}

function zeroOf(type: Type): HirExpression {
  if (type.kind === 'bool') return constantBool(false);
  return { kind: 'constant', type, value: type.kind === 'float' ? 0 : 0n };
}

/** The first NaN beats all numbers. */
function newNan(item: Operand, best: Operand): HirExpression {
  if (item.type.kind !== 'float') return constantBool(false);
  const isNan = floatCompare('ne', item.hir, item.hir);
  return logicalAnd(isNan, floatCompare('eq', best.hir, best.hir));
}

/** As functions of numpy and as methods of arrays. */
export const REDUCTIONS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['sum', sum],
  ['prod', product],
  ['mean', mean],
  ['any', any],
  ['all', all],
  ['min', extremeOf('<', 'NumPy')],
  ['max', extremeOf('>', 'NumPy')],
  ['argmin', positionOf('<')],
  ['argmax', positionOf('>')],
]);
