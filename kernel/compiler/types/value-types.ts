/** The types a value of a compiled function can have, as shared constants: most comparisons are by identity. */
import type {
  BoolType,
  ComplexType,
  FloatType,
  IntType,
  Type,
  VoidType,
} from '../../../backend/contract/types.ts';

export const VOID: VoidType = { kind: 'void' };
export const BOOL: BoolType = { kind: 'bool', bits: 1 };
export const INT64: IntType = { kind: 'int', bits: 64 };
export const UINT64: IntType = { kind: 'uint', bits: 64 };
export const FLOAT32: FloatType = { kind: 'float', bits: 32 };
export const FLOAT64: FloatType = { kind: 'float', bits: 64 };
export const COMPLEX64: ComplexType = { kind: 'complex', bits: 64 };
export const COMPLEX128: ComplexType = { kind: 'complex', bits: 128 };

const NARROW_INTEGERS: readonly IntType[] = (['int', 'uint'] as const).flatMap((kind) =>
  [8, 16, 32].map((bits) => ({ kind, bits })),
);

export function integerType(kind: 'int' | 'uint', bits: number): IntType {
  if (bits === 64) return kind === 'int' ? INT64 : UINT64;
  return NARROW_INTEGERS.find((type) => type.kind === kind && type.bits === bits) ?? { kind, bits };
}

/** `type` without labels, each scalar being one of the constants above. */
export function canonicalType(type: Type): Type {
  switch (type.kind) {
    case 'void':
      return VOID;
    case 'bool':
      return BOOL;
    case 'int':
    case 'uint':
      return integerType(type.kind, type.bits);
    case 'float':
      return type.bits === 32 ? FLOAT32 : type.bits === 64 ? FLOAT64 : { kind: 'float', bits: type.bits };
    case 'complex':
      return type.bits === 64
        ? COMPLEX64
        : type.bits === 128
          ? COMPLEX128
          : { kind: 'complex', bits: type.bits };
    case 'pointer':
      return { kind: 'pointer', element: canonicalType(type.element) };
    case 'array':
      return { kind: 'array', element: canonicalType(type.element), rank: type.rank };
    case 'tuple':
    case 'struct':
      return { kind: type.kind, members: type.members.map(canonicalType) };
    default:
      return type;
  }
}

/** Whether two canonical types are the same type. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'pointer':
      return b.kind === 'pointer' && sameType(a.element, b.element);
    case 'array':
      return b.kind === 'array' && a.rank === b.rank && sameType(a.element, b.element);
    case 'tuple':
    case 'struct':
      return b.kind === a.kind && sameTypes(a.members, b.members);
    case 'int':
    case 'uint':
    case 'float':
    case 'complex':
    case 'char':
      return b.kind === a.kind && b.bits === a.bits;
    case 'void':
    case 'bool':
    case 'string':
      return b.kind === a.kind;
    default:
      return false;
  }
}

export function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((type, index) => sameType(type, b[index] ?? VOID));
}

export type NumericType = IntType | FloatType | ComplexType;

export function isInteger(type: Type): type is IntType {
  return type.kind === 'int' || type.kind === 'uint';
}

export function isNumeric(type: Type): type is NumericType {
  return isInteger(type) || type.kind === 'float' || type.kind === 'complex';
}

/** Real or complex part: complex128 is made of float64. */
export function partType(type: ComplexType): FloatType {
  return type.bits === 64 ? FLOAT32 : FLOAT64;
}

export function complexOf(part: FloatType): ComplexType {
  return part.bits === 32 ? COMPLEX64 : COMPLEX128;
}

/** Smallest and largest value of an integer type. */
export function integerRange(type: IntType): { readonly low: bigint; readonly high: bigint } {
  const size = 1n << BigInt(type.bits);
  return type.kind === 'uint' ? { low: 0n, high: size - 1n } : { low: -size / 2n, high: size / 2n - 1n };
}

/** `value` modulo 2^bits, as the hardware wraps it. */
export function wrapInteger(type: IntType, value: bigint): bigint {
  return type.kind === 'uint' ? BigInt.asUintN(type.bits, value) : BigInt.asIntN(type.bits, value);
}

const INTEGER_BITS: ReadonlySet<number> = new Set([8, 16, 32, 64]);

/** Whether compiled functions can hold values of this type. */
export function isSupported(type: Type): boolean {
  switch (type.kind) {
    case 'void':
    case 'bool':
      return true;
    case 'int':
    case 'uint':
      return INTEGER_BITS.has(type.bits);
    case 'float':
      return type.bits === 32 || type.bits === 64;
    case 'complex':
      return type.bits === 64 || type.bits === 128;
    case 'pointer':
      return type.element.kind === 'pointer' || (isSupported(type.element) && !isAggregate(type.element));
    case 'array':
      return (type.rank === 1 || type.rank === 2) && (type.element.kind === 'bool' || isScalar(type.element));
    case 'tuple':
      return type.members.every((member) => member.kind !== 'void' && isSupported(member));
    default:
      return false;
  }
}

function isAggregate(type: Type): boolean {
  return type.kind === 'array' || type.kind === 'tuple';
}

function isScalar(type: Type): boolean {
  return isNumeric(type) && isSupported(type);
}
