/** The operator table: what each operator does to each pair of types, in each dialect. docs/LANGUAGE.md publishes it. */

import { formatType } from '../../../backend/contract/format-type.ts';
import type { RaiseName } from '../../../backend/contract/raise-kinds.ts';
import type { Type } from '../../../backend/contract/types.ts';
import type { BinaryOperator, CompareOperator, UnaryOperator } from '../core.ts';
import type { Dialect } from '../dialect.ts';
import type { BinaryOperation, Comparison, UnaryOperation } from '../hir.ts';
import { arithmeticType, joinTypes, strong, type ValueType } from './lattice.ts';
import { BOOL, FLOAT64, INT64, integerType, isInteger, isNumeric, UINT64 } from './value-types.ts';

/** The operator does not take these types. */
export interface Refusal {
  readonly ok: false;
  readonly message: string;
  readonly hint?: string;
}

/** Convert each operand, apply the operation. */
export interface BinaryRule {
  readonly ok: true;
  readonly left: Type;
  readonly right: Type;
  readonly operation: BinaryOperation;
  readonly result: Type;
  readonly failure: RaiseName | undefined;
}

export interface UnaryRule {
  readonly ok: true;
  readonly operand: Type;
  /** Absent where the conversion is all there is to do. */
  readonly operation: UnaryOperation | undefined;
  readonly result: Type;
}

export interface CompareRule {
  readonly ok: true;
  readonly left: Type;
  readonly right: Type;
  readonly domain:
    | 'signed'
    | 'unsigned'
    | 'signed-unsigned'
    | 'unsigned-signed'
    | 'float'
    | 'complex'
    | 'bool';
  readonly comparison: Comparison;
}

export function binaryRule(
  operator: BinaryOperator,
  left: ValueType,
  right: ValueType,
  dialect: Dialect,
): BinaryRule | Refusal {
  if (operator === '@') {
    return refuse('matrix products (@) are not supported', 'write the loops over the elements');
  }
  if (left.type.kind === 'bool' && right.type.kind === 'bool' && dialect.boolIsInteger) {
    const operation = BOOL_OPERATIONS[operator];
    if (operation) return rule(operation, BOOL);
  }
  const a = operand(left, dialect);
  const b = operand(right, dialect);
  if (!a || !b) return refuseOperands(operator, left.type, right.type, dialect);
  if (isShift(operator)) return shiftRule(operator, a, b) ?? refuseBits(operator, left.type, right.type);
  const type = arithmeticType(a, b);
  if (!type || !isNumeric(type)) return refuseOperands(operator, left.type, right.type, dialect);
  if (operator === '&' || operator === '|' || operator === '^') {
    return isInteger(type)
      ? rule(BIT_OPERATIONS[operator], type)
      : refuseBits(operator, left.type, right.type);
  }
  if (operator === '//' || operator === '%') {
    return divisionRule(operator, type, dialect) ?? refuseModulo(operator);
  }
  return arithmeticRule(operator, type, dialect);
}

/** Where bools are integers they are small ones: a float32 next to one stays float32. */
function operand(value: ValueType, dialect: Dialect): ValueType | undefined {
  if (isNumeric(value.type)) return value;
  return value.type.kind === 'bool' && dialect.boolIsInteger ? strong(integerType('int', 8)) : undefined;
}

function rule(operation: BinaryOperation, type: Type, failure?: RaiseName): BinaryRule {
  return { ok: true, left: type, right: type, operation, result: type, failure };
}

const BOOL_OPERATIONS: Partial<Record<BinaryOperator, BinaryOperation>> = {
  '&': 'band',
  '|': 'bor',
  '^': 'bxor',
};
const BIT_OPERATIONS = { '&': 'iand', '|': 'ior', '^': 'ixor' } as const;

