/** The types of C and C++ as debug information describes them, and how they correspond to ours. */
import type { Type } from '../../../backend/contract/types.ts';

export type CEncoding = 'float' | 'complex' | 'signed' | 'unsigned' | 'bool' | 'char';

export type CType =
  | { readonly kind: 'void' }
  | { readonly kind: 'basic'; readonly name: string; readonly bits: number; readonly encoding: CEncoding }
  | { readonly kind: 'enum'; readonly name: string; readonly base: CType }
  | { readonly kind: 'pointer'; readonly target: CType }
  | { readonly kind: 'qualified'; readonly qualifier: 'const' | 'volatile'; readonly target: CType }
  | { readonly kind: 'struct'; readonly name: string; readonly members: readonly CType[] }
  /** What none of our types corresponds to: a union, a reference, a pointer to a function … */
  | { readonly kind: 'other'; readonly name: string };

/** As it is written in C. */
export function formatCType(type: CType): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'pointer': {
      const target = formatCType(type.target);
      return target.endsWith('*') ? `${target}*` : `${target} *`;
    }
    case 'qualified':
      // `const` before a pointer would belong to what it points at.
      return type.target.kind === 'pointer'
        ? `${formatCType(type.target)}${type.qualifier}`
        : `${type.qualifier} ${formatCType(type.target)}`;
    default:
      return type.name;
  }
}

export function unqualified(type: CType): Exclude<CType, { readonly kind: 'qualified' }> {
  return type.kind === 'qualified' ? unqualified(type.target) : type;
}

/** Ours, for a function that is given no signature. A struct has one only as a result. */
export function ownType(type: CType, place: 'parameter' | 'result'): Type | undefined {
  const plain = unqualified(type);
  switch (plain.kind) {
    case 'void':
      return { kind: 'void' };
    case 'basic':
      return basicType(plain);
    case 'enum':
      return ownType(plain.base, place);
    case 'pointer': {
      const element = ownType(plain.target, 'parameter');
      return element && { kind: 'pointer', element };
    }
    case 'struct': {
      const members = plain.members.flatMap((member) => ownType(member, 'parameter') ?? []);
      const whole = place === 'result' && members.length > 1 && members.length === plain.members.length;
      return whole ? { kind: 'tuple', members } : undefined;
    }
    case 'other':
      return undefined;
  }
}

const LARGEST_INTEGER_BITS = 64;

function basicType({ encoding, bits }: Extract<CType, { kind: 'basic' }>): Type | undefined {
  switch (encoding) {
    case 'float':
      return bits === 32 || bits === 64 ? { kind: 'float', bits } : undefined;
    case 'complex':
      return bits === 64 || bits === 128 ? { kind: 'complex', bits } : undefined;
    case 'bool':
      return { kind: 'bool', bits: 1 };
    case 'char':
      return { kind: 'int', bits: 8 };
    case 'signed':
    case 'unsigned':
      return bits > LARGEST_INTEGER_BITS ? undefined : { kind: encoding === 'signed' ? 'int' : 'uint', bits };
  }
}

/** Whether a value of our type is one of the C type, bit for bit. */
export function corresponds(type: Type, cType: CType): boolean {
  const plain = unqualified(cType);
  switch (plain.kind) {
    case 'void':
      return type.kind === 'void';
    case 'basic':
      return basicCorresponds(type, plain);
    case 'enum':
      return corresponds(type, plain.base);
    case 'pointer':
      return type.kind === 'pointer' && pointsAtSame(type.element, unqualified(plain.target));
    case 'struct':
      return (
        (type.kind === 'tuple' || type.kind === 'struct') &&
        type.members.length === plain.members.length &&
        plain.members.every((member, index) => corresponds(type.members[index] ?? { kind: 'void' }, member))
      );
    case 'other':
      return false;
  }
}

/** Plain `char`, whose sign is the processor's affair, is taken for any type of a byte. */
function basicCorresponds(type: Type, basic: Extract<CType, { kind: 'basic' }>): boolean {
  if (basic.encoding === 'char')
    return (type.kind === 'int' || type.kind === 'uint' || type.kind === 'char') && type.bits === 8;
  const own = basicType(basic);
  if (own === undefined || own.kind !== type.kind) return false;
  return own.kind === 'bool' || !('bits' in own) || !('bits' in type) || own.bits === type.bits;
}

/** `void*` on either side stands for any pointer. */
function pointsAtSame(element: Type, target: CType): boolean {
  return element.kind === 'void' || target.kind === 'void' || corresponds(element, target);
}

/**
 * Our parameter types beside the C ones that they take up: an array its pointer and a 64-bit length for each of its
 * dimensions, any other type one. Undefined when they don't correspond.
 */
export function parametersCorrespond(types: readonly Type[], cTypes: readonly CType[]): boolean {
  let at = 0;
  for (const type of types) {
    const next = cTypes.slice(at, at + parameterCount(type));
    if (!parameterCorresponds(type, next)) return false;
    at += next.length;
  }
  return at === cTypes.length;
}

/** How many C parameters one of ours takes up. */
export function parameterCount(type: Type): number {
  return type.kind === 'array' ? 1 + type.rank : 1;
}

function parameterCorresponds(type: Type, cTypes: readonly CType[]): boolean {
  const [first, ...lengths] = cTypes;
  if (first === undefined || cTypes.length !== parameterCount(type)) return false;
  if (type.kind !== 'array') return corresponds(type, first);
  return corresponds({ kind: 'pointer', element: type.element }, first) && lengths.every(isLength);
}

function isLength(type: CType): boolean {
  const plain = unqualified(type);
  return (
    plain.kind === 'basic' &&
    plain.bits === 64 &&
    (plain.encoding === 'signed' || plain.encoding === 'unsigned')
  );
}