const ARITHMETIC = {
  '+': { integer: 'iadd', float: 'fadd', complex: 'cadd' },
  '-': { integer: 'isub', float: 'fsub', complex: 'csub' },
  '*': { integer: 'imul', float: 'fmul', complex: 'cmul' },
} as const;

function arithmeticRule(
  operator: '+' | '-' | '*' | '/' | '**',
  type: Type,
  { division, integerPower, floatPower }: Dialect,
): BinaryRule {
  if (operator === '/') {
    if (type.kind === 'complex') return rule('cdiv', type, division.complex);
    return isInteger(type) ? rule('fdiv', FLOAT64, division.integerTrue) : rule('fdiv', type, division.float);
  }
  if (operator === '**') {
    if (type.kind === 'complex') return rule('cpow', type, division.complexZeroPower);
    if (type.kind === 'float') return rule(floatPower, type, division.zeroPower);
    return integerPower === 'int'
      ? rule('ipow', type, type.kind === 'int' ? 'negative-exponent' : undefined)
      : rule(floatPower, FLOAT64, division.zeroPower);
  }
  const row = ARITHMETIC[operator];
  if (type.kind === 'complex') return rule(row.complex, type);
  return rule(type.kind === 'float' ? row.float : row.integer, type);
}

/** Python's floored or TypeScript's truncated pair, for the type the operands share. */
function divisionRule(
  operator: '//' | '%',
  type: Type,
  { division, modulo }: Dialect,
): BinaryRule | undefined {
  const floored = modulo === 'floored';
  if (operator === '//') {
    if (type.kind === 'float') return rule('fdivfloor', type, division.floatFloor);
    if (type.kind === 'uint') return rule('udiv', type, division.integerFloor);
    return type.kind === 'int' ? rule('sdivfloor', type, division.integerFloor) : undefined;
  }
  if (type.kind === 'float') return rule(floored ? 'fmodfloor' : 'fmodtrunc', type, division.floatModulo);
  if (type.kind === 'uint') return rule('umod', type, division.integerModulo);
  return type.kind === 'int'
    ? rule(floored ? 'smodfloor' : 'smodtrunc', type, division.integerModulo)
    : undefined;
}

type Shift = '<<' | '>>' | '>>>';

function isShift(operator: BinaryOperator): operator is Shift {
  return operator === '<<' || operator === '>>' || operator === '>>>';
}

/** The left operand alone decides the type; the count is taken modulo 64. */
function shiftRule(operator: Shift, left: ValueType, right: ValueType): BinaryRule | undefined {
  if (!isInteger(left.type) || !isInteger(right.type)) return undefined;
  const type = left.type.kind === 'uint' ? UINT64 : INT64;
  const logical = operator === '>>>' || type === UINT64;
  const operation = operator === '<<' ? 'ishl' : logical ? 'ushr' : 'sshr';
  return { ok: true, left: type, right: type, operation, result: type, failure: undefined };
}

export function unaryRule(
  operator: Exclude<UnaryOperator, 'not'>,
  value: ValueType,
  dialect: Dialect,
): UnaryRule | Refusal {
  const operandType = operand(value, dialect)?.type;
  if (!operandType) {
    const hint = value.type.kind === 'bool' ? { hint: `write ${dialect.words.not} for the opposite` } : {};
    return { ok: false, message: `${operator} does not take ${formatType(value.type)}`, ...hint };
  }
  if (isInteger(operandType)) {
    const type = operandType.kind === 'uint' ? UINT64 : INT64;
    const operation = operator === '-' ? 'ineg' : operator === '~' ? 'inot' : undefined;
    return { ok: true, operand: type, operation, result: type };
  }
  if (operator === '~') {
    return refuse(`~ works on the bits of integers, not on ${formatType(operandType)}`, 'write ~int64(…)');
  }
  const negate = operandType.kind === 'complex' ? 'cneg' : 'fneg';
  return {
    ok: true,
    operand: operandType,
    operation: operator === '-' ? negate : undefined,
    result: operandType,
  };
}

const COMPARISONS: Readonly<Record<Exclude<CompareOperator, 'in' | 'not in'>, Comparison>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

export function compareRule(
  operator: Exclude<CompareOperator, 'in' | 'not in'>,
  left: ValueType,
  right: ValueType,
  dialect: Dialect,
): CompareRule | Refusal {
  const comparison = COMPARISONS[operator];
  if (left.type.kind === 'bool' && right.type.kind === 'bool') {
    return { ok: true, left: BOOL, right: BOOL, domain: 'bool', comparison };
  }
  const a = operand(left, dialect);
  const b = operand(right, dialect);
  if (!a || !b) return refuseOperands(operator, left.type, right.type, dialect);
  if (isInteger(a.type) && isInteger(b.type)) return integerComparison(comparison, a, b);
  const type = arithmeticType(a, b) ?? joinTypes(a.type, b.type);
  if (type?.kind === 'float') return { ok: true, left: type, right: type, domain: 'float', comparison };
  if (type?.kind !== 'complex') return refuseOperands(operator, left.type, right.type, dialect);
  if (comparison !== 'eq' && comparison !== 'ne') {
    return refuse('complex numbers have no order', 'compare abs(z) or z.real');
  }
  return { ok: true, left: type, right: type, domain: 'complex', comparison };
}

/** By value: a negative int64 is below every uint64. Literals take the signedness of the other side if they fit. */
function integerComparison(comparison: Comparison, a: ValueType, b: ValueType): CompareRule {
  const left = signOf(a, b);
  const right = signOf(b, a);
  const mixed = left === 'signed' ? 'signed-unsigned' : 'unsigned-signed';
  return {
    ok: true,
    left: left === 'signed' ? INT64 : UINT64,
    right: right === 'signed' ? INT64 : UINT64,
    domain: left === right ? left : mixed,
    comparison,
  };
}

function signOf(value: ValueType, other: ValueType): 'signed' | 'unsigned' {
  const { type, weak } = value;
  if (weak?.kind === 'int' && other.weak === undefined) {
    return type.kind === 'uint' || (weak.low >= 0n && other.type.kind === 'uint') ? 'unsigned' : 'signed';
  }
  if (type.kind !== 'uint') return 'signed';
  // Next to a signed one a narrower one is an int64 like any other.
  const meetsUnsigned = other.type.kind === 'uint' || (other.weak?.kind === 'int' && other.weak.low >= 0n);
  return meetsUnsigned || type === UINT64 ? 'unsigned' : 'signed';
}

// ---- refusals

function refuse(message: string, hint: string): Refusal {
  return { ok: false, message, hint };
}

function refuseBits(operator: string, left: Type, right: Type): Refusal {
  const found = `${formatType(left)} and ${formatType(right)}`;
  return refuse(`${operator} works on the bits of integers, not on ${found}`, 'write int64(…) around floats');
}

function refuseModulo(operator: string): Refusal {
  return refuse(`${operator} has no meaning for complex numbers`, 'use / or take z.real');
}

function refuseOperands(operator: string, left: Type, right: Type, dialect: Dialect): Refusal {
  const isStrict = dialect.language === 'typescript' && (operator === '==' || operator === '!=');
  const shown = isStrict ? `${operator}=` : operator;
  const message = `${shown} does not take ${formatType(left)} and ${formatType(right)}`;
  const kinds = [left.kind, right.kind];
  if (kinds.includes('array')) return refuse(message, 'compute with the elements, in a loop');
  if (kinds.includes('pointer')) return refuse(message, 'read what it points to: p[0]');
  if (kinds.includes('tuple')) return refuse(message, 'take the tuple apart and compute with its members');
  const bools = kinds.includes('bool');
  if (!bools || dialect.boolIsInteger) return { ok: false, message };
  const { and, or } = dialect.words;
  return refuse(message, `write int64(…) around the bool, or ${and} and ${or} for logic`);
}
